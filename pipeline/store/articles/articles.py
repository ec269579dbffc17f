"""Stored articles, and the earlier texts of those that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from psycopg import Connection, Cursor
from psycopg.rows import class_row

from pipeline.search.vector import placed
from pipeline.store.articles import changes, fields
from pipeline.store.articles.fields import SELECT, Making, Stored
from pipeline.store.search import outlets, rows

if TYPE_CHECKING:  # the extraction imports a second's worth of libraries, which a listing does not need
    from pipeline.extract.model import Article
from pipeline.jobs import ExistingArticle, Identity, Page


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an article's text. `fetched_at` is when its page was fetched."""

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


def ask_existing(conn: Connection, article_key: bytes, link_id: int) -> Cursor[ExistingArticle]:
    """Ask for another link that already has this article. The answer is one row or none."""
    return conn.cursor(row_factory=class_row(ExistingArticle)).execute(
        "SELECT link_id, url, title, content_hash FROM articles WHERE url_key = %b AND link_id <> %s", (article_key, link_id)
    )


def keep_revision(conn: Connection, link_id: int, article: Article) -> None:
    """Save the current text to `revisions` if `article` will change it, so that nothing stored is lost. Of an article that is kept as
    metadata only, no text is saved."""
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
    """Write the article of a link and its search words; returns the article's id. If the link has an article, call `keep_revision` first.
    With `keep_key` the article keeps its identity."""
    values = fields.row(Making(link_id, url, page, article, identity, extractor))
    at, day = placed(article.published_at, article.published_offset_min, cast("datetime", values["fetched_at"]))
    values["search_at"] = at
    names = [*values, "source_id"]
    given = ", ".join([f"%({name})s" for name in values] + [outlets.SOURCE_ID])
    fresh = ", ".join(f"{name} = excluded.{name}" for name in names if name != "link_id" and not (keep_key and name == "url_key"))
    row = conn.execute(
        f"""
        INSERT INTO articles ({", ".join(names)}) VALUES ({given})
        ON CONFLICT (link_id) DO UPDATE SET {fresh}, updated_at = now() RETURNING id, source_id, xmax = 0
        """,
        {**values, "outlets": outlets.note(conn, page.final_url)},
    ).fetchone()
    assert row is not None
    article_id, source_id, is_new = row
    rows.write(conn, rows.Row(article_id, at, day, source_id, article.language, article.word_count), article.title, article.text)
    changes.note(conn, article_id, "stored" if is_new else "changed")
    return int(article_id)


def remove(conn: Connection, article_id: int) -> None:
    """Delete an article and its earlier texts. Call `stories.forget` first."""
    conn.execute("DELETE FROM articles WHERE id = %s", (article_id,))
    changes.note(conn, article_id, "removed")


def forget_page(conn: Connection, link_id: int) -> None:
    """Make sure that the next page is read and extracted in full, even if it has not changed."""
    conn.execute("UPDATE articles SET etag = '', last_modified = '', page_sha256 = NULL WHERE link_id = %s", (link_id,))


def get(conn: Connection, article_id: int) -> Stored | None:
    """The article with this id, or None."""
    with conn.cursor(row_factory=class_row(Stored)) as cur:
        return cur.execute(f"{SELECT} WHERE a.id = %s", (article_id,)).fetchone()


def by_ids(conn: Connection, ids: list[int]) -> list[Stored]:
    """Those of these articles that exist."""
    with conn.cursor(row_factory=class_row(Stored)) as cur:
        return cur.execute(f"{SELECT} WHERE a.id = ANY(%s)", (ids,)).fetchall()


def versions(conn: Connection, article_id: int) -> list[Revision]:
    """The texts that the article has had, oldest first; the last is the current one."""
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


_HEADLINES = """
    SELECT a.id, a.title, a.site_name, h.name AS host, a.published_at, a.created_at, a.language, a.word_count
    FROM articles a JOIN links l ON l.id = a.link_id JOIN hosts h ON h.id = l.host_id
"""


def newest(conn: Connection, limit: int = 20) -> list[Headline]:
    """The last stored articles, newest first."""
    with conn.cursor(row_factory=class_row(Headline)) as cur:
        return cur.execute(f"{_HEADLINES} ORDER BY a.id DESC LIMIT %s", (limit,)).fetchall()


def since(conn: Connection, after: int, limit: int) -> list[Headline]:
    """The articles stored after the one with this number, oldest first."""
    with conn.cursor(row_factory=class_row(Headline)) as cur:
        return cur.execute(f"{_HEADLINES} WHERE a.id > %s ORDER BY a.id LIMIT %s", (after, limit)).fetchall()
