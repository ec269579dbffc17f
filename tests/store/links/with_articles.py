"""Links with or without an article of their own."""

from __future__ import annotations

import hashlib

import psycopg

from pipeline.normalise.urls import parse
from pipeline.store.links import links


def add(conn: psycopg.Connection, url: str, *, article_at: str | None = None, text: str = "One text.", canonical: str = "") -> int:
    """A link, with an article whose own address is `article_at`."""
    number = links.enqueue(conn, [parse(url)])[0].id
    if article_at:
        conn.execute(
            "INSERT INTO articles (link_id, url_key, url, final_url, canonical_url, title, text, word_count, content_hash, extractor, fetched_at)"
            " VALUES (%s, %s, %s, %s, %s, 'A title', %s, 2, %s, 'x', now())",
            (number, parse(article_at).key, url, article_at, canonical, text, hashlib.sha256(text.encode()).digest()),
        )
    return number
