"""Hosts and their manners, shared by all workers.

A host is visited by one job at a time: `visitor` is the dispatch_id of the feed or link whose turn it is. `feed_due_at` and
`link_due_at` say when there is next something to do for the host; they may be early, never late. That only holds because
whoever raises one locks the host first and looks at its links in a *later* statement, which then sees every link whose
writer has already been here. Hosts are locked FOR NO KEY UPDATE: inserting a link holds its host FOR KEY SHARE (the foreign
key), and two who have both inserted must not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.fetch.robots import Robots

Visit = Literal["poll", "fetch"]

# The next due link or feed of host h, not before %(slot)s-like expression `{slot}`; NULL when nothing waits.
NEXT_LINK = "(SELECT greatest(l.due_at, {slot}) FROM links l WHERE l.host_id = h.id AND l.state = 'waiting' ORDER BY l.due_at LIMIT 1)"
NEXT_FEED = (
    "(SELECT greatest(f.next_poll_at, {slot}) FROM feeds f WHERE f.host_id = h.id AND f.state = 'active' AND f.phase = 'idle'"
    " ORDER BY f.next_poll_at LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class Host:
    """What a visit needs to know of its host. `delay_s` is the robots.txt Crawl-delay, None when it asks for none."""

    id: int
    name: str
    delay_s: float | None
    failures: int
    robots: Robots | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a visit leaves behind. Seconds; `since_request_s` is the age of its request, None when none was made."""

    min_gap_s: float
    since_request_s: float | None = None
    pause_s: float = 0.0
    pause_reason: str = ""
    failed: bool = False
    robots: Robots | None = None
    delay_s: float | None = None


@dataclass(frozen=True, slots=True)
class PausedHost:
    name: str
    paused_until: datetime
    pause_reason: str
    failures: int
    waiting: int


