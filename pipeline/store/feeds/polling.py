"""The poll of one feed: start under the claim, end in one transaction that stores entries, validators and schedule together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import Connection, Rollback
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from pipeline.feeds import options
from pipeline.feeds.identity import Plan
from pipeline.feeds.scheduling.permanent_redirects import Move
from pipeline.feeds.scheduling.schedule import Decision, FeedState, ReaderRequests, conditional
from pipeline.hops import Hop, from_json, to_json
from pipeline.jobs import Described, Host, Poll, PollJob
from pipeline.normalise.urls import web_link
from pipeline.settings import Settings
from pipeline.store.feeds import announcements, archive_pages, entries, moved_feeds, poll_history, websub
from pipeline.store.hosts import hosts, leases
from pipeline.store.transitions import feeds as to
from pipeline.store.transitions.model import HOME

_STATE = """
    state, interval_s, failures, etag, last_modified, body_hash, asked_s, skip_hours, skip_days, not_before, probe_at,
    moved_to, moved_count, moved_since, sunset_at, last_ok_at, created_at
"""
_JOB = f"""
    id, dispatch_id, url, coalesce(next_url, CASE WHEN {archive_pages.DUE} THEN archive_url ELSE url END) AS address, {archive_pages.DUE} AS archive,
    archive_url, archive_tries, hops, origin_host_id, host_id, options, now() AS started_at, {_STATE},
    {announcements.BY.format(feed="feeds.id")} AS announced_by
"""


def start(conn: Connection, feed_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> PollJob | leases.TooEarly | None:
    """Take the lease. Returns None if the row no longer has this claim, or the host must not be visited now; then the feed waits for the
    host's next slot. Returns Early if the poll can start in a moment."""
    early: leases.TooEarly | None = None
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(
            f"""
            UPDATE feeds SET {to.START.sets},
                   archive_tries = archive_tries + ({archive_pages.DUE})::int
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND phase = 'dispatched'
            RETURNING {_JOB}, (SELECT {websub.WORKS} FROM subscriptions s WHERE %(hubs)s AND s.feed_id = feeds.id AND {websub.SERVES}) AS pushed
            """,
            {
                "lease": settings.dispatch.lease_fetch_s,
                "id": feed_id,
                "claim": dispatch_id,
                "hubs": bool(settings.websub.callback_url),  # null: no hub pushes
            },
        ).fetchone()
        if row is None:
            return None
        host = leases.acquire(conn, row["host_id"], dispatch_id, "poll", settings.fetch.min_gap_s, settings.dispatch.lease_fetch_s)
        if host is None:
            if early := leases.early(conn, row["host_id"], dispatch_id):
                raise Rollback
            conn.execute(
                f"""
                UPDATE feeds SET {to.END.sets}, archive_tries = archive_tries - ({archive_pages.DUE})::int WHERE id = %s
                """,
                (feed_id,),
            )
            hosts.refresh(conn, [row["host_id"]], [dispatch_id])
            return None
        if row["archive"]:
            archive_pages.note_start(conn, feed_id, row["archive_url"])
    if early is not None or host is None:
        return early
    job = _job(row, host, worker, settings.websub.poll_s if row["pushed"] else 0.0)
    return replace(job, served=row["pushed"] is not None)


def start_with_answer(conn: Connection, feed_id: int, settings: Settings, worker: str) -> PollJob | None:
    """Take the lease of a new feed whose answer has already been read. Nothing is requested, so the host need not be free, but the gap to
    its next request counts from now. Returns None if the feed has been polled or must not be."""
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(
            f"""
            UPDATE feeds SET {to.START_AT_ONCE.sets}
            WHERE id = %(id)s AND phase = 'idle' AND state = 'active' AND last_polled_at IS NULL
            RETURNING {_JOB}
            """,
            {"lease": settings.dispatch.lease_fetch_s, "id": feed_id},
        ).fetchone()
        if row is None:
            return None
        return _job(
            row,
            leases.record_manual_request(
                conn, row["host_id"], row["dispatch_id"], settings.fetch.min_gap_s, settings.dispatch.lease_fetch_s
            ),
            worker,
        )


def finish(
    conn: Connection,
    job: PollJob,
    poll: Poll,
    plan: Plan,
    decision: Decision,
    visit_results: Sequence[tuple[int, hosts.VisitResult]],
    settings: Settings,
    further: Sequence[str] = (),
) -> list[int] | None:
    """Write everything that a poll found. `further` are other pages that the feed names. Returns the ids of the links that now wait, or
    None if the claim was lost meanwhile."""
    host_ids = hosts.ensure(conn, {item.url.host for item in plan.new})
    new_home = moved_feeds.home(conn, decision.adopt) if decision.adopt else None
    with conn.transaction():
        if not _end(conn, job, poll, decision, len(plan.new)):
            return None
        new = entries.write(conn, job.feed_id, job.options, job.feed_trust.site, plan, host_ids)
        entries.count(conn, job.feed_id, [item for item in plan.new if not item.excluded], first=not job.feed.polled_well)
        if new_home is not None:
            moved_feeds.move(conn, job.feed_id, new_home)
        poll_history.note(conn, job.feed_id, poll, len(new), decision.next_poll_at, job.worker, settings.poll.keep_polls)
        if not poll.code:
            archive_pages.begin(conn, job, further, settings)
        # All at once and by id, so that two polls that list each other's hosts cannot wait for each other.
        waking = [*(host_ids[host] for _, host in new), *(host_id for host_id, _ in visit_results)]
        homes = [*([new_home.host_id] if new_home else []), *([job.home_id] if job.home_id else [])]
        if homes:
            hosts.refresh(conn, [*waking, *homes])
        elif new:
            hosts.note_links(conn, waking)
        hosts.release_all(conn, job.dispatch_id, visit_results)
    return [link_id for link_id, _ in new]


