"""Links that a redirect led to a host whose robots.txt keeps them out. Those that their own host keeps out are with `rules.keep`."""

from __future__ import annotations

from psycopg import Connection

from pipeline.store.hosts import hosts
from pipeline.store.transitions.links import REQUEUE


def reconsider(conn: Connection) -> int:
    """Have links wait again that a redirect led to a host whose robots.txt kept them out, and has changed since. Returns how many.

    Not done where the file is kept: these links are in the lines of other hosts, which may not be locked under the lock of that one.
    """
    with conn.transaction():
        rows = conn.execute(
            f"""
            UPDATE links SET {REQUEUE.sets}
            FROM (SELECT l.id FROM links l JOIN hosts h ON h.id = l.robots_host_id
                  WHERE l.robots_host_id IS NOT NULL AND l.state = 'skipped' AND l.code = 'robots_disallowed' AND h.robots_changed_at > l.updated_at
                  ORDER BY l.url_key FOR UPDATE OF l SKIP LOCKED) old
            WHERE links.id = old.id RETURNING links.host_id
            """
        ).fetchall()
        hosts.note_links(conn, {row[0] for row in rows})
    return len(rows)
