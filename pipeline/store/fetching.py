"""The fetch of one link: start under the claim, end in one transaction under the same claim.

A fetch may take several visits: one for each host that its redirects lead to and that may not be asked this moment. Between
them the link waits in the line of the next host (`host_id`), and `next_url`, `hops` and `origin_host_id` say where it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from pipeline.outcomes import State, Verdict
from pipeline.settings import Settings
from pipeline.store import aliases, hosts, pages, rechecks

# Beyond the countdown of a retry that rides in Redis: time for a full queue before the lease gives it back.
RIDE_LEASE_S = 120
# Retries that ride in Redis at once; more would fill worker memory (they are held by the worker until their time).
MAX_RIDING = 500
Hops = tuple[tuple[str, int], ...]
# How each host that was visited is left, by its number.
Leavings = Sequence[tuple[int, hosts.Leaving]]


@dataclass(frozen=True, slots=True)
class FetchJob:
    """`address` is what to ask for now: the link's `url`, or where the redirects `before` have led. `kept` is what is known of the
    article's page when this is a look for changes."""

    link_id: int
    dispatch_id: UUID
    url: str
    url_key: bytes
    address: str
    before: Hops
    feed_id: int | None
    attempt: int
    host: hosts.Host
    worker: str
    kept: rechecks.Kept | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """How a fetch went, for the record. `size`: bytes of decoded body; `detail`: what is to be said of one that went well."""

    elapsed_s: float
    final_url: str | None = None
    status: int | None = None
    size: int | None = None
    hops: Hops = ()
    detail: str = ""


