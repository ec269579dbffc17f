"""Explain why Postgres could not do what it was asked: a stable code, and one sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict


@dataclass(frozen=True, slots=True)
class Outage:
    code: str
    sentence: str


def of(error: psycopg.Error, database_url: str = "") -> Outage | None:
    """The outage behind an error; None if the error says nothing about the state of Postgres."""
    where = _where(database_url)
    match error:
        case psycopg.errors.DiskFull():
            return Outage(
                "disk_full", f"The disk of {where} is full, so nothing can be written; free some space, and newsmill continues by itself."
            )
        case psycopg.errors.ReadOnlySqlTransaction():
            return Outage(
                "database_read_only",
                f"{where} is read-only (a standby, or set to read-only); put the primary's address into NEWSMILL_DATABASE_URL.",
            )
        case psycopg.errors.QueryCanceled():
            return Outage("database_slow", f"{where} took too long to answer; try again, or ask for less.")
        case psycopg.OperationalError():
            return unreachable(error, database_url)
    return None


def unreachable(error: psycopg.OperationalError, database_url: str = "") -> Outage:
    """Why Postgres accepts no connections, or closed this one."""
    where, message = _where(database_url), str(error)
    if "authentication failed" in message or "no password supplied" in message:
        return Outage("database_unavailable", f"{where} refuses the user name or the password; check NEWSMILL_DATABASE_URL.")
    if "database" in message and "does not exist" in message:
        return Outage("database_unavailable", f"{where} has no such database; create it or check NEWSMILL_DATABASE_URL.")
    if "starting up" in message or "shutting down" in message or "recovery" in message:
        return Outage("database_unavailable", f"{where} is starting or stopping; try again in a moment.")
    if "too many" in message or "connection slots" in message or "no more connections" in message:
        return Outage(
            "database_connections",
            f"{where} has no free connection; raise its max_connections (embedded: postgres.max_connections) or stop programs that use them.",
        )
    if "FATAL:" in message:
        return Outage("database_unavailable", f"{where} answers but accepts no connection; its log says why.")
    return Outage("database_unavailable", f"{where} does not answer; start it with `newsmill up` or check NEWSMILL_DATABASE_URL.")


def _where(database_url: str) -> str:
    return f"Postgres at {postgres_at(database_url)}" if database_url else "Postgres"


def postgres_at(database_url: str) -> str:
    """host:port of a Postgres address."""
    try:
        parts = conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        return "an unusable address"
    return f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
