"""The monthly partitions of `search`. The rows of a month without a partition are in `search_other` until there are enough of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import Connection

from pipeline.store.db import clock

OTHER = "search_other"
MONTHS_AHEAD = 2  # for an unattended stack; publishers' clocks run ahead by up to a day
# Rows above which a month gets its own partition. A smaller one would waste its index, and every search has to look into each.
WORTH = 20_000
LOCK_TIMEOUT_MS = 2000  # every article waits while this waits for the table


@dataclass(frozen=True, slots=True)
class Part:
    """A partition and its time range; `search_other` may hold any time."""

    name: str
    since: datetime
    before: datetime


def parts(conn: Connection) -> list[Part]:
    """The months, the newest first, without `search_other`."""
    rows = conn.execute(
        """
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'search'::regclass AND c.relname <> %s ORDER BY c.relname DESC
        """,
        (OTHER,),
    ).fetchall()
    return [_part(name) for (name,) in rows]


def make(conn: Connection, now: datetime | None = None) -> list[str]:
    """Create the partitions of this month and the next ones, unless `search_other` has rows of them. Returns their names. Raises
    psycopg.errors.LockNotAvailable if another process holds the table."""
    now = (now or clock.now(conn)).astimezone(UTC)
    there = {part.name for part in parts(conn)}
    made = []
    for ahead in range(MONTHS_AHEAD + 1):
        part = _part(f"search_{_month(now, ahead):%Y_%m}")
        made.append(part.name)
        if part.name not in there:
            settle_month(conn, part)
    return made


def settle(conn: Connection, worth: int = WORTH) -> list[str]:
    """Give months with many rows in `search_other` their own partitions. Returns their names."""
    rows = conn.execute(
        f"""
        SELECT to_char(at AT TIME ZONE 'UTC', '"search_"YYYY_MM') AS month FROM {OTHER} GROUP BY 1 HAVING count(*) >= %s ORDER BY 1
        """,
        (worth,),
    ).fetchall()
    for (name,) in rows:
        settle_month(conn, _part(name))
    return [name for (name,) in rows]


def settle_month(conn: Connection, part: Part) -> None:
    """Create a partition and move its rows there, in one transaction."""
    with conn.transaction():
        conn.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        conn.execute(f"LOCK TABLE search, {OTHER} IN ACCESS EXCLUSIVE MODE")
        if conn.execute("SELECT to_regclass(%s)", (part.name,)).fetchone() != (None,):
            return
        bounds = {"since": part.since, "before": part.before}
        conn.execute(f"CREATE TEMP TABLE moved AS SELECT * FROM {OTHER} WHERE at >= %(since)s AND at < %(before)s", bounds)
        conn.execute(f"DELETE FROM {OTHER} WHERE at >= %(since)s AND at < %(before)s", bounds)
        conn.execute(
            f"CREATE TABLE {part.name} PARTITION OF search FOR VALUES FROM ('{part.since.isoformat()}') TO ('{part.before.isoformat()}')"
            " WITH (toast_tuple_target = 128)"  # as in the migration
        )
        conn.execute("INSERT INTO search SELECT * FROM moved")
        conn.execute("DROP TABLE moved")


def _part(name: str) -> Part:
    year, month = map(int, name.removeprefix("search_").split("_"))
    first = datetime(year, month, 1, tzinfo=UTC)
    return Part(name, first, _month(first, 1))


def _month(at: datetime, ahead: int) -> datetime:
    months = at.year * 12 + at.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
