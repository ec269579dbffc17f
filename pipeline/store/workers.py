"""Workers that have reported, and the slots of each queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

SEEN_S = 60  # a worker that has not reported for this many seconds has no slots


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    queue: str
    slots: int
    version: str
    started_at: datetime
    seen_at: datetime
    silent_s: float


def report(conn: Connection, name: str, queue: str, slots: int, version: str, up_s: float) -> None:
    """Record that a worker is alive and has been up for `up_s` seconds."""
    conn.execute(
        """
        INSERT INTO workers (name, queue, slots, version, started_at) VALUES (%s, %s, %s, %s, now() - make_interval(secs => %s))
        ON CONFLICT (name) DO UPDATE SET queue = excluded.queue, slots = excluded.slots, version = excluded.version,
               started_at = excluded.started_at, seen_at = now()
        """,
        (name, queue, slots, version, up_s),
    )


def leave(conn: Connection, name: str) -> None:
    """Remove a worker that stops, so that its slots no longer count."""
    conn.execute("DELETE FROM workers WHERE name = %s", (name,))


def forget_old(conn: Connection, older_than_s: float = 86_400) -> int:
    """Delete workers that were silent for `older_than_s` seconds. Returns how many."""
    return conn.execute("DELETE FROM workers WHERE seen_at < now() - make_interval(secs => %s)", (older_than_s,)).rowcount


def listing(conn: Connection) -> list[Worker]:
    """All workers that have reported, by queue."""
    with conn.cursor(row_factory=class_row(Worker)) as cur:
        return cur.execute(
            """
            SELECT name, queue, slots, version, started_at, seen_at, extract(epoch FROM now() - seen_at)::float AS silent_s
            FROM workers ORDER BY queue, name
            """
        ).fetchall()
