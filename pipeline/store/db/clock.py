"""Postgres' time. All times that processes compare use it, because a machine's own clock may be wrong."""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection


def now(conn: Connection) -> datetime:
    """The current time, also within a transaction."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
