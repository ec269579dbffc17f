"""Look for the new addresses of broken feeds. Each look runs under the feed's own claim and holds the host of its site's home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from psycopg import Connection

from pipeline.feeds.discovery import successor
from pipeline.jobs import Host
from pipeline.normalise.urls import parse, web_link
from pipeline.settings import Settings
from pipeline.store.feeds import moved_feeds
from pipeline.store.hosts import hosts, leases
from pipeline.store.queue.claims import Job
from pipeline.store.transitions import feeds as to

AT_ONCE = 5  # looks started in one tick

_BROKEN = f"(failures >= {successor.FAILURES} OR code = 'feed_gone')"  # as in the index feeds_broken
_IDLE = "phase = 'idle' AND state <> 'paused' AND alias_of IS NULL"


@dataclass(frozen=True, slots=True)
class SuccessorJob:
    """A look at the home page of a feed's site. `known` are the addresses of the feed, now and before."""

    feed_id: int
    dispatch_id: UUID
    home: str
    host: Host
    known: tuple[str, ...]


def claim(conn: Connection, lease_s: float) -> list[Job]:
    """Claim broken feeds whose sites were not looked at for long, those never looked at first."""
    rows = conn.execute(
        f"""
        UPDATE feeds SET {to.CLAIM_POLL.sets}
        FROM (SELECT id FROM (
                  (SELECT id FROM feeds WHERE successor_looked_at IS NULL AND {_BROKEN} AND {_IDLE} LIMIT %(n)s)
                  UNION ALL
                  (SELECT id FROM feeds WHERE successor_looked_at < now() - %(again)s AND {_BROKEN} AND {_IDLE}
                   ORDER BY successor_looked_at LIMIT %(n)s)) due LIMIT %(n)s) pick
        WHERE feeds.id = pick.id AND phase = 'idle' RETURNING feeds.id, dispatch_id, coalesce(nullif(site_url, ''), url)
        """,
        {"lease": lease_s, "n": AT_ONCE, "again": timedelta(seconds=successor.AGAIN_S)},
    ).fetchall()
    return [Job("look", *row) for row in rows]


def start(conn: Connection, feed_id: int, dispatch_id: UUID, settings: Settings) -> SuccessorJob | None:
    """Take the lease, and the host of the home page. Returns None if the claim is gone, the host is busy, or a look is not worthwhile."""
    row = conn.execute(
        "SELECT url, site_url, code FROM feeds WHERE id = %s AND dispatch_id = %s AND phase = 'dispatched'", (feed_id, dispatch_id)
    ).fetchone()
    if row is None:
        return None
    url, site_url, code = row
    if not successor.worth_a_look(code):
        put_off(conn, feed_id, dispatch_id)
        return None
    home = successor.home(url, site_url)
    name = parse(home).host
    host_id = hosts.ensure(conn, [name])[name]
    with conn.transaction():
        running = conn.execute(
            f"UPDATE feeds SET {to.START.sets} WHERE id = %(id)s AND dispatch_id = %(claim)s",
            {"lease": settings.dispatch.lease_fetch_s, "id": feed_id, "claim": dispatch_id},
        )
        if not running.rowcount:
            return None
        host = leases.acquire(conn, host_id, dispatch_id, "fetch", settings.fetch.min_gap_s, settings.dispatch.lease_fetch_s)
        if host is None:
            _end(conn, feed_id, dispatch_id, "")
            return None
    return SuccessorJob(feed_id, dispatch_id, home, host, (url, *moved_feeds.former(conn, feed_id)))


def put_off(conn: Connection, feed_id: int, dispatch_id: UUID) -> None:
    """Postpone the look until tomorrow."""
    with conn.transaction():
        _end(conn, feed_id, dispatch_id, ", successor_looked_at = now() - %(soon)s")


def put_back(conn: Connection, job: SuccessorJob, visit_results: Sequence[tuple[int, hosts.VisitResult]]) -> None:
    """The visit was spent on robots.txt; the page gets another one, after the gap."""
    with conn.transaction():
        _end(conn, job.feed_id, job.dispatch_id, "")
        hosts.release_all(conn, job.dispatch_id, visit_results)


def finish(
    conn: Connection,
    job: SuccessorJob,
    found: str,
    visit_results: Sequence[tuple[int, hosts.VisitResult]],
    *,
    moved_to: str = "",
    again_soon: bool = False,
) -> None:
    """Store the feed that was found, empty for none, and the new address if the home page itself has moved."""
    looked = ", successor_looked_at = now() - %(soon)s" if again_soon else ", successor_looked_at = now()"
    change = f"{looked}, successor = %(found)s, site_url = coalesce(nullif(%(moved)s, ''), site_url)"
    with conn.transaction():
        _end(conn, job.feed_id, job.dispatch_id, change, found=found, moved=web_link(moved_to))
        hosts.release_all(conn, job.dispatch_id, visit_results)


def _end(conn: Connection, feed_id: int, dispatch_id: UUID, change: str, **values: object) -> None:
    row = conn.execute(
        f"UPDATE feeds SET {to.END.sets}{change} WHERE id = %(id)s AND dispatch_id = %(claim)s RETURNING host_id",
        {"id": feed_id, "claim": dispatch_id, "soon": timedelta(seconds=successor.AGAIN_S - successor.SOON_S), **values},
    ).fetchone()
    if row:
        hosts.refresh(conn, [row[0]])
