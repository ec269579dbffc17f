"""Host leases: one job visits a host at a time.

`hosts.lease_id` is the dispatch_id of the job that holds the host, from its claim to its end. `lease_until` is when the lease runs out,
by Postgres' clock: with the job's own lease, or earlier. Code that gives a claim back frees its hosts in the same transaction
(`hosts.refresh`, `hosts.release_all`). If it fails to, the next tick after `lease_until` frees the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import Connection

from pipeline.jobs import Host
from pipeline.settings import Settings
from pipeline.store.hosts import hosts

SWEEP_ROWS = 500  # hosts freed in one tick
# A job may start this much before its slot, because its worker's clock is ahead: it then waits. If it is earlier still, it goes back to the
# queue.
MOST_EARLY_S = 5.0

# Start a visit of the hosts that match `{which}`, by the claim that holds them or under which they are free. It moves `next_slot_at`, since
# the request starts now. `{until}` is when the lease ends.
ACQUIRE = f"""
    UPDATE hosts h SET lease_id = %(claim)s, lease_until = {{until}}, slot_at = NULL, last_step = %(visit)s,
           next_slot_at = now() + make_interval(secs => {hosts.GAP})
    {{which}} AND CASE WHEN h.lease_id = %(claim)s THEN coalesce(h.slot_at <= now(), true) ELSE h.lease_id IS NULL AND h.next_slot_at <= now() END
          AND (h.paused_until IS NULL OR h.paused_until <= now())
    RETURNING {hosts.HOST_COLUMNS}
