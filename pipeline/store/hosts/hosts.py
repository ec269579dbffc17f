"""Hosts and when they may be visited, shared by all workers.

One job visits a host at a time, under a lease (leases.py). `feed_due_at` and `link_due_at` say when the host next has something to do.
They may be too early, but never too late. To ensure that, code that raises one locks the host first and reads its links in a *later*
statement, which then sees every link whose writer has already been here. Hosts are locked FOR NO KEY UPDATE: inserting a link holds its
host FOR KEY SHARE (the foreign key), and two processes that have both inserted must not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection

from pipeline.fetch.politeness import Change, HostHealth
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.jobs import Host
from pipeline.store.hosts import host_recovery, site_rules

VisitKind = Literal["poll", "fetch"]

# The next due link or feed of host h, not before the expression `{slot}`; NULL if nothing waits.
NEXT_LINK = "(SELECT greatest(l.due_at, {slot}) FROM links l WHERE l.host_id = h.id AND l.state = 'waiting' ORDER BY l.due_at LIMIT 1)"
NEXT_FEED = (
    "(SELECT greatest(f.next_poll_at, {slot}) FROM feeds f WHERE f.host_id = h.id AND f.state = 'active' AND f.phase = 'idle'"
    " ORDER BY f.next_poll_at LIMIT 1)"
)

# The gap between the starts of two requests to host h: the operator's or the usual one, or a longer one from its robots.txt.
GAP = "greatest(coalesce(h.own_delay_s, %(gap)s), coalesce(h.delay_s, 0))"
# The columns of host h that a visit needs; `seen` reads them.
HOST_COLUMNS = f"""h.id, h.name, greatest(coalesce(h.own_delay_s, %(gap)s), coalesce(h.delay_s, 0)), h.ignore_robots, h.failures, h.slowdowns,
           greatest(0, coalesce(extract(epoch FROM now() - h.slowed_at), 0))::float8,
           coalesce(extract(epoch FROM now() - h.failing_since), 0)::float8, h.tdmrep_at, h.short_time, now(), {site_rules.COLUMNS}"""


@dataclass(frozen=True, slots=True)
class VisitResult:
    """The result of a visit to a host. Times are in seconds.

    `since_request_s` is the age of its request; None if none was made, and then the visit does not count against the host. `latency_s`
    is how long the answer took. `change` is what the visit says of the host; None: nothing. `min_interval_s`: when a host answers
    again, its feeds become due, each no sooner than this after its last poll.
    """

    min_gap_s: float
    since_request_s: float | None = None
    latency_s: float | None = None
    latency_factor: float = 0.0
    max_latency_gap_s: float = 0.0
    change: Change | None = None
    code: str = ""
    robots: Robots | None = None
    delay_s: float | None = None
    min_interval_s: float = 0.0


# The result for each host that was visited, by its id.
VisitResults = Sequence[tuple[int, VisitResult]]


def ensure(conn: Connection, names: Iterable[str]) -> dict[str, int]:
    """The ids of the named hosts; missing hosts are created. Run it before the transaction that needs them: hosts are never deleted."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    found = _ids(conn, wanted)
    if missing := [name for name in wanted if name not in found]:
        conn.execute("INSERT INTO hosts (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (missing,))
        found |= _ids(conn, missing)
    return found


def _release(conn: Connection, host_id: int, claim: UUID, how: VisitResult) -> None:
    """End the visit of a host that an earlier statement has locked."""
    if how.robots is not None:
        site_rules.keep(conn, host_id, how.robots, how.delay_s)
    # A slow host gets extra time after its answer. A visit without a request returns the slot that the claim took.
    slot = f"""greatest(CASE WHEN %(since)s::float8 IS NULL THEN now() ELSE h.next_slot_at END, h.paused_until,
        now() + make_interval(secs => %(pause)s), now() + make_interval(secs => coalesce({GAP} - %(since)s::float8, 0)),
        now() + make_interval(secs => CASE WHEN %(since)s::float8 IS NULL THEN 0
                                      ELSE least(%(factor)s * coalesce(%(latency)s, h.latency_s), %(slow)s) END))"""
    change = how.change
    conn.execute(
        f"""
        UPDATE hosts h SET lease_id = NULL, lease_until = NULL, slot_at = NULL, next_slot_at = {slot}, latency_s = coalesce(%(latency)s, latency_s),
               paused_until = CASE WHEN %(pause)s > 0 THEN greatest(paused_until, now() + make_interval(secs => %(pause)s))
                                   WHEN paused_until <= now() THEN NULL ELSE paused_until END,
               pause_reason = CASE WHEN %(pause)s > 0 AND (paused_until IS NULL OR paused_until < now() + make_interval(secs => %(pause)s))
                                   THEN %(reason)s ELSE pause_reason END,
               failures = coalesce(%(failures)s, failures), answered = coalesce(%(failures)s = 0, answered),
               failing_since = CASE WHEN coalesce(%(failures)s, failures) > 0 THEN coalesce(failing_since, now()) END,
               slowed_at = CASE WHEN %(slowdowns)s > slowdowns THEN now() + make_interval(secs => %(pause)s) ELSE slowed_at END,
               slowdowns = coalesce(%(slowdowns)s, slowdowns), last_code = coalesce(nullif(%(code)s, ''), last_code),
               link_due_at = {NEXT_LINK.format(slot=slot)}, feed_due_at = {NEXT_FEED.format(slot=slot)}
        WHERE h.id = %(id)s AND lease_id = %(claim)s
        """,
        {
            "id": host_id,
            "claim": claim,
            "gap": how.min_gap_s,
            "since": how.since_request_s,
            "latency": how.latency_s,
            "factor": how.latency_factor,
            "slow": how.max_latency_gap_s,
            "pause": change.pause_s if change else 0.0,
            "reason": change.reason if change else "",
            "failures": change.failures if change else None,
            "slowdowns": change.slowdowns if change else None,
            "code": how.code,
        },
    )


def release_all(conn: Connection, claim: UUID, visit_results: VisitResults, also_due: Iterable[int] = ()) -> None:
    """End the visits of hosts, locked at once by id. Call it last in the transaction, after the link or feed has its new state.
    `also_due` are hosts that got due links. What waited for a host's return becomes due when it is back."""
    also_due = list(also_due)
    for host_id, how in visit_results:
        if how.change is not None and how.change.is_back:
            host_recovery.wake(conn, [host_id], how.min_interval_s)
    ids = sorted({*(host_id for host_id, _ in visit_results), *also_due})
    _lock(conn, ids)
    for host_id, how in visit_results:
        _release(conn, host_id, claim, how)
    note_links(conn, also_due)


def refresh(conn: Connection, host_ids: Iterable[int], freed: Iterable[UUID] = ()) -> None:
    """Recompute when the hosts have something to do, and free the hosts that the `freed` claims hold, also those that are not named."""
    freed = list(freed)
    held = conn.execute("SELECT id FROM hosts WHERE lease_id = ANY(%s)", (freed,)).fetchall() if freed else []
    ids = sorted({*host_ids, *(row[0] for row in held)})
    _lock(conn, ids)
    free(conn, ids, freed)


def free(conn: Connection, ids: Sequence[int], claims: Sequence[UUID]) -> None:
    """Free the hosts held by these claims, and recompute when all of `ids` have something to do. An earlier statement has locked them. A
    job that did not start made no request, so its slot goes to the next."""
    freed = "(h.lease_id = ANY(%(claims)s)) IS TRUE"
    slot = f"CASE WHEN {freed} AND h.slot_at IS NOT NULL THEN greatest(h.slot_at, h.paused_until) ELSE h.next_slot_at END"
    conn.execute(
        f"""
        UPDATE hosts h SET next_slot_at = {slot}, link_due_at = {NEXT_LINK.format(slot=slot)}, feed_due_at = {NEXT_FEED.format(slot=slot)},
               lease_id = CASE WHEN NOT {freed} THEN h.lease_id END, lease_until = CASE WHEN NOT {freed} THEN h.lease_until END,
               slot_at = CASE WHEN NOT {freed} THEN h.slot_at END
        WHERE h.id = ANY(%(ids)s)
        """,
        {"claims": list(claims), "ids": list(ids)},
    )


def note_links(conn: Connection, host_ids: Iterable[int]) -> None:
    """Note that these hosts got links that are due now."""
    ids = sorted(set(host_ids))
    if not ids:
        return
    _lock(conn, ids)
    conn.execute(
        """
        UPDATE hosts SET link_due_at = greatest(next_slot_at, now())
        WHERE id = ANY(%s) AND (link_due_at IS NULL OR link_due_at > greatest(next_slot_at, now()))
        """,
        (ids,),
    )


def host_of_row(row: Sequence[Any]) -> Host:
    """The host of a row with the SEEN columns."""
    id_, name, gap_s, ignore, failures, slowdowns, quiet_s, failing_s, tdmrep_at, short_time, now, *robots = row
    return Host(
        id_,
        name,
        float(gap_s),
        ignore,
        HostHealth(failures, slowdowns, quiet_s, failing_s),
        site_rules.read(robots),
        now,
        short_time,
        tdmrep_at,
    )


def _lock(conn: Connection, ids: Sequence[int]) -> None:
    """Lock the hosts, which are in ascending order, in one statement."""
    if len(ids) == 1:  # Postgres caches this plan; for a list it makes a new one each time
        conn.execute("SELECT 1 FROM hosts WHERE id = %s FOR NO KEY UPDATE", (ids[0],))
    else:
        conn.execute("SELECT 1 FROM hosts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (ids,))


def _ids(conn: Connection, names: list[str]) -> dict[str, int]:
    return dict(conn.execute("SELECT name, id FROM hosts WHERE name = ANY(%s)", (names,)).fetchall())
