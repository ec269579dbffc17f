"""Every endpoint asks for what the table says, of every kind of caller."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.access import secrets
from pipeline.access.scopes import ROLES, SCOPES, Scope
from pipeline.request_origin import SAFE_METHODS
from pipeline.settings import Settings
from pipeline.store.access import audit, sessions, tokens, users
from pipeline.store.db.pool import connect
from tests.support.tables import failing_rows
from web.access.endpoints import ENDPOINTS
from web.app import ROUTERS, create_app

BASE = "http://127.0.0.1:8080"
PARAMETERS = {"token": "a" * 43, "name": "jo"}


@pytest.fixture
def guarded(config: Settings) -> Iterator[TestClient]:
    """A client of a process that has users, and whose limits are far away."""
    web = config.web.model_copy(update={"requests_per_minute": 100_000, "searches_per_minute": 100_000})
    with connect(config) as conn:
        for role in ROLES:
            users.add(conn, role, role, "x")
            sessions.begin(conn, role, secrets.digest(f"session of {role}"), 1, "", "")
        for scope in SCOPES:
            tokens.add(conn, "admin", scope, [scope], secrets.digest(f"nm_{scope}"), None)
    with TestClient(create_app(config.model_copy(update={"web": web})), base_url=BASE, follow_redirects=False) as found:
        yield found


def asked(client: TestClient, endpoint: str, **how: object) -> int:
    """The status of a request without a body, where a wrong one tells that the guard let it through."""
    method, _, path = endpoint.partition(" ")
    filled = re.sub(r"\{(\w+)\}", lambda found: PARAMETERS.get(found[1], "999999"), path)
    with client.stream(method, filled, **how) as answer:  # type: ignore[arg-type]
        status = answer.status_code
        led_away = status == 303 and answer.headers["location"].startswith("/sign-in?next=")
    return 401 if led_away else status


def test_the_table_has_every_endpoint_and_no_other() -> None:
    there = {f"{method} {route.path}" for router in ROUTERS for route in router.routes for method in route.methods}  # type: ignore[attr-defined]
    assert set(ENDPOINTS) == there


def test_nobody_gets_in_without_signing_in(guarded: TestClient) -> None:
    def check(endpoint: str) -> None:
        assert asked(guarded, endpoint) == 401
        assert asked(guarded, endpoint, headers={"Authorization": "Bearer nm_wrong"}) == 401
        assert asked(guarded, endpoint, headers={"Cookie": "newsmill=wrong"}) == 401

    assert failing_rows((endpoint for endpoint, needed in ENDPOINTS.items() if needed != "open"), check) == {}


def test_each_token_may_what_its_scope_says_and_each_role_what_its_scopes_say(guarded: TestClient) -> None:
    wrong = []
    for endpoint, needed in ENDPOINTS.items():
        if needed == "open" or endpoint.endswith("/events"):
            continue
        for scope in SCOPES:
            status = asked(guarded, endpoint, headers={"Authorization": f"Bearer nm_{scope}"})
            if (status == 403) is (scope == needed) or status == 401:
                wrong.append((endpoint, f"token {scope}", status))
        for role, scopes in ROLES.items():
            if endpoint.startswith("DELETE"):
                continue  # what is gone cannot be tried again
            status = asked(guarded, endpoint, headers={"Cookie": f"newsmill=session of {role}"})
            if (status == 403) is (needed in scopes) or status == 401:
                wrong.append((endpoint, role, status))
    assert wrong == []


def test_open_endpoints_let_everybody_in(guarded: TestClient) -> None:
    for endpoint in (e for e, needed in ENDPOINTS.items() if needed == "open"):
        assert asked(guarded, endpoint) not in (401, 403), endpoint


def test_a_revoked_token_is_refused_at_once(guarded: TestClient, conn: Connection) -> None:
    header = {"Authorization": "Bearer nm_read"}
    assert guarded.get("/api/v1/links", headers=header).status_code == 200
    (token,) = [token for token in tokens.listing(conn) if token.name == "read"]
    assert token.used_at is not None
    tokens.remove(conn, token.id)
    answer = guarded.get("/api/v1/links", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_loses_what_its_user_loses_and_ends_when_its_time_is_over(guarded: TestClient, conn: Connection) -> None:
    users.add(conn, "second", "admin", "x")
    users.change(conn, "admin", role="reader")
    assert asked(guarded, "GET /api/v1/audit", headers={"Authorization": "Bearer nm_admin"}) == 403
    conn.execute("UPDATE tokens SET expires_at = now()")
    assert asked(guarded, "GET /api/v1/links", headers={"Authorization": "Bearer nm_read"}) == 401


def test_a_token_in_the_address_is_none(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/status?token=nm_admin&access_token=nm_admin").status_code == 401


def test_each_change_leaves_a_row_with_how_it_went(guarded: TestClient, conn: Connection) -> None:
    editor = {"Cookie": "newsmill=session of editor"}
    assert guarded.post("/api/v1/enqueue", json={"urls": ["https://example.org/a"]}, headers=editor).status_code == 200
    assert guarded.patch("/api/v1/feeds/7", json={"title": "x"}, headers=editor).status_code == 404
    assert guarded.post(
        "/api/v1/enqueue", json={"urls": ["https://example.org/b"]}, headers={"Authorization": "Bearer nm_write"}
    ).is_success
    assert guarded.get("/api/v1/links", headers=editor).is_success
    rows = [(row.who, row.what, row.about, row.outcome) for row in audit.listing(conn)]
    assert rows == [
        ("admin (token write)", "POST /api/v1/enqueue", "/api/v1/enqueue", "done"),
        ("editor", "PATCH /api/v1/feeds/{feed_id}", "/api/v1/feeds/7", "not_found"),
        ("editor", "POST /api/v1/enqueue", "/api/v1/enqueue", "done"),
    ]


def test_nothing_changes_by_a_get(guarded: TestClient, conn: Connection) -> None:
    admin = {"Cookie": "newsmill=session of admin"}
    for endpoint in ENDPOINTS:
        if endpoint.split()[0] in SAFE_METHODS and not endpoint.endswith("/events"):
            asked(guarded, endpoint, headers=admin)
    assert audit.listing(conn) == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_refusal_says_what_is_missing(guarded: TestClient, scope: Scope) -> None:
    answer = guarded.get("/api/v1/audit", headers={"Authorization": f"Bearer nm_{scope}"})
    if scope == "admin":
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert "scope admin" in answer.json()["detail"]
        assert answer.headers["content-type"] == "application/problem+json"
