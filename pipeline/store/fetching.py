"""The fetch of one link: start under the claim, end in one transaction under the same claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from psycopg import Connection

from pipeline.outcomes import State, Verdict
from pipeline.settings import Settings
from pipeline.store import hosts, pages

# Beyond the countdown of a retry that rides in Redis: time for a full queue before the lease gives it back.
RIDE_LEASE_S = 120
# Retries that ride in Redis at once; more would fill worker memory (they are held by the worker until their time).
MAX_RIDING = 500


@dataclass(frozen=True, slots=True)
class FetchJob:
    link_id: int
    dispatch_id: UUID
    url: str
    feed_id: int | None
    attempt: int
    host: hosts.Host
    worker: str


def start(conn: Connection, link_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> FetchJob | None:
    """Count the attempt and take the lease. None when the claim is not the row's any more, or the host is not to be visited now;
    then the link waits in Postgres for the host's next slot and no attempt is counted."""
    with conn.transaction():
        row = conn.execute(
            """
            UPDATE links SET state = 'running', attempts = attempts + 1, updated_at = now(), due_at = least(due_at, now()),
                   lease_until = now() + make_interval(secs => %s)
            WHERE id = %s AND dispatch_id = %s AND state = 'dispatched' AND stage = 'fetch'
            RETURNING url, feed_id, attempts, host_id
            """,
            (settings.dispatch.lease_fetch_s, link_id, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        url, feed_id, attempt, host_id = row
        host = hosts.enter(conn, host_id, dispatch_id, "fetch", settings.fetch.min_gap_s)
        if host is None:
            conn.execute(
                """
                UPDATE links SET state = 'waiting', dispatch_id = NULL, lease_until = NULL, attempts = attempts - 1, due_at = %s
                WHERE id = %s
                """,
                (hosts.next_slot(conn, host_id), link_id),
            )
            hosts.refresh(conn, [host_id])
            return None
    return FetchJob(link_id, dispatch_id, url, feed_id, attempt, host, worker)


def succeeded(conn: Connection, job: FetchJob, page: pages.Page, leaving: hosts.Leaving, elapsed_s: float) -> bool:
    """Keep the page and make the link due for extraction. False when the claim was lost meanwhile; then nothing is written."""
    with conn.transaction():
        if not _end(conn, job, "state = 'fetched', stage = 'extract', starts = 0, due_at = now(), code = '', detail = ''", {}):
            return False
        pages.insert(conn, job.link_id, page)
        _note(conn, job, elapsed_s, "ok", "", "", page.final_url)
        hosts.leave(conn, job.host.id, job.dispatch_id, leaving)
    return True


def failed(
    conn: Connection,
    job: FetchJob,
    verdict: Verdict,
    leaving: hosts.Leaving,
    elapsed_s: float,
    *,
    ride_max_s: float,
    final_url: str | None = None,
) -> Literal["rides", "ended"] | None:
    """Write the verdict. `rides`: the retry is to ride in Redis, and the row stays dispatched under the same claim. None: the
    claim was lost meanwhile and nothing is written."""
    with conn.transaction():
        row = conn.execute("SELECT count(*) FROM links WHERE stage = 'fetch' AND state = 'dispatched' AND due_at > now()").fetchone()
        assert row is not None
        rides = verdict.delay_s is not None and verdict.delay_s <= ride_max_s and row[0] < MAX_RIDING
        change = (
            "state = %(state)s, code = %(code)s, detail = %(detail)s, due_at = now() + make_interval(secs => %(delay)s),"
            " dispatch_id = CASE WHEN %(rides)s THEN dispatch_id END,"
            " lease_until = CASE WHEN %(rides)s THEN now() + make_interval(secs => %(delay)s + %(ride)s) END"
        )
        values = {
            "state": State.DISPATCHED if rides else verdict.state,
            "code": verdict.code,
            "detail": verdict.detail,
            "delay": verdict.delay_s or 0.0,
            "rides": rides,
            "ride": RIDE_LEASE_S,
        }
        if not _end(conn, job, change, values, keep_claim=True):
            return None
        _note(conn, job, elapsed_s, verdict.outcome, verdict.code, verdict.detail, final_url)
        hosts.leave(conn, job.host.id, job.dispatch_id, leaving)
    return "rides" if rides else "ended"


def _end(conn: Connection, job: FetchJob, change: str, values: dict[str, object], *, keep_claim: bool = False) -> bool:
    claim = "" if keep_claim else ", dispatch_id = NULL, lease_until = NULL"
    return bool(
        conn.execute(
            f"""
            UPDATE links SET updated_at = now(), {change}{claim}
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'running'
            """,
            {**values, "id": job.link_id, "claim": job.dispatch_id},
        ).rowcount
    )


def _note(conn: Connection, job: FetchJob, elapsed_s: float, outcome: str, code: str, detail: str, final_url: str | None) -> None:
    conn.execute(
        """
        INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, final_url, worker)
        VALUES (%s, 'fetch', %s, %s, %s, %s, %s, %s, %s)
        """,
        (job.link_id, job.attempt, round(elapsed_s * 1000), outcome, code, detail, final_url, job.worker),
    )
