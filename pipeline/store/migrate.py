"""Bring the database's tables up to date: plain SQL files, applied once each by yoyo-migrations."""

from __future__ import annotations

from pathlib import Path

import psycopg
import yoyo

from pipeline.store import rekey
from pipeline.store.pages import make_partitions

FOLDER = Path(__file__).parent / "migrations"


def migrate(database_url: str) -> list[str]:
    """Apply what is missing; safe to call from several places at once (yoyo takes a lock). Returns the names applied."""
    backend = yoyo.get_backend(_yoyo_url(database_url))
    try:
        with backend.lock():
            wanted = backend.to_apply(yoyo.read_migrations(str(FOLDER)))
            backend.apply_migrations(wanted)
            applied = [m.id for m in wanted]
    finally:
        backend.connection.close()
    with psycopg.connect(database_url) as conn:
        make_partitions(conn)
        if applied:
            rekey.begin(conn)
    return applied


def pending(conn: psycopg.Connection) -> list[str]:
    """Names of the migrations that this version has and the database has not; all of them on an empty database."""
    done = set(_done(conn))
    return [name for name in _known() if name not in done]


def unknown(conn: psycopg.Connection) -> list[str]:
    """Names of the migrations that the database has and this version has not: a newer newsmill made its tables."""
    known = set(_known())
    return [name for name in _done(conn) if name not in known]


def _known() -> list[str]:
    return [path.stem for path in sorted(FOLDER.glob("*.sql"))]


def _done(conn: psycopg.Connection) -> list[str]:
    if conn.execute("SELECT to_regclass('_yoyo_migration')").fetchone() == (None,):
        return []
    return [row[0] for row in conn.execute("SELECT migration_id FROM _yoyo_migration ORDER BY migration_id")]


def _yoyo_url(database_url: str) -> str:
    # yoyo names its psycopg 3 backend by the scheme.
    _, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}"
