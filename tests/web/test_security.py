"""Who may ask, and what every answer carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from pipeline.request_origin import host_allowed, refusal, same_origin
from pipeline.settings import Settings
from web.api import routes
from web.app import create_app

WEB = Path(routes.__file__).parents[1]
ALLOWED = ["127.0.0.1", "localhost", "[::1]", "News.Example"]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.1:8080"], True),
        (["LOCALHOST:1"], True),
        (["localhost."], True),
        (["[::1]:8080"], True),
        (["[::1]"], True),
        (["news.example:443"], True),
        (["evil.example"], False),
        (["127.0.0.1.evil.example"], False),
        (["evil.example:127.0.0.1"], False),
        (["localhost@evil.example"], False),
        (["localhost, evil.example"], False),
        (["[::2]"], False),
        ([""], False),
        ([], False),
        (["localhost", "evil.example"], False),
    ],
)
def test_host_header(headers: list[str], allowed: bool) -> None:
    assert host_allowed(headers, ALLOWED) is allowed


def test_star_allows_any_host_but_no_nonsense() -> None:
    assert host_allowed(["whatever.example:99"], ["*"])
    assert not host_allowed(["a b"], ["*"])


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),  # a program
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://newsbox:8080"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://newsbox:8080"}, True),
        ({"origin": "https://NEWSBOX:8080"}, True),
        ({"origin": "http://newsbox"}, False),
        ({"origin": "http://newsbox:8080.evil.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"referer": "http://newsbox:8080/tasks"}, True),  # a browser that is too old for both
        ({"referer": "http://evil.example/newsbox:8080"}, False),
        ({"referer": "http://[bad"}, False),
    ],
)
def test_same_origin(headers: dict[str, str], same: bool) -> None:
    assert same_origin({"host": "newsbox:8080", **headers}) is same


@pytest.mark.parametrize(
    ("method", "headers", "refused"),
    [
        ("GET", {}, ""),
        ("GET", {"sec-fetch-site": "cross-site"}, ""),  # somebody followed a link
        ("GET", {"referer": "https://evil.example/"}, ""),
        ("GET", {"origin": "https://evil.example"}, "cross_origin"),  # a script that wants the answer, or a WebSocket
        ("GET", {"origin": "http://newsbox:8080"}, ""),
        ("OPTIONS", {"origin": "https://evil.example"}, "cross_origin"),
        ("POST", {}, ""),
        ("POST", {"sec-fetch-site": "cross-site"}, "cross_origin"),
        ("POST", {"referer": "https://evil.example/"}, "cross_origin"),
        ("BREW", {"origin": "null"}, "cross_origin"),
    ],
)
def test_what_is_refused_before_it_is_looked_at(method: str, headers: dict[str, str], refused: str) -> None:
    found = refusal(method, ["newsbox:8080"], {"host": "newsbox:8080", **headers}, ["newsbox"])
    assert (found.code if found else "") == refused
    assert refusal(method, ["rebound.example"], {"host": "rebound.example", **headers}, ["newsbox"]) is not None


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/v1/links", "/api/v1/links/0", "/api/v1/nothing", "/nothing", "/static/style.css", "/articles/1"]
)
def test_every_answer_carries_the_security_headers(empty: TestClient, path: str) -> None:
    headers = empty.get(path).headers
    policy = headers["content-security-policy"]
    for part in (
        "default-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert headers["cache-control"] in ("no-store", "no-cache")


def test_a_foreign_host_is_refused_before_anything_else(empty: TestClient) -> None:
    answer = empty.get("/api/v1/status", headers={"Host": "rebound.example:8080"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_host"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_posts_from_other_sites_change_nothing(empty: TestClient, headers: dict[str, str]) -> None:
    form = empty.post("/enqueue", data={"urls": "https://example.org/a"}, headers=headers)
    json = empty.post("/api/v1/enqueue", json={"urls": ["https://example.org/a"]}, headers=headers)
    assert (form.status_code, json.status_code) == (403, 403)
    assert json.json()["error"]["code"] == "cross_origin"


@pytest.mark.parametrize("path", ["/api/v1/status", "/"])
def test_an_unforeseen_error_shows_an_id_that_the_log_has_and_nothing_else(
    empty: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret /etc/path postgresql://user:pass@10.0.0.1")

    monkeypatch.setattr(routes.status, "summary", broken)
    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = empty.get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers
    request_id = answer.headers["x-request-id"]
    assert request_id in answer.text
    assert [(line["event"], line["request_id"]) for line in lines] == [("a request failed", request_id), ("answered", request_id)]


def test_a_database_that_is_away_is_said_without_its_address(config: Settings) -> None:
    away = config.model_copy(update={"database_url": "postgresql://user:hidden@127.0.0.1:1/nothing"})
    with TestClient(create_app(away), base_url="http://127.0.0.1:8080") as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/api/v1/status")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "database_unavailable"
        page = client.get("/")
        assert page.status_code == 503
        for text in (answer.text, page.text):
            assert "hidden" not in text
            assert "127.0.0.1" not in text


def test_no_template_or_script_goes_around_the_escaping() -> None:
    files = [path for path in WEB.rglob("*") if path.suffix in (".html", ".py", ".js")]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        for way in (
            r"\|\s*safe\b",
            r"\bMarkup\(",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            r"autoescape\s+false",
            r"\sstyle=",
            r"\son\w+=",
        ):
            assert not re.search(way, text), f"{path.name} has {way}"
