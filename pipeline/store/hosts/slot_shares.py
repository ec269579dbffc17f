"""The share of slots for hosts that did not answer last time or were never asked (`pipeline/fetch/slot_shares.py`)."""

from __future__ import annotations

from psycopg import Connection

from pipeline.fetch import slot_shares
from pipeline.store import workers
from pipeline.store.hosts import hosts


def of_others(conn: Connection, visit: hosts.VisitKind) -> tuple[int, int] | None:
    """How many more of them may be visited now, and how many of these with the full time; None if no worker has reported its slots."""
    row = conn.execute(
        """
        SELECT (SELECT sum(slots) FROM workers WHERE queue = %(visit)s AND seen_at > now() - make_interval(secs => %(seen)s)),
               count(*) FILTER (WHERE answered), count(*) FILTER (WHERE NOT answered)
        FROM hosts WHERE lease_id IS NOT NULL AND last_step = %(visit)s
        """,
        {"visit": visit, "seen": workers.SEEN_S},
    ).fetchone()
    assert row is not None
    slots, answering, others = row
    return None if slots is None else slot_shares.share(int(slots), answering, others)
