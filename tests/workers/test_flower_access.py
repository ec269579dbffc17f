"""Flower lets in who may look at the pages."""

from __future__ import annotations

from psycopg import Connection

from pipeline.access import secrets
from pipeline.settings import Settings
from pipeline.store.access import sessions, users
from workers.processes.flower_access import NOT_ALLOWED, UNAVAILABLE, UNKNOWN, CallerCheck


def ask(access: CallerCheck, cookie: str = "", *, steers: bool = False, path: str = "/workers") -> object:
    return access.refusal(path, "127.0.0.1", "http", {}, {"newsmill": cookie} if cookie else {}, steers=steers)


def test_who_is_signed_in_may_look_and_an_admin_may_steer(settings: Settings, conn: Connection) -> None:
    assert ask(CallerCheck(settings), steers=True) is None  # on loopback without users everything is open
    for role in ("reader", "admin"):
        users.add(conn, role, role, "x")  # type: ignore[arg-type]
        sessions.begin(conn, role, secrets.digest(role), 1, "", "")
    access = CallerCheck(settings)
    assert ask(access) is UNKNOWN
    assert ask(access, path="/healthcheck") is None
    assert ask(access, "reader") is None
    assert ask(access, "reader", steers=True) is NOT_ALLOWED
    assert ask(access, "admin", steers=True) is None


def test_beyond_loopback_nobody_gets_in_without_signing_in(settings: Settings) -> None:
    web = settings.web.model_copy(update={"flower_host": "0.0.0.0"})
    assert ask(CallerCheck(settings.model_copy(update={"web": web}))) is UNKNOWN
    by_password = web.model_copy(update={"flower_basic_auth": "me:secret"})
    assert ask(CallerCheck(settings.model_copy(update={"web": by_password}))) is None  # Flower asks for it itself


def test_while_postgres_is_away_nobody_gets_in(settings: Settings) -> None:
    assert ask(CallerCheck(settings.model_copy(update={"database_url": "postgresql://127.0.0.1:1/none"}))) is UNAVAILABLE
