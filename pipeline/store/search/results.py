"""What a search shows of the articles it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.search.highlights import READ
from pipeline.store.search.finding import Hit

# The columns of a table of results, for people and programs.
COLUMNS = ("id", "title", "url", "source", "published_at", "day", "language", "word_count", "story_id", "copies", "sites")


@dataclass(frozen=True, slots=True)
class Result:
    """One article found. `copies` counts the articles of its story, itself included, on `sites` sites."""

    id: int
    title: str
    url: str
    source: str
    published_at: datetime | None
    day: date
    language: str | None
    word_count: int
    story_id: int | None
    copies: int
    sites: int
    text: str


def results(conn: Connection, hits: Sequence[Hit], *, texts: bool = True) -> list[Result]:
    """The articles of the hits, in their order. Without `texts`, their texts are empty."""
    with conn.cursor(row_factory=class_row(Result)) as cur:
        rows = cur.execute(
            """
            SELECT a.id, a.title, a.url, coalesce(o.name, '') AS source, a.published_at, h.day, a.language, a.word_count, m.story_id,
                   coalesce(t.articles, 1) AS copies, CASE WHEN m.story_id IS NULL THEN 1 ELSE (
                       SELECT count(DISTINCT coalesce(l.origin_host_id, l.host_id)) FROM story_articles i JOIN articles c ON c.id = i.article_id
                       JOIN links l ON l.id = c.link_id WHERE i.story_id = m.story_id) END AS sites,
                   CASE WHEN %(texts)s THEN left(a.text, %(read)s) ELSE '' END AS text
            FROM unnest(%(ids)s::bigint[], %(days)s::date[]) WITH ORDINALITY h (id, day, place) JOIN articles a ON a.id = h.id
            LEFT JOIN sources o ON o.id = a.source_id LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN stories t ON t.id = m.story_id
            ORDER BY h.place
            """,
            {"ids": [hit.article_id for hit in hits], "days": [hit.day for hit in hits], "texts": texts, "read": READ},
        )
        return rows.fetchall()
