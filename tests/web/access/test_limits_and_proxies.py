"""Rate limits, proxies that name who asks, and what is open on loopback."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection
from structlog.testing import capture_logs

from pipeline.access import secrets
from pipeline.access.exposure import Origin, is_loopback, origin
from pipeline.settings import Settings
from pipeline.store.access import tokens, users
from web.__main__ import too_open
from web.app import create_app

BASE = "http://127.0.0.1:8080"
TOKEN = {"Authorization": "Bearer nm_x"}


def with_web(config: Settings, **web: object) -> Settings:
    return config.model_copy(update={"web": config.web.model_copy(update=web)})


def add_token(conn: Connection) -> None:
    users.add(conn, "jo", "admin", "x")
    tokens.add(conn, "jo", "x", ["read"], secrets.digest("nm_x"), None)


def test_a_token_that_asks_too_often_waits_a_minute(config: Settings, conn: Connection) -> None:
    add_token(conn)
    with TestClient(create_app(with_web(config, requests_per_minute=3)), base_url=BASE) as client:
        answers = [client.get("/api/v1/session", headers=TOKEN) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].headers["retry-after"], answers[-1].json()["code"]) == ("60", "too_many_requests")


def test_without_redis_requests_go_on_and_the_log_says_so(config: Settings, conn: Connection) -> None:
    add_token(conn)
    away = with_web(config, requests_per_minute=1).model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_app(away), base_url=BASE) as client, capture_logs() as lines:
        assert [client.get("/api/v1/session", headers=TOKEN).status_code for _ in range(3)] == [200] * 3
    assert sum(line["event"] == "requests are not counted" for line in lines) == 3


def test_whom_a_trusted_proxy_names_is_believed_and_nobody_else(config: Settings, conn: Connection) -> None:
    users.add(conn, "ed", "editor", "x")
    settings = with_web(config, trusted_proxy_header="X-Remote-User", trusted_proxies=["10.0.0.0/8"])
    with TestClient(create_app(settings), base_url=BASE, client=("10.1.1.1", 1)) as behind:
        assert behind.get("/api/v1/session", headers={"X-Remote-User": "ed"}).json()["scopes"] == ["read", "text", "write"]
        assert behind.get("/api/v1/session", headers={"X-Remote-User": "a stranger"}).json()["scopes"] == ["read", "text"]
        assert behind.get("/api/v1/session").status_code == 401
    with TestClient(create_app(settings), base_url=BASE, client=("203.0.113.1", 1)) as outside:
        assert outside.get("/api/v1/session", headers={"X-Remote-User": "ed"}).status_code == 401


def test_on_loopback_without_users_everything_is_open(client: TestClient) -> None:
    assert client.get("/api/v1/session").json() == {"name": "", "by": "nothing", "scopes": ["read", "text", "write", "admin"]}
    assert client.get("/api/v1/session", headers=TOKEN).status_code == 401  # a token that is no good is not passed over


@pytest.mark.parametrize(
    ("web", "refused"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "published_on": "127.0.0.1"}, False),
        ({"host": "127.0.0.1", "published_on": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "trusted_proxy_header": "X-Remote-User"}, False),
    ],
)
def test_where_others_reach_it_the_process_starts_only_with_a_user_or_a_proxy(
    config: Settings, conn: Connection, web: dict[str, object], refused: bool
) -> None:
    settings = with_web(config, **web)
    assert ("newsmill users add" in too_open(settings)) is refused
    with TestClient(create_app(settings), base_url=BASE) as client:
        assert client.get("/api/v1/status").status_code == (
            401 if "127.0.0.1" not in (web.get("published_on") or web.get("host", "127.0.0.1")) else 200
        )
    users.add(conn, "jo", "admin", "x")
    assert too_open(settings) == ""


def test_metrics_are_for_tokens_and_for_this_machine(config: Settings, conn: Connection) -> None:
    add_token(conn)
    app = create_app(config)
    with TestClient(app, base_url=BASE, client=("127.0.0.1", 1)) as here:
        assert here.get("/metrics").status_code == 200
        assert here.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 401
        assert here.get("/api/v1/status").status_code == 401
    with TestClient(app, base_url=BASE, client=("203.0.113.1", 1)) as outside:
        assert outside.get("/metrics").status_code == 401
        assert outside.get("/metrics", headers=TOKEN).status_code == 200


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("127.0.0.1", {}, Origin("127.0.0.1", False, True, True)),
        ("::1", {}, Origin("::1", False, True, True)),
        ("127.0.0.1", {"x-forwarded-for": "9.9.9.9, 8.8.8.8", "x-forwarded-proto": "https"}, Origin("8.8.8.8", True, False, True)),
        ("203.0.113.1", {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}, Origin("203.0.113.1", False, False, False)),
        ("127.0.0.1", {"forwarded": "for=9.9.9.9"}, Origin("127.0.0.1", False, False, True)),
        ("testclient", {}, Origin("testclient", False, False, False)),
    ],
)
def test_where_a_request_comes_from(peer: str, headers: dict[str, str], expected: Origin) -> None:
    assert origin(peer, "http", headers, ["127.0.0.0/8", "::1/128"]) == expected


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("news.example", False),
    ],
)
def test_what_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
