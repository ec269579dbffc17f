"""Articles, the product, and the earlier texts of those that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

if TYPE_CHECKING:  # the extraction loads a second's worth of libraries, which a listing does not need
    from pipeline.extract import Article


@dataclass(frozen=True, slots=True)
class Twin:
    link_id: int
    url: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One article as it is exported; other programs may count on these names. Hashes are hexadecimal."""

    id: int
    url: str
    final_url: str
    canonical_url: str
    url_key: str
    title: str
    authors: list[str]
    published_at: datetime | None
    modified_at: datetime | None
    text: str
    language: str | None
    site_name: str
    summary: str
    image_url: str
    tags: list[str]
    word_count: int
    content_hash: str
    story_id: int | None
    feed_urls: list[str]
    fetched_at: datetime
    extractor: str
    flags: list[str]
    sources: dict[str, Any]
    link_id: int


@dataclass(frozen=True, slots=True)
class Headline:
    id: int
    title: str
    site_name: str
    host: str
    published_at: datetime | None
    created_at: datetime
    language: str | None
    word_count: int


SELECT = """
    SELECT a.id, a.url, a.final_url, a.canonical_url, encode(a.url_key, 'hex') AS url_key, a.title, a.authors, a.published_at, a.modified_at,
           a.text, a.language, a.site_name, a.summary, a.image_url, a.tags, a.word_count, encode(a.content_hash, 'hex') AS content_hash,
           NULL::bigint AS story_id, a.fetched_at, a.extractor, a.flags, a.sources, a.link_id,
           ARRAY(SELECT f.url FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = a.link_id ORDER BY s.seen_at) AS feed_urls
    FROM articles a
"""


def twin(conn: Connection, article_key: bytes, link_id: int) -> Twin | None:
    """The link that already stands for this article, if it is another one."""
    with conn.cursor(row_factory=class_row(Twin)) as cur:
        return cur.execute("SELECT link_id, url FROM articles WHERE url_key = %b AND link_id <> %s", (article_key, link_id)).fetchone()


def upsert(
    conn: Connection, link_id: int, article_key: bytes, url: str, final_url: str, article: Article, extractor: str, fetched_at: datetime
) -> None:
    """Keep the article of a link. A changed text goes to `revisions` first, so nothing that was stored is lost."""
    values = {
        "link_id": link_id,
        "url_key": article_key,
        "url": url,
        "final_url": final_url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "text": article.text,
        "language": article.language,
        "site_name": article.site_name,
        "summary": article.summary,
        "image_url": article.image_url,
        "tags": list(article.tags),
        "word_count": article.word_count,
        "content_hash": article.content_hash,
        "sources": Jsonb(article.sources),
        "flags": list(article.flags),
        "extractor": extractor,
        "fetched_at": fetched_at,
    }
    conn.execute(
        """
        INSERT INTO revisions (article_id, title, text, content_hash, extractor, fetched_at)
        SELECT id, title, text, content_hash, extractor, fetched_at FROM articles WHERE link_id = %(link_id)s AND content_hash <> %(content_hash)s
        """,
        values,
    )
    names = ", ".join(values)
    fresh = ", ".join(f"{name} = excluded.{name}" for name in values if name != "link_id")
    conn.execute(
        f"""
        INSERT INTO articles ({names}) VALUES ({", ".join(f"%({name})s" for name in values)})
        ON CONFLICT (link_id) DO UPDATE SET {fresh}, updated_at = now()
        """,
        values,
    )


def get(conn: Connection, article_id: int) -> Stored | None:
    with conn.cursor(row_factory=class_row(Stored)) as cur:
        return cur.execute(f"{SELECT} WHERE a.id = %s", (article_id,)).fetchone()


def export(conn: Connection, since: datetime | None = None) -> Iterator[Stored]:
    """All articles stored since a time, oldest first, without holding them in memory."""
    with conn.transaction(), conn.cursor("articles", row_factory=class_row(Stored)) as cur:
        cur.itersize = 200
        yield from cur.execute(
            f"{SELECT} WHERE %(since)s::timestamptz IS NULL OR a.created_at >= %(since)s ORDER BY a.id", {"since": since}
        )


def count(conn: Connection, since: datetime | None = None) -> int:
    """How many articles `export` gives."""
    row = conn.execute(
        "SELECT count(*) FROM articles WHERE %(since)s::timestamptz IS NULL OR created_at >= %(since)s", {"since": since}
    ).fetchone()
    return int(row[0]) if row else 0


def newest(conn: Connection, limit: int = 20) -> list[Headline]:
    """The last articles stored, newest first."""
    with conn.cursor(row_factory=class_row(Headline)) as cur:
        return cur.execute(
            """
            SELECT a.id, a.title, a.site_name, h.name AS host, a.published_at, a.created_at, a.language, a.word_count
            FROM articles a JOIN links l ON l.id = a.link_id JOIN hosts h ON h.id = l.host_id ORDER BY a.id DESC LIMIT %s
            """,
            (limit,),
        ).fetchall()