def start(conn: Connection, link_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> FetchJob | None:
    """Count the attempt and take the lease. None when the claim is not the row's any more, or the host is not to be visited now;
    then the link waits in Postgres for the host's next slot and no attempt is counted."""
    with conn.transaction():
        row = conn.execute(
            """
            UPDATE links SET state = 'running', attempts = attempts + 1, updated_at = now(), due_at = least(due_at, now()),
                   lease_until = now() + make_interval(secs => %s)
            WHERE id = %s AND dispatch_id = %s AND state = 'dispatched' AND stage = 'fetch'
            RETURNING url, url_key, coalesce(next_url, url), hops, feed_id, attempts, host_id, reread
            """,
            (settings.dispatch.lease_fetch_s, link_id, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        url, key, address, hops, feed_id, attempt, host_id, reread = row
        host = hosts.enter(conn, host_id, dispatch_id, "fetch", settings.fetch.min_gap_s)
        if host is None:
            conn.execute(
                "UPDATE links SET state = 'waiting', dispatch_id = NULL, lease_until = NULL, attempts = attempts - 1 WHERE id = %s",
                (link_id,),
            )
            hosts.refresh(conn, [host_id])
            return None
        kept = rechecks.kept(conn, link_id) if reread else None
    before = tuple((hop["url"], hop["status"]) for hop in hops)
    return FetchJob(link_id, dispatch_id, url, bytes(key), address, before, feed_id, attempt, host, worker, kept)


def succeeded(conn: Connection, job: FetchJob, page: pages.Page, trip: Trip, leavings: Leavings) -> bool:
    """Keep the page and make the link due for extraction. False when the claim was lost meanwhile; then nothing is written."""
    with conn.transaction():
        if (
            _end(conn, job, f"state = 'fetched', stage = 'extract', starts = 0, due_at = now(), code = '', detail = '', {hosts.HOME}")
            is None
        ):
            return False
        with conn.pipeline():  # none of these answers is waited for
            pages.insert(conn, job.link_id, page)
            aliases.note(conn, job.link_id, [*((url, "hop") for url, _ in trip.hops[1:]), (page.final_url, "final")])
            _note(conn, job, trip, "ok", "", trip.detail)
            hosts.leave_all(conn, job.dispatch_id, leavings)
    return True


def unchanged(conn: Connection, job: FetchJob, trip: Trip, detail: str, leavings: Leavings, settings: Settings) -> bool:
    """A look for changes found none; the article stays as it is. False when the claim was lost meanwhile."""
    with conn.transaction():
        if _end(conn, job, f"state = 'stored', stage = 'fetch', reread = false, code = '', detail = '', {hosts.HOME}") is None:
            return False
        rechecks.looked(conn, job.link_id, settings.fetch.recheck_after_s)
        _note(conn, job, trip, "ok", "", detail)
        hosts.leave_all(conn, job.dispatch_id, leavings)
    return True


def failed(
    conn: Connection, job: FetchJob, verdict: Verdict, trip: Trip, leavings: Leavings, settings: Settings, *, ride_max_s: float
) -> Literal["rides", "ended"] | None:
    """Write the verdict. `rides`: the retry is to ride in Redis, and the row stays dispatched under the same claim. None: the
    claim was lost meanwhile and nothing is written. An article that is stored stays stored whatever a look for changes met."""
    with conn.transaction():
        row = conn.execute("SELECT count(*) FROM links WHERE stage = 'fetch' AND state = 'dispatched' AND due_at > now()").fetchone()
        assert row is not None
        rides = verdict.delay_s is not None and verdict.counted and verdict.delay_s <= ride_max_s and row[0] < MAX_RIDING
        gives_up = verdict.delay_s is None and job.kept is not None
        change = (
            "state = %(state)s, code = %(code)s, detail = %(detail)s, due_at = now() + make_interval(secs => %(delay)s),"
            " reread = reread AND NOT %(gives_up)s, attempts = attempts - %(uncounted)s,"
            " dispatch_id = CASE WHEN %(rides)s THEN dispatch_id END,"
            f" lease_until = CASE WHEN %(rides)s THEN now() + make_interval(secs => %(delay)s + %(ride)s) END, {hosts.HOME}"
        )
        values = {
            "state": State.DISPATCHED if rides else State.STORED if gives_up else verdict.state,
            "code": "" if gives_up else verdict.code,
            "detail": "" if gives_up else verdict.detail,
            "delay": verdict.delay_s or 0.0,
            "rides": rides,
            "ride": RIDE_LEASE_S,
            "gives_up": gives_up,
            "uncounted": 0 if verdict.counted else 1,
        }
        host_id = _end(conn, job, change, values, keep_claim=True)
        if host_id is None:
            return None
        if gives_up:
            rechecks.looked(conn, job.link_id, settings.fetch.recheck_after_s)
        _note(conn, job, trip, verdict.outcome, verdict.code, verdict.detail)
        # A try that ended away from home waits for the next at home.
        hosts.leave_all(conn, job.dispatch_id, leavings, also_due=[host_id] if host_id != job.host.id else [])
    return "rides" if rides else "ended"


def put_back(conn: Connection, job: FetchJob, leavings: Leavings) -> bool:
    """The turn was spent on robots.txt: the page has its own, after the gap. No try is counted."""
    with conn.transaction():
        if _end(conn, job, "state = 'waiting', attempts = attempts - 1, due_at = now()") is None:
            return False
        hosts.leave_all(conn, job.dispatch_id, leavings)
    return True


def moved(conn: Connection, job: FetchJob, url: str, host_name: str, hops: Hops, trip: Trip, leavings: Leavings) -> bool:
    """A redirect leads to a host that has to be waited for: the link goes on from `url` in that host's line. No try is counted."""
    host_id = hosts.ensure(conn, [host_name])[host_name]
    with conn.transaction():
        change = """state = 'waiting', attempts = attempts - 1, due_at = now(), next_url = %(next)s, hops = %(hops)s,
                    origin_host_id = coalesce(origin_host_id, host_id), host_id = %(host)s"""
        if _end(conn, job, change, {"next": url, "hops": _json(hops), "host": host_id}) is None:
            return False
        _note(conn, job, trip, "moved", "", f"redirected to {host_name}, whose turn is to come")
        # The new host has something to do now; both are locked in one go, by number.
        hosts.leave_all(conn, job.dispatch_id, leavings, also_due=[host_id])
    return True


def _end(conn: Connection, job: FetchJob, change: str, values: dict[str, Any] | None = None, *, keep_claim: bool = False) -> int | None:
    """Change the link under its claim. Returns the host in whose line it is then, None when the claim was lost."""
    claim = "" if keep_claim else ", dispatch_id = NULL, lease_until = NULL"
    row = conn.execute(
        f"""
        UPDATE links SET updated_at = now(), {change}{claim} WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'running'
        RETURNING host_id
        """,
        {**(values or {}), "id": job.link_id, "claim": job.dispatch_id},
    ).fetchone()
    return row[0] if row else None


def _note(conn: Connection, job: FetchJob, trip: Trip, outcome: str, code: str = "", detail: str = "") -> None:
    conn.execute(
        """
        INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, final_url, worker, status, bytes, hops)
        VALUES (%s, 'fetch', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            job.link_id,
            job.attempt,
            round(trip.elapsed_s * 1000),
            outcome,
            code,
            detail,
            trip.final_url,
            job.worker,
            trip.status,
            trip.size,
            _json(trip.hops),
        ),
    )


def _json(hops: Hops) -> Jsonb:
    return Jsonb([{"url": url, "status": status} for url, status in hops])
