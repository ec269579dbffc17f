"""List articles by feed, site, language, time, tag and flag, without reading their texts."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Listed:
    """One article in a list; the JSON of `newsmill articles --json` has these fields."""

    id: int
    link_id: int
    url: str
    title: str
    site_name: str
    host: str
    authors: list[str]
    published_at: datetime | None
    published_precision: str
    published_local: str
    created_at: datetime
    language: str | None
    word_count: int
    tags: list[str]
    story_id: int | None


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles to list: every condition that is set must hold. `site` is a host and includes its subdomains. `tag` is one of the
    article's, or of a feed that listed it, in any case."""

    feed_id: int | None = None
    site: str | None = None
    language: str | None = None
    tag: str | None = None
    published_since: datetime | None = None
    published_before: datetime | None = None
    stored_since: datetime | None = None
    stored_before: datetime | None = None
    flag: str | None = None


# What the tests ask beside the article `a`.
JOINS = "JOIN links l ON l.id = a.link_id JOIN hosts h ON h.id = coalesce(l.origin_host_id, l.host_id)"
TESTS = {
    "feed_id": "EXISTS (SELECT 1 FROM sightings s WHERE s.link_id = a.link_id AND s.feed_id = %(feed_id)s)",
    "site": "(h.name = %(site)s OR right(h.name, length(%(site)s) + 1) = '.' || %(site)s)",
    "language": "(lower(a.language) = %(language)s OR split_part(lower(a.language), '-', 1) = %(language)s)",
    "tag": """(EXISTS (SELECT 1 FROM unnest(a.tags) t WHERE lower(t) = lower(%(tag)s))
               OR EXISTS (SELECT 1 FROM sightings s JOIN feeds f ON f.id = s.feed_id CROSS JOIN unnest(f.tags) t
                          WHERE s.link_id = a.link_id AND lower(t) = lower(%(tag)s)))""",
    # By the publisher's clock: a day is the day that the page shows.
    "published_since": "a.published_at + make_interval(mins => coalesce(a.published_offset_min, 0)) >= %(published_since)s",
    "published_before": "a.published_at + make_interval(mins => coalesce(a.published_offset_min, 0)) < %(published_before)s",
    "stored_since": "a.created_at >= %(stored_since)s",
    "stored_before": "a.created_at < %(stored_before)s",
    "flag": "%(flag)s = ANY(a.flags)",
}


def listing(conn: Connection, which: ArticleFilter = ArticleFilter(), *, limit: int | None = 50) -> Generator[Listed, None, None]:
    """The matching articles, the last stored first, streamed from the database. `limit` None means all."""
    values = asdict(which)
    tests = [test for name, test in TESTS.items() if values[name] is not None]
    with conn.transaction(), conn.cursor("listed", row_factory=class_row(Listed)) as cur:
        cur.itersize = 1000
        yield from cur.execute(
            f"""
            SELECT a.id, a.link_id, a.url, a.title, a.site_name, h.name AS host, a.authors, a.published_at, a.published_precision,
                   local_time(a.published_at, a.published_offset_min) AS published_local, a.created_at,
                   a.language, a.word_count, a.tags, m.story_id
            FROM articles a {JOINS} LEFT JOIN story_articles m ON m.article_id = a.id
            WHERE {" AND ".join(["true", *tests])} ORDER BY a.id DESC LIMIT %(limit)s
            """,
            {**values, "limit": limit},
        )
