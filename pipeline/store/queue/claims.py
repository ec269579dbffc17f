"""Claim work under a lease, and give back what a lost worker held.

A claimed feed or link has a new dispatch_id; only the message with that id may work on the row. Claims lock hosts with SKIP LOCKED, so
any number of dispatchers may run at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from psycopg import Connection

from pipeline.feeds import archive_pages
from pipeline.outcomes import Stage
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.hosts import hosts, leases, slot_shares
from pipeline.store.queue.queues import STAGES
from pipeline.store.transitions import feeds as to_feeds
from pipeline.store.transitions import links as to_links

# Ticks that claims look ahead: the next one, and one that may be late.
AHEAD_TICKS = 1.5
# Leases examined in one tick; further lost ones wait for the next tick.
SWEEP_ROWS = 2000


# hub: a request to a WebSub hub; push: what a hub has pushed; look: for the successor of a broken feed
TaskKind = Stage | Literal["hub", "push", "look"]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: the row, its claim, its URL for people who read Flower, and the seconds until its host's slot.

    `batchable` means that it may share a message with others of its kind, because more of them wait than may run at once. `short_time`
    means that its host did not answer last time and more such hosts wait than their share.
    """

    stage: TaskKind
    id: int
    dispatch_id: UUID
    url: str
    wait_s: float = 0.0
    batchable: bool = False
    short_time: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The counts of rows that a sweep changed."""

    feeds: int
    again: int
    failed: int


def free_slots(conn: Connection, settings: Settings) -> dict[Stage, int]:
    """How many more jobs may be under way in each queue: a few messages for each slot of the live workers."""
    rows = conn.execute(
        """
        WITH slots AS (SELECT queue, sum(slots) AS n FROM workers WHERE seen_at > now() - make_interval(secs => %(seen)s) GROUP BY queue),
             busy AS (SELECT 'poll' AS queue, count(*) AS n FROM feeds WHERE phase <> 'idle'
                      UNION ALL
                      SELECT stage, count(*) FROM links WHERE state IN ('dispatched', 'running') AND due_at <= now() GROUP BY stage)
        SELECT q.queue, coalesce(slots.n * %(factor)s * q.batch, %(floor)s) - coalesce(busy.n, 0)
        FROM unnest(%(queues)s::text[], %(batch)s::integer[]) q (queue, batch)
             LEFT JOIN slots USING (queue) LEFT JOIN busy USING (queue)
        """,
        {
            "seen": workers.SEEN_S,
            "factor": settings.dispatch.in_flight_factor,
            "queues": list(STAGES),
            "batch": [queue.batch_size(settings) for queue in STAGES.values()],
            "floor": settings.dispatch.in_flight_floor,
        },
    ).fetchall()
    return {stage: max(0, int(n)) for stage, n in rows}


def claim_fetches(conn: Connection, count: int, settings: Settings, of: Sequence[int] | None = None) -> list[Job]:
    """Claim one due link for each of up to `count` hosts that may be visited now; the host longest due comes first. If `of` lists links,
    only their hosts are examined."""
    among = "" if of is None else "id = ANY(ARRAY(SELECT host_id FROM links WHERE id = ANY(%(of)s::bigint[]))) AND"
    return _claim_visits(
        conn,
        "fetch",
        f"""
        SELECT id FROM hosts
        WHERE {among} lease_id IS NULL AND answered = %(answered)s AND link_due_at <= now() + %(ahead)s AND next_slot_at <= now() + %(ahead)s
        ORDER BY link_due_at LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED
        """,
        f"""
        UPDATE links SET {to_links.CLAIM_FETCH.sets}
        FROM (SELECT l.id FROM unnest(%(hosts)s::bigint[]) h (id) CROSS JOIN LATERAL (
                  SELECT id FROM links WHERE host_id = h.id AND state = 'waiting' AND due_at <= now() + %(ahead)s
                  ORDER BY priority DESC, offsite_rank, due_at LIMIT 1 FOR UPDATE SKIP LOCKED) l) pick
        WHERE links.id = pick.id RETURNING links.host_id, links.id, links.dispatch_id, coalesce(links.next_url, links.url), links.due_at
        """,
        count,
        settings,
        of=of,
    )


def claim_polls(conn: Connection, count: int, settings: Settings) -> list[Job]:
    """Claim one due feed for each of up to `count` hosts that may be visited now. A host with due links is not polled twice in a row."""
    return _claim_visits(
        conn,
        "poll",
        """
        SELECT id FROM hosts
        WHERE lease_id IS NULL AND answered = %(answered)s AND feed_due_at <= now() + %(ahead)s AND next_slot_at <= now() + %(ahead)s
               AND (last_step IS DISTINCT FROM 'poll' OR link_due_at IS NULL OR link_due_at > now() + %(ahead)s)
        ORDER BY feed_due_at LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED
        """,
        f"""
        UPDATE feeds SET {to_feeds.CLAIM_POLL.sets}
        FROM (SELECT f.id FROM unnest(%(hosts)s::bigint[]) h (id) CROSS JOIN LATERAL (
                  SELECT id FROM feeds WHERE host_id = h.id AND state = 'active' AND phase = 'idle' AND next_poll_at <= now() + %(ahead)s
                  ORDER BY next_poll_at LIMIT 1 FOR UPDATE SKIP LOCKED) f) pick
        WHERE feeds.id = pick.id RETURNING feeds.host_id, feeds.id, feeds.dispatch_id, feeds.url, feeds.next_poll_at
        """,
        count,
        settings,
    )


def give_back_expired(conn: Connection, settings: Settings) -> GivenBack:
    """Give back what no worker finished within its lease.

    A lost start is recorded as an attempt. A lost poll may have asked its site, so it is not repeated at once; a feed that kills its
    worker each time is polled ever more rarely. Only lost polls in a row count for that. A lost fetch is no attempt of the page, but a
    page that loses its worker each time fails in the end.
    """
    with conn.transaction():
        feeds = conn.execute(
            f"""
            UPDATE feeds SET {to_feeds.END.sets},
                   next_poll_why = 'the worker that polled it vanished',
                   archive_url = CASE WHEN archive_tries >= %(tries)s THEN '' ELSE archive_url END,
                   failures = CASE WHEN old.started AND code <> 'worker_lost' THEN greatest(failures, 1) ELSE failures + old.started::int END,
                   code = CASE WHEN old.started THEN 'worker_lost' ELSE code END,
                   detail = CASE WHEN old.started THEN 'the worker vanished before it was done' ELSE detail END,
                   next_poll_at = now() + CASE WHEN old.started THEN make_interval(secs => least(%(wait)s * 2.0 ^ CASE WHEN code = 'worker_lost' THEN least(failures, 30) ELSE 0 END, %(most)s))
                                               ELSE interval '0' END
            FROM (SELECT id, dispatch_id, phase = 'running' AS started FROM feeds WHERE phase <> 'idle' AND lease_until < now()
                  LIMIT %(rows)s FOR UPDATE SKIP LOCKED) old
            WHERE feeds.id = old.id RETURNING feeds.host_id, old.dispatch_id
            """,
            {
                "rows": SWEEP_ROWS,
                "tries": archive_pages.MAX_TRIES,
                "wait": settings.poll.min_interval_s,
                "most": settings.poll.max_failing_s,
            },
        ).fetchall()
        links = conn.execute(
            f"""
            WITH old AS (
                SELECT id, stage, state, dispatch_id, recheck, fetch_attempts, (state = 'running' AND stage = 'fetch')::integer AS lost,
                       state = 'running' AND CASE stage WHEN 'fetch' THEN lost + 1 >= %(losses)s ELSE extract_attempts >= %(attempts)s END AS spent
                FROM links WHERE stage IN ('fetch', 'extract') AND state IN ('dispatched', 'running') AND lease_until < now()
                LIMIT %(rows)s FOR UPDATE SKIP LOCKED)
            UPDATE links l SET {to_links.EXPIRE.sets}
            FROM old WHERE l.id = old.id
            RETURNING l.host_id, old.dispatch_id, l.id, old.stage, CASE old.stage WHEN 'fetch' THEN old.fetch_attempts ELSE l.extract_attempts END,
                      old.state = 'running', old.spent, l.code
            """,
            {"rows": SWEEP_ROWS, "losses": settings.retry.fetch_losses, "attempts": settings.retry.extract_attempts},
        ).fetchall()
        lost = [(r[2], r[3], r[4], r[7]) for r in links if r[5]]
        with conn.cursor() as cur:
            cur.executemany(
                "INSERT INTO attempts (link_id, stage, number, outcome, code, detail)"
                " VALUES (%s, %s, %s, 'lost', %s, 'the worker vanished before it was done')",
                lost,
            )
        if freed := feeds + [row[:2] for row in links]:
            hosts.refresh(conn, [row[0] for row in freed], [row[1] for row in freed])
    failed = sum(1 for row in links if row[6])
    return GivenBack(len(feeds), len(links) - failed, failed)


def _claim_visits(
    conn: Connection, visit: hosts.VisitKind, lock_hosts: str, pick_due: str, count: int, settings: Settings, **more: object
) -> list[Job]:
    """Hosts that answered last time come first, then the others, up to their share of the slots."""
    ahead = timedelta(seconds=AHEAD_TICKS * settings.dispatch.tick_s)

    def claim(most: int, *, answered: bool, full_time: int) -> list[Job]:
        """Lock hosts that may be visited before the next tick; then, in a later statement, pick what is due there. The due times of a host
        with nothing due are corrected. A message claimed ahead waits for its slot in the worker's timer, which blocks no thread;
        otherwise every slot would start half a tick late. All but `full_time` of them get a short time."""
        with conn.transaction():
            ready = [row[0] for row in conn.execute(lock_hosts, {"n": most, "ahead": ahead, "answered": answered, **more})]
            if not ready:
                return []
            picked = conn.execute(pick_due, {"hosts": ready, "lease": settings.dispatch.lease_dispatched_s, "ahead": ahead}).fetchall()
            short_time = len(picked) > full_time
            waits = leases.grant(conn, [(row[0], row[2], row[4]) for row in picked], visit, settings, short_time=short_time)
            if idle := set(ready) - {row[0] for row in picked}:
                hosts.refresh(conn, idle)
        return [Job(visit, id_, dispatch_id, url, waits[host_id], short_time=short_time) for host_id, id_, dispatch_id, url, _ in picked]

    jobs = claim(count, answered=True, full_time=count)
    if left := count - len(jobs):
        most, full_time = slot_shares.of_others(conn, visit) or (left, left)
        jobs += claim(min(left, most), answered=False, full_time=full_time) if most else []
    return jobs
