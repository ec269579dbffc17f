"""The history of polls, for people."""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection

from pipeline.jobs import Poll


def note(conn: Connection, feed_id: int, poll: Poll, new_links: int, next_poll_at: datetime, worker: str, keep: int) -> None:
    """Record a poll and delete those before the last `keep`."""
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
