"""Articles as an extraction makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg

from pipeline.extract.html.blocks import of_lines
from pipeline.extract.html.model import Block, plain
from pipeline.extract.model import Article, content_hash
from pipeline.hops import Hop
from pipeline.jobs import ExtractJob, Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.extraction import extracting
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims, extract_claims


def article(text: str = "One text.", **changes: Any) -> Article:
    fields: dict[str, Any] = dict.fromkeys(("site_name", "canonical_url", "image_url", "summary"), "")
    fields |= {"title": "A title", "authors": ("Ada Example",), "published_at": datetime(2026, 3, 1, tzinfo=UTC), "modified_at": None}
    fields |= {
        "blocks": (Block("paragraph", text, text),),
        "language": "en",
        "tags": ("a", "b"),
        "word_count": 2,
        "content_hash": content_hash(text),
        "sources": {"title": "h1"},
    }
    return Article(**(fields | {"flags": ()} | changes))


def fetched(conn: psycopg.Connection, settings: Settings, url: str) -> ExtractJob:
    """A link whose page is in and whose extraction has begun."""
    links.enqueue(conn, [parse(url)])
    (job,) = claims.claim_fetches(conn, 1, settings)
    started = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
    assert started
    page = Page(url, url, 200, {"content-type": "text/html"}, (Hop("http://a.example/old", 301),), b"<html>" * 1000)
    assert fetching.succeeded(conn, started, page, fetching.FetchStats(0.1), [(started.host.id, hosts.VisitResult(0, 0))])
    (claim,) = extract_claims.claim_extracts(conn, 1, settings)
    extraction = extracting.start(conn, claim.id, claim.dispatch_id, settings, "w")
    assert extraction
    return extraction


def told(text: str, **changes: Any) -> Article:
    """An article with this text, one paragraph a line."""
    blocks = of_lines(text.splitlines())
    return article(blocks=blocks, content_hash=content_hash(plain(blocks)), **changes)
