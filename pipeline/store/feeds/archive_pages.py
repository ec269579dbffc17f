"""The archive pages of feeds, read between two polls of the feed itself (pipeline/feeds/archive_pages.py).

While one is to be read, `archive_url` is its address, `main_poll_at` the next poll of the feed, and `next_poll_at` is earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from psycopg import Connection

from pipeline.feeds.archive_pages import following
from pipeline.feeds.identity import Plan
from pipeline.jobs import Poll
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.feeds import entries, poll_history
from pipeline.store.hosts import hosts
from pipeline.store.transitions.feeds import END
from pipeline.store.transitions.model import HOME

if TYPE_CHECKING:
    from pipeline.jobs import PollJob

# A feed whose archive page comes before the feed itself.
DUE = "archive_url <> '' AND coalesce(main_poll_at > now(), false) AND next_url IS NULL"
# Before the next poll of the feed; if that is soon, half-way to it.
_SLOT = "now() + least(make_interval(secs => %(wait)s), ({main} - now()) / 2)"
_BEFORE = "; before that, a page of its archive"


def begin(conn: Connection, job: PollJob, further: Sequence[str], settings: Settings) -> None:
    """After a successful poll of the feed: schedule the archive page that it names or continues with. The feed's next poll is already
    known."""
    address = job.archive_url
    if not address and further and settings.poll.archive_pages:
        page = following(further, _known(conn, job), settings.poll.archive_pages)
        address = page.text if page else ""
    if address:
        conn.execute(
            f"""
            UPDATE feeds SET archive_url = %(page)s, archive_tries = CASE WHEN archive_url = %(page)s THEN archive_tries ELSE 0 END,
                   main_poll_at = next_poll_at, next_poll_at = {_SLOT.format(main="next_poll_at")}, next_poll_why = next_poll_why || %(before)s
            WHERE id = %(id)s AND state = 'active' AND next_poll_at > now()
            """,
            {"page": address, "wait": settings.poll.min_interval_s, "before": _BEFORE, "id": job.feed_id},
        )


def note_start(conn: Connection, feed_id: int, address: str) -> None:
    """Record the page before fetching, so that a page that crashes its worker is not retried forever."""
    conn.execute(
        "INSERT INTO feed_archives (feed_id, url_key, url, code) VALUES (%s, %s, %s, 'worker_lost') ON CONFLICT DO NOTHING",
        (feed_id, parse(address).key, address),
    )


def finish(
    conn: Connection,
    job: PollJob,
    poll: Poll,
    plan: Plan,
    further: Sequence[str],
    visit_results: Sequence[tuple[int, hosts.VisitResult]],
    settings: Settings,
    retry_s: float | None = None,
) -> list[int] | None:
    """Write what an archive page brought. If it failed, or part of it is left to later, it is tried again after `retry_s` seconds; None
    gives it up. Returns the ids of the links that now wait, or None if the claim was lost meanwhile."""
    host_ids = hosts.ensure(conn, {item.url.host for item in plan.new})
    with conn.transaction():
        conn.execute(
            "UPDATE feed_archives SET code = %s, read_at = now() WHERE feed_id = %s AND url_key = %s",
            (poll.code, job.feed_id, parse(job.archive_url).key),
        )
        page = following(further, _known(conn, job), settings.poll.archive_pages) if not poll.code else None
        again = retry_s is not None and bool(poll.code or plan.later)
        due = _end(conn, job, job.archive_url if again else page.text if page else "", retry_s if again else None, settings)
        if due is None:
            return None
        if plan.later:  # the page has more than may wait now, so reading it again is no retry
            conn.execute("UPDATE feeds SET archive_tries = 0 WHERE id = %s", (job.feed_id,))
        new = entries.write(conn, job.feed_id, job.options, job.feed_trust.site, plan, host_ids)
        poll_history.note(conn, job.feed_id, poll, len(new), due, job.worker, settings.poll.keep_polls)
        hosts.release_all(conn, job.dispatch_id, visit_results, [host_ids[host] for _, host in new])
    return [link_id for link_id, _ in new]


def put_off(conn: Connection, job: PollJob, visit_results: Sequence[tuple[int, hosts.VisitResult]], settings: Settings) -> None:
    """Postpone a page on another host that cannot be asked now. The attempt does not count."""
    with conn.transaction():
        if _end(conn, job, job.archive_url, settings.poll.min_interval_s, settings) is not None:
            conn.execute("UPDATE feeds SET archive_tries = archive_tries - 1 WHERE id = %s AND archive_tries > 0", (job.feed_id,))
            hosts.release_all(conn, job.dispatch_id, visit_results)


def _end(conn: Connection, job: PollJob, following_page: str, wait_s: float | None, settings: Settings) -> datetime | None:
    """Free the feed, for `following_page` or for its own next poll. Returns when it is due, or None if the claim was lost meanwhile."""
    slot = _SLOT.format(main="main_poll_at") if wait_s is None else "least(main_poll_at, now() + make_interval(secs => %(wait)s))"
    row = conn.execute(
        f"""
        UPDATE feeds SET {END.sets}, updated_at = now(), {HOME}, archive_url = %(page)s,
               archive_tries = CASE WHEN archive_url = %(page)s THEN archive_tries ELSE 0 END,
               next_poll_at = CASE WHEN %(page)s = '' THEN coalesce(main_poll_at, now()) ELSE greatest(now(), {slot}) END,
               main_poll_at = CASE WHEN %(page)s <> '' THEN main_poll_at END,
               next_poll_why = CASE WHEN %(page)s = '' THEN replace(next_poll_why, %(before)s, '') ELSE next_poll_why END
        WHERE id = %(id)s AND dispatch_id = %(claim)s AND phase = 'running' RETURNING next_poll_at
        """,
        {
            "page": following_page,
            "wait": settings.poll.min_interval_s if wait_s is None else wait_s,
            "before": _BEFORE,
            "id": job.feed_id,
            "claim": job.dispatch_id,
        },
    ).fetchone()
    return row[0] if row else None


def _known(conn: Connection, job: PollJob) -> frozenset[bytes]:
    rows = conn.execute("SELECT url_key FROM feed_archives WHERE feed_id = %s", (job.feed_id,))
    return frozenset([parse(job.url).key, *(bytes(key) for (key,) in rows)])
