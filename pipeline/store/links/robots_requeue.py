"""Links that were redirected to a host whose robots.txt disallows them. Links that their own host disallows are in `site_rules.keep`."""

from __future__ import annotations

from psycopg import Connection

from pipeline.store.hosts import hosts
from pipeline.store.transitions.links import REQUEUE


def reconsider(conn: Connection) -> int:
    """Queue links again that were redirected to a host whose robots.txt disallowed them and has changed since. Returns how many.

    This is not done while robots.txt is stored: these links are in other hosts' queues, and those hosts must not be locked while that
    one is.
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
