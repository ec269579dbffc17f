"""Articles, the product, and the earlier texts of those that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pipeline.normalise.urls import is_runnable, web_link
from pipeline.search.vector import placed
from pipeline.store.db.url_columns import of_web
from pipeline.store.search import outlets, rows

if TYPE_CHECKING:  # the extraction loads a second's worth of libraries, which a listing does not need
    from pipeline.extract import Article
from pipeline.jobs import Identity, Page, Twin


@dataclass(frozen=True, slots=True)
class Stored:
    """One article as it is exported; other programs may count on these names. Hashes are hexadecimal. `story_id`: near copies of one text have
    the same; `duplicate_of` is the original among them, None for the original itself and for what has no copy."""

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
    reservations: list[dict[str, str]]
    canonical_rejected: str
    checked_at: datetime | None
    markdown: str
    dropped: list[dict[str, Any]]
    duplicate_of: int | None
    published_precision: str
    modified_precision: str
    section: str
    agencies: list[str]
    original_publisher: str
    original_url: str
    licence: str
    access: str
    image_width: int | None
    image_height: int | None
    published_offset_min: int | None
    modified_offset_min: int | None
    published_local: str
    modified_local: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One text that an article has had. `fetched_at` is that of the page it was made from."""

    title: str
    text: str
    extractor: str
    fetched_at: datetime


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


SELECT = f"""
    SELECT a.id, a.url, a.final_url, {of_web("a.canonical_url")}, encode(a.url_key, 'hex') AS url_key, a.title, a.authors, a.published_at, a.modified_at,
           a.text, a.language, a.site_name, a.summary, {of_web("a.image_url")}, a.tags, a.word_count, encode(a.content_hash, 'hex') AS content_hash,
           m.story_id, nullif(s.original_id, a.id) AS duplicate_of, a.fetched_at, a.extractor, a.flags, a.sources, a.link_id,
           a.reservations, a.canonical_rejected, a.checked_at, a.markdown, a.dropped,
           a.published_precision, a.modified_precision, a.section, a.agencies, a.original_publisher, {of_web("a.original_url")},
           CASE WHEN a.licence ~* '^\\s*[a-z]+script\\s*:|^\\s*(data|file|blob|about|jar|view-source)\\s*:' THEN '' ELSE a.licence END AS licence, a.access,
           a.image_width, a.image_height, a.published_offset_min, a.modified_offset_min,
           local_time(a.published_at, a.published_offset_min) AS published_local, local_time(a.modified_at, a.modified_offset_min) AS modified_local,
           ARRAY(SELECT f.url FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = a.link_id ORDER BY s.seen_at) AS feed_urls
    FROM articles a LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN stories s ON s.id = m.story_id
"""


def ask_twin(conn: Connection, article_key: bytes, link_id: int) -> Cursor[Twin]:
    """Ask for the link that already stands for this article, if it is another one. The answer is one row or none."""
    return conn.cursor(row_factory=class_row(Twin)).execute(
        "SELECT link_id, url, title, content_hash FROM articles WHERE url_key = %b AND link_id <> %s", (article_key, link_id)
    )


def keep_revision(conn: Connection, link_id: int, article: Article) -> None:
    """Before an article is stored anew: a text that changes goes to `revisions`, so nothing that was stored is lost; but of what is to be kept
    as metadata only, no text stays."""
    if "metadata_only" in article.flags:
        return
    conn.execute(
        """
        INSERT INTO revisions (article_id, title, text, content_hash, extractor, fetched_at)
        SELECT id, title, text, content_hash, extractor, fetched_at FROM articles WHERE link_id = %s AND content_hash <> %s
        """,
        (link_id, article.content_hash),
    )


def upsert(
    conn: Connection, link_id: int, url: str, page: Page, article: Article, identity: Identity, extractor: str, *, keep_key: bool = False
) -> int:
    """Keep the article of a link and its words; returns its number. Of one that is there, call `keep_revision` first; with `keep_key` it keeps
    its identity."""
    fetched_at = page.fetched_at or datetime.now(UTC)
    at, day = placed(article.published_at, article.published_offset_min, fetched_at)
    values = {"link_id": link_id, "url": url, "extractor": extractor, "fetched_at": fetched_at, "search_at": at}
    values |= _of_page(page, identity) | _of_article(article, identity)
    names = [*values, "source_id"]
    given = ", ".join([f"%({name})s" for name in values] + [outlets.SOURCE_ID])
    fresh = ", ".join(f"{name} = excluded.{name}" for name in names if name != "link_id" and not (keep_key and name == "url_key"))
    row = conn.execute(
        f"""
        INSERT INTO articles ({", ".join(names)}) VALUES ({given})
        ON CONFLICT (link_id) DO UPDATE SET {fresh}, updated_at = now() RETURNING id, source_id
        """,
        {**values, "outlets": outlets.note(conn, page.final_url)},
    ).fetchone()
    assert row is not None
    article_id, source_id = row
    rows.write(conn, rows.Row(article_id, at, day, source_id, article.language, article.word_count), article.title, article.text)
    return int(article_id)


