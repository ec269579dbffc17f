"""Rows as the workers would have written them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from psycopg import Connection

from pipeline.extract.html.blocks import of_lines
from pipeline.extract.model import Article, Dropped
from pipeline.jobs import Identity, Page
from pipeline.normalise.urls import parse
from pipeline.store.articles import articles
from pipeline.store.hosts import hosts

NOW = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)


def add_link(conn: Connection, url: str, *, state: str = "waiting", code: str = "", detail: str = "", host: str = "example.org") -> int:
    """A link with any text as its URL, also one that the pipeline would never have let in."""
    host_id = hosts.ensure(conn, [host])[host]
    row = conn.execute(
        "INSERT INTO links (url, url_key, host_id, state, code, detail) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        (url, hashlib.sha256(url.encode()).digest(), host_id, state, code, detail),
    ).fetchone()
    assert row is not None
    return int(row[0])


def add_known_link(conn: Connection, url: str, **how: str) -> int:
    """A link under the identity that its URL really has."""
    link_id = add_link(conn, url, host=parse(url).host, **how)
    conn.execute("UPDATE links SET url_key = %s WHERE id = %s", (parse(url).key, link_id))
    return link_id


def article_of(text: str, url: str, **fields: object) -> Article:
    """An article with one text in every field."""
    values: dict[str, object] = {
        "title": text,
        "authors": (text,),
        "published_at": NOW,
        "modified_at": None,
        "blocks": of_lines(text.splitlines()),
        "language": "en",
        "site_name": text,
        "canonical_url": url,
        "image_url": url,
        "tags": (text,),
        "summary": text,
        "word_count": 7,
        "content_hash": hashlib.sha256(text.encode()).digest(),
        "sources": {"title": text},
        "flags": (text,),
        "dropped": (Dropped(0, text),),
    }
    return Article(**{**values, **fields})  # type: ignore[arg-type]


def add_article(conn: Connection, link_id: int, article: Article, *, url: str = "https://example.org/story") -> int:
    """Keep the article under a link, and return its id."""
    identity = Identity(hashlib.sha256(str(link_id).encode()).digest())
    articles.upsert(conn, link_id, url, Page(url, url, 200, {}, (), b"", NOW), article, identity, "newsmill-1")
    row = conn.execute(
        "UPDATE links SET state = 'stored' WHERE id = %s RETURNING (SELECT id FROM articles WHERE link_id = %s)", (link_id, link_id)
    )
    return int((row.fetchone() or (0,))[0])


def add_story(conn: Connection, original: int, *copies: int) -> int:
    """Make a story of articles, and return its id."""
    row = conn.execute("INSERT INTO stories (original_id, articles) VALUES (%s, %s) RETURNING id", (original, 1 + len(copies))).fetchone()
    assert row is not None
    for article_id in (original, *copies):
        conn.execute("INSERT INTO story_articles (article_id, story_id, likeness) VALUES (%s, %s, 0.8)", (article_id, row[0]))
    return int(row[0])
