"""When the periodic tasks last completed, by Postgres' clock, so that no other clock matters."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class PeriodicRun:
    """The runs of a periodic task. `completed_s` is seconds since it last completed; None if it never did. `failed_s` and `error` describe
    the last failure since then; None and '' if there was none."""

    task: str
    completed_s: float | None
    failed_s: float | None
    error: str


def completed(conn: Connection, task: str) -> None:
    """Record that a periodic task completed."""
    conn.execute(
        "INSERT INTO periodic (task, completed_at) VALUES (%s, now())"
        " ON CONFLICT (task) DO UPDATE SET completed_at = excluded.completed_at, failed_at = NULL, error = ''",
        (task,),
    )


def failed(conn: Connection, task: str, error: str) -> None:
    """Record that a periodic task failed, and why."""
    conn.execute(
        "INSERT INTO periodic (task, failed_at, error) VALUES (%s, now(), %s)"
        " ON CONFLICT (task) DO UPDATE SET failed_at = excluded.failed_at, error = excluded.error",
        (task, error[:300]),
    )


def rounds(conn: Connection) -> dict[str, PeriodicRun]:
    """The last runs of each periodic task."""
    with conn.cursor(row_factory=class_row(PeriodicRun)) as cur:
        rows = cur.execute(
            """
            SELECT task, extract(epoch FROM now() - completed_at)::float AS completed_s,
                   extract(epoch FROM now() - failed_at)::float AS failed_s, error
            FROM periodic
            """
        ).fetchall()
    return {row.task: row for row in rows}
