"""A pool outlives what happens to its connections."""

from __future__ import annotations

import psycopg

from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool


def test_a_connection_that_postgres_has_closed_is_not_handed_out(conn: psycopg.Connection, settings: Settings) -> None:
    with open_pool(settings, size=1) as pool:
        with pool.connection() as first:
            pid = first.info.backend_pid
        with pool.connection() as again:
            assert again.info.backend_pid == pid
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with pool.connection() as second:
            assert second.execute("SELECT 1").fetchone() == (1,)
            assert second.info.backend_pid != pid
