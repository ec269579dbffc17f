"""Rechecks of stored articles: which are due, and what their last page was.

A recheck is an ordinary fetch of the link with `recheck` set, behind all new links of its host. However it ends, the article stays; if
its text has changed, the earlier one goes to `revisions`.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from pipeline.jobs import StoredPage
from pipeline.store.hosts import hosts
from pipeline.store.transitions.links import LOOK_AGAIN

# Behind everything that feeds (0) and people (10) bring.
PRIORITY = -10
# Rechecks made due in one tick; a backlog of old articles must not flood the hosts' queues.
BATCH = 200


def make_due(conn: Connection) -> int:
    """Queue the links of articles whose recheck is due. Returns how many."""
    with conn.transaction():
        rows = conn.execute(
            f"""
            WITH due AS (SELECT a.id, a.link_id FROM articles a JOIN links l ON l.id = a.link_id
                         WHERE a.recheck_at <= now() AND l.state = 'stored'
                         ORDER BY a.recheck_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED),
                 taken AS (UPDATE articles SET recheck_at = NULL FROM due WHERE articles.id = due.id)
            UPDATE links SET {LOOK_AGAIN.sets}
            FROM due WHERE links.id = due.link_id RETURNING links.host_id
            """,
            {"batch": BATCH, "priority": PRIORITY},
        ).fetchall()
        hosts.note_links(conn, {row[0] for row in rows})
    return len(rows)


def kept(conn: Connection, link_id: int) -> StoredPage | None:
    """What is known of the article's page, for a conditional request; None if nothing was stored."""
    row = conn.execute(
        "SELECT etag, last_modified, page_sha256, final_url, extractor FROM articles WHERE link_id = %s", (link_id,)
    ).fetchone()
    return None if row is None else StoredPage(row[0], row[1], bytes(row[2]) if row[2] is not None else None, row[3], row[4])


def looked(conn: Connection, link_ids: Sequence[int], after_s: list[float]) -> None:
    """Record that the articles were checked, and when the next check is due: `after_s` are seconds after they were stored."""
    conn.execute(
        """
        UPDATE articles SET checked_at = now(), rechecks = rechecks + 1,
               recheck_at = created_at + make_interval(secs => (%(after)s::float8[])[rechecks + 2])
        WHERE link_id = ANY(%(ids)s)
        """,
        {"after": after_s, "ids": list(link_ids)},
    )


def plan(conn: Connection, link_id: int, after_s: list[float]) -> None:
    """Schedule the first recheck of an article that was just stored; nothing if there is no schedule."""
    if after_s:
        conn.execute(
            "UPDATE articles SET recheck_at = created_at + make_interval(secs => %s) WHERE link_id = %s AND rechecks = 0",
            (after_s[0], link_id),
        )