"""
UNTIL = "now() + make_interval(secs => %(lease)s)"

NOBODY = "no job any more"
# The job that holds host h, in words; null if none does. Few rows have a claim, and each kind has an index.
_JOB: LiteralString = """coalesce(
    (SELECT 'link ' || j.id || ', ' || j.state FROM links j
     WHERE j.stage = 'fetch' AND j.state IN ('dispatched', 'running') AND j.dispatch_id = h.lease_id),
    (SELECT 'feed ' || j.id || ', ' || j.phase FROM feeds j WHERE j.phase <> 'idle' AND j.dispatch_id = h.lease_id),
    (SELECT 'subscription ' || j.id || ', running' FROM subscriptions j WHERE j.dispatch_id = h.lease_id))"""
HOLDER: LiteralString = f"CASE WHEN h.lease_id IS NOT NULL THEN coalesce({_JOB}, '{NOBODY}') END"


@dataclass(frozen=True, slots=True)
class TooEarly:
    """The job may start in `wait_s` seconds: its message came before its slot. Nothing was changed."""

    wait_s: float


def grant(
    conn: Connection, picked: Sequence[tuple[int, UUID, datetime]], visit: hosts.VisitKind, settings: Settings, *, short_time: bool
) -> dict[int, float]:
    """Lease the hosts, which are locked, to claims: host, claim and when its job is due. Returns the seconds until the slot by host."""
    rows = conn.execute(
        f"""
        UPDATE hosts h SET lease_id = pick.claim, lease_until = {UNTIL}, slot_at = pick.slot, short_time = %(short_time)s,
               last_step = %(visit)s, next_slot_at = pick.slot + make_interval(secs => {hosts.GAP})
        FROM (SELECT n.host_id, n.claim, greatest(o.next_slot_at, n.due, now()) AS slot
              FROM unnest(%(hosts)s::bigint[], %(claims)s::uuid[], %(due)s::timestamptz[]) n (host_id, claim, due)
              JOIN hosts o ON o.id = n.host_id) pick
        WHERE h.id = pick.host_id RETURNING h.id, extract(epoch FROM pick.slot - now())::float8
        """,
        {
            "visit": visit,
            "short_time": short_time,
            "lease": settings.dispatch.lease_dispatched_s,
            "gap": settings.fetch.min_gap_s,
            "hosts": [row[0] for row in picked],
            "claims": [row[1] for row in picked],
            "due": [row[2] for row in picked],
        },
    ).fetchall()
    return dict(rows)


def acquire(conn: Connection, host_id: int, claim: UUID, visit: hosts.VisitKind, min_gap_s: float, lease_s: float) -> Host | None:
    """Start a visit. Returns None if another job holds the host, it is paused, or it is too early."""
    row = conn.execute(
        ACQUIRE.format(which="WHERE h.id = %(id)s", until=UNTIL),
        {"id": host_id, "claim": claim, "visit": visit, "gap": min_gap_s, "lease": lease_s},
    ).fetchone()
    return hosts.host_of_row(row) if row else None


def acquire_if_free(conn: Connection, name: str, claim: UUID, min_gap_s: float, *, robots_needed: bool, scheme: str = "") -> Host | None:
    """Visit one more host, to which a redirect leads, if it may be visited now and its robots.txt (for `scheme`, if given) need not be
    fetched. The lease lasts as long as that of the host where the job started; a job that has lost that gets none."""
    known = "h.robots_until > now() AND (%(scheme)s = '' OR h.robots_scheme IN ('', %(scheme)s))"
    which = f"""
        FROM (SELECT max(lease_until) AS until FROM hosts WHERE lease_id = %(claim)s) own
        WHERE own.until > now() AND h.name = %(name)s AND (h.ignore_robots OR NOT %(robots)s OR ({known}))"""
    row = conn.execute(
        ACQUIRE.format(which=which, until="own.until"),
        {"name": name, "claim": claim, "visit": "fetch", "gap": min_gap_s, "robots": robots_needed, "scheme": scheme},
    ).fetchone()
    return hosts.host_of_row(row) if row else None


def record_manual_request(conn: Connection, host_id: int, claim: UUID, min_gap_s: float, lease_s: float) -> Host:
    """Record a manual request: the current lease stays, and the gap counts from now."""
    gap = f"now() + make_interval(secs => {hosts.GAP})"
    row = conn.execute(
        f"""
        UPDATE hosts h SET lease_id = coalesce(lease_id, %(claim)s), lease_until = coalesce(lease_until, {UNTIL}),
               answered = true,
               next_slot_at = greatest(next_slot_at, {gap}), slot_at = CASE WHEN slot_at IS NOT NULL THEN greatest(slot_at, {gap}) END
        WHERE id = %(id)s RETURNING {hosts.HOST_COLUMNS}
        """,
        {"id": host_id, "claim": claim, "gap": min_gap_s, "lease": lease_s},
    ).fetchone()
    assert row is not None  # hosts are never deleted
    return hosts.host_of_row(row)


def early(conn: Connection, host_id: int, claim: UUID) -> TooEarly | None:
    """How many seconds too early the job is. None if it must go back to the queue, because something else prevents its visit too."""
    row = conn.execute(
        """
        SELECT extract(epoch FROM slot_at - now())::float8 FROM hosts
        WHERE id = %s AND lease_id = %s AND (paused_until IS NULL OR paused_until <= now())
        """,
        (host_id, claim),
    ).fetchone()
    if row is None or row[0] is None or row[0] > MOST_EARLY_S:
        return None
    return TooEarly(max(0.0, row[0]))


def sweep(conn: Connection) -> int:
    """Free the hosts whose leases ran out. Returns how many. Their jobs' leases ran out too and are swept separately."""
    with conn.transaction():
        rows = conn.execute(
            """
            SELECT id, lease_id FROM hosts WHERE lease_id IS NOT NULL AND lease_until < now()
            ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
            """,
            (SWEEP_ROWS,),
        ).fetchall()
        if rows:
            hosts.free(conn, [row[0] for row in rows], [row[1] for row in rows])
    return len(rows)


def without_job(conn: Connection) -> int:
    """The number of host leases whose claim no row has any more. There should be none; each ends by itself when it runs out."""
    row = conn.execute(f"SELECT count(*) FROM hosts h WHERE h.lease_id IS NOT NULL AND {_JOB} IS NULL").fetchone()
    return int(row[0]) if row else 0
