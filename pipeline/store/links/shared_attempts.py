"""One attempt that counts for many links: if a host cannot be reached at all, each of its links would fail like the first one.

So the name of a dead host with a thousand links is looked up once for all that are due, and all of them come to an end.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.outcomes import Schedule
from pipeline.store.hosts import host_recovery
from pipeline.store.links import rechecks
from pipeline.store.transitions.links import SHARE_ATTEMPT

# The most links that share one attempt; the rest shares the next.
ROWS = 5000


@dataclass(frozen=True, slots=True)
class SharedAttempt:
    """How one link's attempt ended, and what follows for the others: the waits between attempts, those of rechecks, the seconds for which
    the host is paused, and the seconds after which stored articles are rechecked."""

    code: str
    detail: str
    scheme: str
    links: Schedule
    looks: Schedule
    pause_s: float
    worker: str
    recheck_after_s: list[float]


def share(conn: Connection, host_id: int, tried: SharedAttempt) -> list[int]:
    """Count the attempt for every due link in the host's queue. Returns the hosts in whose queues they now are. Call it before hosts are
    locked."""
    rows = conn.execute(
        f"""
        WITH due AS (
            SELECT id, fetch_attempts + 1 AS number, recheck, coalesce(origin_host_id, host_id) AS home,
                   fetch_attempts + 1 > CASE WHEN recheck THEN cardinality(%(looks)s::float8[]) ELSE cardinality(%(waits)s::float8[]) END AS spent
            FROM links WHERE host_id = %(host)s AND state = 'waiting' AND due_at <= now()
                 AND starts_with(coalesce(next_url, url), %(scheme)s)
            ORDER BY url_key LIMIT %(rows)s FOR UPDATE SKIP LOCKED),
        tried AS (
            UPDATE links l SET {SHARE_ATTEMPT.sets}
            FROM due WHERE l.id = due.id),
        noted AS (
            INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, worker)
            SELECT id, 'fetch', number, 0, CASE WHEN spent THEN 'failed' ELSE 'retry' END, %(code)s, %(detail)s, %(worker)s FROM due)
        SELECT id, home, spent AND recheck FROM due
        """,
        {
            "host": host_id,
            "scheme": f"{tried.scheme}:",
            "waits": list(tried.links.waits),
            "soon": len(tried.links.soon),
            "looks": list(tried.looks.waits),
            "code": tried.code,
            "detail": tried.detail,
            "pause": tried.pause_s,
            "behind": host_recovery.PRIORITY,
            "worker": tried.worker,
            "rows": ROWS,
        },
    ).fetchall()
    if given_up := [row[0] for row in rows if row[2]]:
        rechecks.looked(conn, given_up, tried.recheck_after_s)
    return sorted({row[1] for row in rows})
