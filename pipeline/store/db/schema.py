"""Check that the tables fit this program. Every process does so before it uses them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psycopg

from pipeline.settings import Settings
from pipeline.store.db.pool import connect

FOLDER = Path(__file__).parents[1] / "migrations"


class NewerTables(Exception):
    """The tables were made by a newer newsmill. The message says what to do."""


def check(conn: psycopg.Connection) -> None:
    """Raise NewerTables if the database has tables that this program does not know."""
    if names := unknown(conn):
        raise NewerTables(f"The tables were made by a newer newsmill ({', '.join(names)}); run that version or a newer one on them.")


def misfit(settings: Settings, *, older_too: bool) -> str:
    """Why this program must not start; empty if it may. An unreachable Postgres is no reason, because programs wait for it. With
    `older_too`, missing tables are a reason too."""
    try:
        with connect(settings) as conn:
            check(conn)
            missing = pending(conn) if older_too else []
    except NewerTables as error:
        return str(error)
    except psycopg.Error:
        return ""
    return f"The tables are older than this newsmill ({', '.join(missing)} missing); run `newsmill migrate`." if missing else ""


def pending(conn: psycopg.Connection) -> list[str]:
    """The migrations that the database lacks; all of them if it is empty."""
    done = set(applied(conn))
    return [name for name in _known() if name not in done]


def unknown(conn: psycopg.Connection) -> list[str]:
    """Migrations in the database that this version lacks: a newer newsmill made its tables."""
    return not_known(applied(conn))


def not_known(names: Iterable[str]) -> list[str]:
    """Those of the migrations that this version lacks."""
    known = set(_known())
    return [name for name in names if name not in known]


def _known() -> list[str]:
    return [path.stem for path in sorted(FOLDER.glob("*.sql"))]


def applied(conn: psycopg.Connection) -> list[str]:
    """The migrations that the database has."""
    if conn.execute("SELECT to_regclass('_yoyo_migration')").fetchone() == (None,):
        return []
    return [row[0] for row in conn.execute("SELECT migration_id FROM _yoyo_migration ORDER BY migration_id")]