def _job(row: dict[str, Any], host: Host, worker: str, pushed_s: float = 0.0) -> PollJob:
    state = _state(row, pushed_s)
    return PollJob(
        row["id"],
        row["dispatch_id"],
        row["url"],
        state,
        host,
        worker,
        row["started_at"],
        conditional(state, row["started_at"]) and not row["archive"],
        options.from_json(row["options"]),
        row["address"],
        from_json(row["hops"]),
        row["origin_host_id"],
        row["archive_url"],
        row["archive_tries"] if row["archive"] else 0,
        announced_by=frozenset(row["announced_by"]),
    )


def moved(
    conn: Connection, job: PollJob, url: str, host_name: str, hops: Sequence[Hop], visit_results: Sequence[tuple[int, hosts.VisitResult]]
) -> bool:
    """Continue the poll from `url` in another host's queue, because a redirect leads to a host that is not free. Returns False if the claim
    was lost meanwhile."""
    host_id = hosts.ensure(conn, [host_name])[host_name]
    with conn.transaction():
        moved = conn.execute(
            f"""
            UPDATE feeds SET {to.END.sets}, updated_at = now(), next_poll_at = now(),
                   next_poll_why = %(why)s, next_url = %(next)s, hops = %(hops)s,
                   origin_host_id = coalesce(origin_host_id, host_id), host_id = %(host)s
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND phase = 'running'
            """,
            {
                "why": f"redirected to {host_name}, which is busy at the moment",
                "next": url,
                "hops": Jsonb(to_json(hops)),
                "host": host_id,
                "id": job.feed_id,
                "claim": job.dispatch_id,
            },
        ).rowcount
        if moved:
            hosts.refresh(conn, [host_id, *(left for left, _ in visit_results)])
            hosts.release_all(conn, job.dispatch_id, visit_results)
    return bool(moved)


def _state(row: dict[str, Any], pushed_s: float) -> FeedState:
    return FeedState(
        state=row["state"],
        interval_s=row["interval_s"],
        failures=row["failures"],
        etag=row["etag"] or "",
        last_modified=row["last_modified"] or "",
        body_hash=bytes(row["body_hash"]) if row["body_hash"] is not None else None,
        asked=ReaderRequests(row["asked_s"], frozenset(row["skip_hours"]), frozenset(row["skip_days"])),
        not_before=row["not_before"],
        probe_at=row["probe_at"],
        move=Move(row["moved_to"], row["moved_count"], row["moved_since"]) if row["moved_to"] else None,
        sunset_at=row["sunset_at"],
        polled_well=row["last_ok_at"] is not None,
        well_at=row["last_ok_at"] or row["created_at"],
        pushed_s=pushed_s,
    )


def _end(conn: Connection, job: PollJob, poll: Poll, decision: Decision, new: int) -> bool:
    if job.served:
        websub.note_poll(conn, job.feed_id, new)
    described = poll.feed or Described("", "", "", "")
    feed = decision.feed
    move = feed.move or Move("", 0, job.started_at)
    return bool(
        conn.execute(
            f"""
            UPDATE feeds SET {to.END.sets}, updated_at = now(), {HOME}, main_poll_at = NULL,
                   state = CASE WHEN state = 'active' THEN %(state)s ELSE state END,
                   interval_s = %(interval)s, failures = %(failures)s, next_poll_at = %(next)s,
                   next_poll_why = CASE WHEN state = 'active' THEN %(why)s ELSE next_poll_why END,
                   etag = nullif(%(etag)s, ''), last_modified = nullif(%(modified)s, ''), body_hash = %(hash)s,
                   asked_s = %(asked)s, skip_hours = %(hours)s, skip_days = %(days)s, not_before = %(not_before)s, probe_at = %(probe_at)s,
                   moved_to = %(moved_to)s, moved_count = %(moved_count)s,
                   moved_since = CASE WHEN %(moved_count)s > 0 THEN %(moved_since)s::timestamptz END, sunset_at = %(sunset_at)s,
                   successor = CASE WHEN %(code)s = '' THEN '' ELSE successor END,
                   last_polled_at = now(), last_ok_at = CASE WHEN %(code)s = '' THEN now() ELSE last_ok_at END,
                   code = %(code)s, detail = %(detail)s,
                   kind = coalesce(nullif(%(kind)s, ''), kind), title = CASE WHEN title = '' THEN %(title)s ELSE title END,
                   site_url = coalesce(nullif(%(site)s, ''), site_url), language = coalesce(nullif(%(language)s, ''), language),
                   hub = CASE WHEN %(read)s THEN %(hub)s ELSE hub END, topic = CASE WHEN %(read)s THEN %(topic)s ELSE topic END
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND phase = 'running'
            """,
            {
                "state": feed.state,
                "interval": feed.interval_s,
                "failures": feed.failures,
                "next": decision.next_poll_at,
                "why": decision.reason,
                "etag": feed.etag,
                "modified": feed.last_modified,
                "hash": feed.body_hash,
                "asked": feed.asked.least_s,
                "hours": sorted(feed.asked.skip_hours),
                "days": sorted(feed.asked.skip_days),
                "not_before": feed.not_before,
                "probe_at": feed.probe_at,
                "moved_to": move.to,
                "moved_count": move.count,
                "moved_since": move.since,
                "sunset_at": feed.sunset_at,
                "code": poll.code,
                "detail": poll.detail,
                "kind": described.kind,
                "title": described.title,
                "site": web_link(described.site_url),
                "language": described.language,
                "read": poll.feed is not None,
                "hub": described.hub,
                "topic": described.topic,
                "id": job.feed_id,
                "claim": job.dispatch_id,
            },
        ).rowcount
    )
