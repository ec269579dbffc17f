"""Signing in and out, by the page and by JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.access import secrets
from pipeline.settings import Settings
from pipeline.store.access import audit, users
from pipeline.store.db.pool import connect
from web.app import create_app

PASSWORD = "correct horse battery"
JO = {"name": "jo", "password": PASSWORD}


@pytest.fixture
def home(config: Settings) -> Iterator[TestClient]:
    """A client of a process with a user, whose limit on tries is far away."""
    often = config.model_copy(update={"web": config.web.model_copy(update={"sign_ins_per_minute": 10_000})})
    with connect(config) as conn:
        users.add(conn, "jo", "admin", secrets.hashed(PASSWORD))
    with TestClient(create_app(often), base_url="http://127.0.0.1:8080", follow_redirects=False) as found:
        yield found


def test_a_page_leads_to_signing_in_and_back(home: TestClient, conn: Connection) -> None:
    away = home.get("/links/7?x=1")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=%2Flinks%2F7%3Fx%3D1")
    page = home.get(away.headers["location"])
    assert 'name="next" value="/links/7?x=1"' in page.text
    wrong = home.post("/sign-in", data={**JO, "password": "guessed it", "next": "/links/7"})
    assert wrong.status_code == 401
    assert "guessed it" not in wrong.text
    assert "set-cookie" not in wrong.headers
    back = home.post("/sign-in", data={**JO, "next": "/links/7?x=1"})
    assert (back.status_code, back.headers["location"]) == (303, "/links/7?x=1")
    assert home.get("/").status_code == 200
    assert home.get("/api/v1/session").json() == {"name": "jo", "by": "session", "scopes": ["read", "text", "write", "admin"]}
    kept = conn.execute("SELECT digest FROM sessions").fetchall()
    assert [bytes(row[0]) for row in kept] == [secrets.digest(home.cookies["newsmill"])]
    assert home.post("/sign-out").headers["location"] == "/sign-in"
    assert home.get("/").status_code == 303
    assert conn.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    assert [(row.who, row.what, row.outcome) for row in audit.listing(conn)][-2:] == [
        ("jo", "sign in", "done"),
        ("jo", "sign in", "wrong_password"),
    ]


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""])
def test_nobody_is_led_to_another_site(home: TestClient, to: str) -> None:
    assert home.post("/sign-in", data={**JO, "next": to}).headers["location"] == "/"


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(home: TestClient, config: Settings) -> None:
    plain = home.post("/api/v1/session", json=JO)
    assert plain.status_code == 204
    cookie = plain.headers["set-cookie"]
    assert cookie.startswith("newsmill=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    web = config.web.model_copy(update={"trusted_proxies": ["10.0.0.0/8"], "allowed_hosts": ["news.example"]})
    app = create_app(config.model_copy(update={"web": web}))
    by_https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    with TestClient(app, base_url="http://news.example", client=("10.1.2.3", 1)) as behind:
        cookie = behind.post("/api/v1/session", json=JO, headers=by_https).headers["set-cookie"]
        assert cookie.startswith("__Host-newsmill=")
        assert "Secure" in cookie
    with TestClient(app, base_url="http://news.example", client=("203.0.113.9", 1)) as stranger:
        answer = stranger.post("/api/v1/session", json=JO, headers=by_https)
        assert (answer.status_code, answer.json()["code"]) == (403, "https_needed")


def test_a_session_ends_with_its_time_its_password_and_its_user(home: TestClient, conn: Connection) -> None:
    def signed_in() -> bool:
        return home.get("/api/v1/session").status_code == 200

    home.post("/api/v1/session", json=JO)
    assert signed_in()
    conn.execute("UPDATE sessions SET expires_at = now()")
    assert not signed_in()
    home.post("/api/v1/session", json=JO)
    users.change(conn, "jo", password=secrets.hashed(PASSWORD))
    assert not signed_in()
    home.post("/api/v1/session", json=JO)
    assert signed_in()
    users.add(conn, "other", "admin", "x")
    users.remove(conn, "jo")
    assert not signed_in()


def _guess(client: TestClient, config: Settings) -> None:
    wrong = {**JO, "password": "is it this one"}
    statuses = [client.post("/api/v1/session", json=wrong).status_code for _ in range(config.web.sign_ins_per_minute + 1)]
    assert statuses == [401] * config.web.sign_ins_per_minute + [429]
    assert client.post("/api/v1/session", json=JO).headers["retry-after"] == "60"


def test_guessing_is_slow_and_stops_where_nothing_can_count(home: TestClient, config: Settings) -> None:
    # An address of its own: what earlier tests did is still counted.
    with TestClient(create_app(config), base_url="http://127.0.0.1:8080", client=(f"2001:db8::{uuid.uuid4().hex[:4]}", 1)) as guesser:
        _guess(guesser, config)
    without = config.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_app(without), base_url="http://127.0.0.1:8080") as client:
        answer = client.post("/api/v1/session", json=JO)
    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable")


@pytest.mark.parametrize(
    "given", [{"name": "jo\0", "password": PASSWORD}, {"name": "nobody", "password": PASSWORD}, {"name": "jo", "password": "x" * 5000}]
)
def test_who_is_not_known_is_not_let_in(home: TestClient, given: dict[str, str]) -> None:
    assert home.post("/api/v1/session", json=given).json()["code"] == "wrong_password"
