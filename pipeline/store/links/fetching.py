"""The fetch of one link: start under the claim, end in one transaction under the same claim.

A fetch may take several visits: one for each host to which its redirects lead and that is not free at once. In between, the link waits
in the next host's queue (`host_id`); `next_url`, `hops` and `origin_host_id` say where it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection, Cursor, Rollback
from psycopg.types.json import Jsonb

from pipeline.hops import Hop, from_json, to_json
from pipeline.jobs import FetchJob, Page
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.articles import pages
from pipeline.store.db.pipelined import pipelined
from pipeline.store.hosts import host_recovery, hosts, leases
from pipeline.store.links import aliases, rechecks, shared_attempts
from pipeline.store.links.shared_attempts import SharedAttempt
from pipeline.store.transitions import links as to
from pipeline.store.transitions.model import Transition

# Added to the countdown of a retry in Redis: time for a full queue, before the lease gives the link back.
RIDE_LEASE_S = 120
# Retries that may wait in Redis at once. Workers hold them in memory until their time, so more would fill it.
MAX_RIDING = 500


@dataclass(frozen=True, slots=True)
class FetchStats:
    """How a fetch went, for the history. `size` is in bytes of decoded body; `detail` is a remark on a successful one."""

    elapsed_s: float
    final_url: str | None = None
    status: int | None = None
    size: int | None = None
    hops: tuple[Hop, ...] = ()
    detail: str = ""


def start(conn: Connection, link_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> FetchJob | leases.TooEarly | None:
    """Count the attempt and take the lease. Returns None if the row no longer has this claim, or the host must not be visited now; then the
    link waits in Postgres for the host's next slot and no attempt is counted. Returns Early if the fetch can start in a moment."""
    with conn.pipeline():  # both are sent at once
        started = conn.execute(
            f"""
            WITH link AS (SELECT id, host_id FROM links WHERE id = %(link)s AND dispatch_id = %(claim)s AND state = 'dispatched' AND stage = 'fetch'
                          AND due_at <= now() FOR UPDATE),
                 h AS ({leases.ACQUIRE.format(which="FROM link WHERE h.id = link.host_id", until=leases.UNTIL)})
            UPDATE links l SET {to.START_FETCH.sets}
            FROM h WHERE l.id = %(link)s
            RETURNING l.url, l.url_key, coalesce(l.next_url, l.url), l.hops, l.feed_id, l.fetch_attempts, l.recheck, l.offsite_rank > 0, h.*
            """,
            {
                "link": link_id,
                "claim": dispatch_id,
                "visit": "fetch",
                "gap": settings.fetch.min_gap_s,
                "lease": settings.dispatch.lease_fetch_s,
            },
        )
        twins = aliases.ask_known(conn, link_id)
    row = started.fetchone()
    if row is None:
        return _not_now(conn, link_id, dispatch_id)
    url, key, address, hops, feed_id, attempt, recheck, is_offsite, *host = row
    before = from_json(hops)
    kept, existing = (rechecks.kept(conn, link_id), None) if recheck else (None, twins.fetchone())
    return FetchJob(
        link_id,
        dispatch_id,
        url,
        bytes(key),
        address,
        before,
        feed_id,
        attempt,
        hosts.host_of_row(host),
        worker,
        kept,
        existing,
        is_offsite,
    )


