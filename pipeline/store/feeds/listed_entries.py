"""The entries that a feed listed, and the result of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry of a feed and its link. `code` and `detail` say why there is no article. `same_text_as` is another article of the same
    story, if this one is a copy of it."""

    link_id: int
    url: str
    guid: str
    title: str
    published_at: datetime | None
    seen_at: datetime
    state: str
    code: str
    detail: str
    article_id: int | None
    same_text_as: int | None


def listing(conn: Connection, feed_id: int, *, missing: bool = False, before: int | None = None, limit: int = 50) -> list[ListedEntry]:
    """Entries, the last listed first; `missing` selects those without an article. `before` is the link to continue from."""
    with conn.cursor(row_factory=class_row(ListedEntry)) as cur:
        return cur.execute(
            """
            SELECT l.id AS link_id, l.url, g.guid, g.title, g.published_at, g.seen_at, l.state, l.code, l.detail, a.id AS article_id,
                   nullif(s.original_id, a.id) AS same_text_as
            FROM sightings g JOIN links l ON l.id = g.link_id LEFT JOIN articles a ON a.link_id = l.id
            LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN stories s ON s.id = m.story_id
            WHERE g.feed_id = %(feed)s AND (%(before)s::bigint IS NULL OR g.link_id < %(before)s) AND (NOT %(missing)s OR a.id IS NULL)
            ORDER BY g.link_id DESC LIMIT %(limit)s
            """,
            {"feed": feed_id, "before": before, "missing": missing, "limit": limit},
        ).fetchall()