def _of_page(page: Page, identity: Identity) -> dict[str, object]:
    """Columns of an article that come from its page."""
    return {
        "url_key": identity.key,
        "canonical_rejected": identity.rejected,
        "final_url": page.final_url,
        "etag": page.headers.get("etag", ""),
        "last_modified": page.headers.get("last-modified", ""),
        "page_sha256": hashlib.sha256(page.body).digest(),
    }


def _of_article(article: Article, identity: Identity) -> dict[str, object]:
    """Columns of an article that come from the extraction."""
    return {
        "canonical_url": web_link(identity.url or article.canonical_url),
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "text": article.text,
        "markdown": article.markdown,
        "published_precision": article.published_precision,
        "modified_precision": article.modified_precision,
        "published_offset_min": article.published_offset_min,
        "modified_offset_min": article.modified_offset_min,
        "section": article.section,
        "agencies": list(article.agencies),
        "original_publisher": article.original_publisher,
        "original_url": web_link(article.original_url),
        "licence": "" if is_runnable(article.licence) else article.licence,
        "access": article.access,
        "image_width": article.image_width,
        "image_height": article.image_height,
        "language": article.language,
        "site_name": article.site_name,
        "summary": article.summary,
        "image_url": web_link(article.image_url),
        "tags": list(article.tags),
        "word_count": article.word_count,
        "content_hash": article.content_hash,
        "sources": Jsonb(article.sources),
        "flags": list(article.flags),
        "dropped": Jsonb([asdict(dropped) for dropped in article.dropped]),
        "reservations": Jsonb([asdict(reservation) for reservation in article.reservations]),
    }


def remove(conn: Connection, article_id: int) -> None:
    """Take an article and its earlier texts away. `stories.forget` comes before."""
    conn.execute("DELETE FROM articles WHERE id = %s", (article_id,))


def forget_page(conn: Connection, link_id: int) -> None:
    """Have the next page read whole and extracted, although it may be the same as before."""
    conn.execute("UPDATE articles SET etag = '', last_modified = '', page_sha256 = NULL WHERE link_id = %s", (link_id,))


def get(conn: Connection, article_id: int) -> Stored | None:
    with conn.cursor(row_factory=class_row(Stored)) as cur:
        return cur.execute(f"{SELECT} WHERE a.id = %s", (article_id,)).fetchone()


def versions(conn: Connection, article_id: int) -> list[Revision]:
    """The texts that the article has had, oldest first; the last is the one of now."""
    with conn.cursor(row_factory=class_row(Revision)) as cur:
        return cur.execute(
            """
            SELECT title, text, extractor, fetched_at FROM (
                SELECT id, title, text, extractor, fetched_at FROM revisions WHERE article_id = %(id)s
                UNION ALL SELECT NULL, title, text, extractor, fetched_at FROM articles WHERE id = %(id)s) v
            ORDER BY id NULLS LAST
            """,
            {"id": article_id},
        ).fetchall()


# Flags of articles whose publisher reserves archiving, indexing or mining.
RESERVED = ("noindex", "noarchive", "noai", "tdm_reserved")
_CHOSEN = "(%(since)s::timestamptz IS NULL OR a.created_at >= %(since)s) AND NOT (%(open)s AND a.flags && %(reserved)s::text[])"


def export(conn: Connection, since: datetime | None = None, *, exclude_reserved: bool = False) -> Iterator[Stored]:
    """All articles stored since a time, oldest first, without holding them in memory."""
    with conn.transaction(), conn.cursor("articles", row_factory=class_row(Stored)) as cur:
        cur.itersize = 200
        chosen = {"since": since, "open": exclude_reserved, "reserved": list(RESERVED)}
        yield from cur.execute(f"{SELECT} WHERE {_CHOSEN} ORDER BY a.id", chosen)


def count(conn: Connection, since: datetime | None = None, *, exclude_reserved: bool = False) -> int:
    """How many articles `export` gives."""
    chosen = {"since": since, "open": exclude_reserved, "reserved": list(RESERVED)}
    row = conn.execute(f"SELECT count(*) FROM articles a WHERE {_CHOSEN}", chosen).fetchone()
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
