"""What each poll was, kept for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Described:
    """What a feed document says of the feed itself."""

    kind: str
    title: str
    site_url: str
    language: str
    hub: str = ""  # of WebSub
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll was, for the history."""

    elapsed_s: float
    status: int | None = None
    code: str = ""
    detail: str = ""
    size: int = 0
    entries: int = 0
    feed: Described | None = None


def note(conn: Connection, feed_id: int, poll: Poll, new_links: int, next_poll_at: datetime, worker: str, keep: int) -> None:
    """Write a poll down and forget those before the last `keep`."""
    conn.execute(
        """
        INSERT INTO polls (feed_id, started_at, elapsed_ms, status, code, detail, bytes, entries, new_links, next_poll_at, worker)
        VALUES (%(feed)s, now() - make_interval(secs => %(elapsed)s), round(%(elapsed)s * 1000), %(status)s, %(code)s, %(detail)s,
                %(bytes)s, %(entries)s, %(new)s, %(next)s, %(worker)s)
        """,
        {
            "feed": feed_id,
            "elapsed": poll.elapsed_s,
            "status": poll.status,
            "code": poll.code,
            "detail": poll.detail,
            "bytes": poll.size,
            "entries": poll.entries,
            "new": new_links,
            "next": next_poll_at,
            "worker": worker,
        },
    )
    conn.execute(
        "DELETE FROM polls WHERE feed_id = %(id)s AND id <= (SELECT id FROM polls WHERE feed_id = %(id)s ORDER BY id DESC OFFSET %(n)s LIMIT 1)",
        {"id": feed_id, "n": keep},
    )