def ensure(conn: Connection, names: Iterable[str]) -> dict[str, int]:
    """Ids of the named hosts, new ones made. Run it before the transaction that needs them: hosts never go away."""
    wanted = sorted(set(names))
    found = _ids(conn, wanted)
    if missing := [name for name in wanted if name not in found]:
        conn.execute("INSERT INTO hosts (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (missing,))
        found |= _ids(conn, missing)
    return found


def enter(conn: Connection, host_id: int, visitor: UUID, visit: Visit, min_gap_s: float) -> Host | None:
    """Start a visit: None when it is another job's turn or too early. Moves `next_slot_at`, since the request starts now."""
    row = conn.execute(
        """
        UPDATE hosts SET visitor = %(visitor)s, visited = %(visit)s,
               next_slot_at = now() + make_interval(secs => greatest(%(gap)s, coalesce(delay_s, 0)))
        WHERE id = %(id)s AND (visitor = %(visitor)s OR (visitor IS NULL AND next_slot_at <= now()))
        RETURNING id, name, delay_s, failures, robots_text, robots_fetched_at, robots_until, robots_failures, robots_reachable,
                  robots_why
        """,
        {"id": host_id, "visitor": visitor, "visit": visit, "gap": min_gap_s},
    ).fetchone()
    if row is None:
        return None
    id_, name, delay_s, failures, text, fetched_at, until, robots_failures, reachable, why = row
    robots = None if fetched_at is None else Robots(text or "", fetched_at, until, robots_failures, reachable, why)
    return Host(id_, name, delay_s, failures, robots)


def next_slot(conn: Connection, host_id: int) -> datetime:
    row = conn.execute("SELECT next_slot_at FROM hosts WHERE id = %s", (host_id,)).fetchone()
    assert row is not None
    slot: datetime = row[0]
    return slot


def leave(conn: Connection, host_id: int, visitor: UUID, how: Leaving) -> None:
    """End a visit. Call it last in the transaction, after the link or feed has its new state."""
    if how.robots is not None:
        keep_robots(conn, host_id, how.robots, how.delay_s)
    conn.execute("SELECT 1 FROM hosts WHERE id = %s FOR NO KEY UPDATE", (host_id,))
    slot = (
        "greatest(h.next_slot_at, now() + make_interval(secs => %(pause)s),"
        " now() + make_interval(secs => coalesce(greatest(%(gap)s, coalesce(h.delay_s, 0)) - %(since)s, 0)))"
    )
    conn.execute(
        f"""
        UPDATE hosts h SET visitor = NULL, next_slot_at = {slot},
               paused_until = CASE WHEN %(pause)s > 0 THEN greatest(paused_until, now() + make_interval(secs => %(pause)s))
                                   WHEN paused_until <= now() THEN NULL ELSE paused_until END,
               pause_reason = CASE WHEN %(pause)s > 0 THEN %(reason)s ELSE pause_reason END,
               failures = CASE WHEN %(failed)s THEN failures + 1 ELSE 0 END,
               link_due_at = {NEXT_LINK.format(slot=slot)}, feed_due_at = {NEXT_FEED.format(slot=slot)}
        WHERE h.id = %(id)s AND visitor = %(visitor)s
        """,
        {
            "id": host_id,
            "visitor": visitor,
            "gap": how.min_gap_s,
            "since": how.since_request_s,
            "pause": how.pause_s,
            "reason": how.pause_reason,
            "failed": how.failed,
        },
    )


def keep_robots(conn: Connection, host_id: int, robots: Robots, delay_s: float | None) -> None:
    """Store a robots.txt for all workers, at once, so that a visit that ends badly has not asked for it in vain."""
    conn.execute(
        """
        UPDATE hosts SET robots_text = %s, robots_fetched_at = %s, robots_until = %s, robots_failures = %s,
               robots_reachable = %s, robots_why = %s, delay_s = %s
        WHERE id = %s
        """,
        (robots.text, robots.fetched_at, robots.until, robots.failures, robots.reachable, robots.why, delay_s, host_id),
    )


def refresh(conn: Connection, host_ids: Iterable[int], freed: Iterable[UUID] = ()) -> None:
    """Say anew when there is something to do for the hosts, and end the visits of jobs that were given back."""
    ids = sorted(set(host_ids))
    conn.execute("SELECT 1 FROM hosts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (ids,))
    conn.execute(
        f"""
        UPDATE hosts h SET visitor = CASE WHEN visitor = ANY(%s) THEN NULL ELSE visitor END,
               link_due_at = {NEXT_LINK.format(slot="h.next_slot_at")}, feed_due_at = {NEXT_FEED.format(slot="h.next_slot_at")}
        WHERE h.id = ANY(%s)
        """,
        (list(freed), ids),
    )


def note_links(conn: Connection, host_ids: Iterable[int]) -> None:
    """Links that are due now came in for these hosts."""
    ids = sorted(set(host_ids))
    if not ids:
        return
    conn.execute("SELECT 1 FROM hosts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (ids,))
    conn.execute("UPDATE hosts SET link_due_at = least(link_due_at, greatest(next_slot_at, now())) WHERE id = ANY(%s)", (ids,))


def paused(conn: Connection, limit: int = 50) -> list[PausedHost]:
    """Hosts that are left alone for now, the longest pause first."""
    with conn.cursor(row_factory=class_row(PausedHost)) as cur:
        return cur.execute(
            """
            SELECT name, paused_until, pause_reason, failures,
                   (SELECT count(*) FROM links l WHERE l.host_id = h.id AND l.state = 'waiting') AS waiting
            FROM hosts h WHERE paused_until > now() ORDER BY paused_until DESC LIMIT %s
            """,
            (limit,),
        ).fetchall()


def _ids(conn: Connection, names: list[str]) -> dict[str, int]:
    return dict(conn.execute("SELECT name, id FROM hosts WHERE name = ANY(%s)", (names,)).fetchall())
