"""Bring the tables up to date: plain SQL files, each applied once by yoyo-migrations."""

from __future__ import annotations

import psycopg
import yoyo

from pipeline.store.articles.pages import make_partitions
from pipeline.store.db.schema import FOLDER, check
from pipeline.store.maintenance import rekey
from pipeline.store.search import months


def migrate(database_url: str) -> list[str]:
    """Apply missing migrations. Safe to call from several processes at once (yoyo takes a lock). Returns the names applied. Raises
    NewerTables."""
    with psycopg.connect(database_url) as conn:
        check(conn)
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
        months.make(conn)
        if applied:
            rekey.begin(conn)
    return applied


def _yoyo_url(database_url: str) -> str:
    # yoyo names its psycopg 3 backend by the scheme
    _, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}"