def _not_now(conn: Connection, link_id: int, dispatch_id: UUID) -> leases.TooEarly | None:
    """Give claim and host back if the host must not be visited now. Returns Early if only its slot has not come yet. Then, and if the row
    no longer has this claim, nothing changes."""
    with conn.transaction():
        row = conn.execute(
            f"""
            UPDATE links SET {to.GIVE_BACK_FETCH.sets}
            WHERE id = %s AND dispatch_id = %s AND state = 'dispatched' AND stage = 'fetch' RETURNING host_id
            """,
            (link_id, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        if early := leases.early(conn, row[0], dispatch_id):
            raise Rollback
        hosts.refresh(conn, [row[0]], [dispatch_id])
    return early


def succeeded(conn: Connection, job: FetchJob, page: Page, stats: FetchStats, visit_results: hosts.VisitResults) -> bool:
    """Store the page and make the link due for extraction. Returns False if the claim was lost meanwhile; then nothing is written."""
    with pipelined(conn):
        ended = _ask_end(conn, job, to.KEEP_PAGE, {}, _AttemptEnd(stats, "ok", "", stats.detail))
        pages.insert(conn, job.link_id, page)
        if stats.hops or page.final_url != job.url:
            aliases.note(conn, job.link_id, [*((hop.url, "hop") for hop in stats.hops[1:]), (page.final_url, "final")])
        hosts.release_all(conn, job.dispatch_id, visit_results)
        kept = ended.fetchone() is not None
        if not kept:
            raise Rollback
    return kept


def unchanged(
    conn: Connection, job: FetchJob, stats: FetchStats, detail: str, visit_results: hosts.VisitResults, settings: Settings
) -> bool:
    """End a recheck that found no change; the article stays as it is. Returns False if the claim was lost meanwhile."""
    with conn.transaction():
        if _end(conn, job, to.UNCHANGED, {}, _AttemptEnd(stats, "ok", "", detail)) is None:
            return False
        rechecks.looked(conn, [job.link_id], settings.fetch.recheck_after_s)
        hosts.release_all(conn, job.dispatch_id, visit_results)
    return True


def failed(
    conn: Connection,
    job: FetchJob,
    verdict: RetryDecision,
    stats: FetchStats,
    visit_results: hosts.VisitResults,
    settings: Settings,
    *,
    max_redis_wait_s: float,
    robots_host_id: int | None = None,
    shared: tuple[int, SharedAttempt] | None = None,
) -> Literal["retry_in_redis", "ended"] | None:
    """Write the decision on a failed fetch. Returns None if the claim was lost meanwhile; then nothing is written.

    `robots_host_id` is the host whose robots.txt disallows the link. `shared` is the host for all of whose due links the attempt counts.
    `retry_in_redis` means that the retry waits in Redis, and the row stays dispatched under the same claim. A stored article stays stored,
    whatever happened to its recheck.
    """
    with conn.transaction():
        row = conn.execute("SELECT count(*) FROM links WHERE stage = 'fetch' AND state = 'dispatched' AND due_at > now()").fetchone()
        assert row is not None
        retry_in_redis = (
            verdict.delay_s is not None
            and verdict.counted
            and not verdict.late
            and verdict.delay_s <= max_redis_wait_s
            and row[0] < MAX_RIDING
        )
        gives_up = verdict.delay_s is None and job.kept is not None
        values = {
            "state": State.DISPATCHED if retry_in_redis else State.STORED if gives_up else verdict.state,
            "code": "" if gives_up else verdict.code,
            "detail": "" if gives_up else verdict.detail,
            "delay": verdict.delay_s or 0.0,
            "retry_in_redis": retry_in_redis,
            "redis_wait": RIDE_LEASE_S,
            "gives_up": gives_up,
            "late": verdict.late,
            "behind": host_recovery.PRIORITY,
            "robots_host_id": robots_host_id,
            "uncounted": 0 if verdict.counted else 1,
        }
        host_id = _end(conn, job, to.FAIL_FETCH, values, _AttemptEnd(stats, verdict.outcome, verdict.code, verdict.detail))
        if host_id is None:
            return None
        if gives_up:
            rechecks.looked(conn, [job.link_id], settings.fetch.recheck_after_s)
        homes = shared_attempts.share(conn, *shared) if shared else []
        # after an attempt that ended on another host, the link waits for the next at its own
        hosts.release_all(conn, job.dispatch_id, visit_results, also_due={*homes, host_id} - {job.host.id})
    return "retry_in_redis" if retry_in_redis else "ended"


def put_back(conn: Connection, job: FetchJob, visit_results: hosts.VisitResults) -> bool:
    """The visit was spent on robots.txt; the page gets another one, after the gap. No attempt is counted."""
    with conn.transaction():
        if _end(conn, job, to.PUT_BACK, {}) is None:
            return False
        hosts.release_all(conn, job.dispatch_id, visit_results)
    return True


def moved(
    conn: Connection, job: FetchJob, url: str, host_name: str, hops: tuple[Hop, ...], stats: FetchStats, visit_results: hosts.VisitResults
) -> bool:
    """Continue from `url` in another host's queue, because a redirect leads to a host that is not free. No attempt is counted."""
    host_id = hosts.ensure(conn, [host_name])[host_name]
    with conn.transaction():
        attempt_end = _AttemptEnd(stats, "moved", "", f"redirected to {host_name}, which is busy at the moment")
        if _end(conn, job, to.REDIRECT, {"next": url, "hops": Jsonb(to_json(hops)), "host": host_id}, attempt_end) is None:
            return False
        # The new host has something to do now; both are locked at once, by id.
        hosts.release_all(conn, job.dispatch_id, visit_results, also_due=[host_id])
    return True


@dataclass(frozen=True, slots=True)
class _AttemptEnd:
    """What the attempt's row says."""

    stats: FetchStats
    outcome: str
    code: str
    detail: str


def _end(conn: Connection, job: FetchJob, change: Transition, values: dict[str, Any], attempt_end: _AttemptEnd | None = None) -> int | None:
    """Change the link under its claim, and record the attempt. Returns the host in whose queue the link now is; None if the claim was lost,
    and then nothing is written."""
    row = _ask_end(conn, job, change, values, attempt_end).fetchone()
    return row[0] if row else None


def _ask_end(
    conn: Connection, job: FetchJob, change: Transition, values: dict[str, Any], attempt_end: _AttemptEnd | None = None
) -> Cursor[tuple[int]]:
    ended = f"UPDATE links SET {change.sets} WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'running' RETURNING host_id"
    values = {**values, "id": job.link_id, "claim": job.dispatch_id}
    if attempt_end is None:
        return conn.execute(ended, values)
    return conn.execute(
        f"""
        WITH ended AS ({ended}), noted AS (
            INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, final_url, worker, status, bytes, hops)
            SELECT %(id)s, 'fetch', %(number)s, %(elapsed_ms)s, %(outcome)s, %(end_code)s, %(end_detail)s, %(final_url)s, %(worker)s,
                   %(status)s, %(bytes)s, %(end_hops)s FROM ended)
        SELECT host_id FROM ended
        """,
        values
        | {
            "number": job.attempt,
            "elapsed_ms": round(attempt_end.stats.elapsed_s * 1000),
            "outcome": attempt_end.outcome,
            "end_code": attempt_end.code,
            "end_detail": attempt_end.detail,
            "final_url": attempt_end.stats.final_url,
            "worker": job.worker,
            "status": attempt_end.stats.status,
            "bytes": attempt_end.stats.size,
            "end_hops": Jsonb(to_json(attempt_end.stats.hops)),
        },
    )
