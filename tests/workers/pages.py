"""Pages that wait for their extraction, and how it ended."""

from __future__ import annotations

from uuid import UUID

import psycopg

from pipeline.jobs import Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import pages
from pipeline.store.links import links
from pipeline.store.queue import extract_claims
from tests.extract.boilerplate import story
from tests.extract.pages import page as html

SITE = "http://www.post.example"


Claims = list[tuple[int, UUID]]


def claimed(conn: psycopg.Connection, settings: Settings, *bodies: str) -> Claims:
    """Links with these pages, claimed for their extraction, in the order of the pages."""
    for number, body in enumerate(bodies):
        url = f"{SITE}/story-{number}"
        found = Page(url, url, 200, {"content-type": "text/html; charset=utf-8"}, (), body.encode())
        pages.insert(conn, links.enqueue(conn, [parse(url)])[0].id, found)
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract'")
    return sorted((job.id, job.dispatch_id) for job in extract_claims.claim_extracts(conn, len(bodies), settings))


def good(number: int) -> str:
    return html(tuple(story(number)), title=f"The {number}th story of the harbour")


def ends(conn: psycopg.Connection) -> list[tuple[str, str, int]]:
    return conn.execute("SELECT state, code, extract_attempts FROM links ORDER BY id").fetchall()
