"""Documents added by hand. Each is a link whose page is there from the start, so it goes straight to extraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from pipeline.jobs import Page
from pipeline.normalise.urls import Url
from pipeline.store.articles import pages
from pipeline.store.hosts import hosts
from pipeline.store.links.links import MANUAL, Enqueued
from pipeline.store.transitions.links import ENQUEUE_DOCUMENT

# Behind everything that feeds (0) and people (10) bring: an archive holds a hundred thousand pages.
BULK = -10


@dataclass(frozen=True, slots=True)
class Document:
    """A page and the address under which it is known. `origin` says where it was read, for people. `name` is the file's name, if the
    document is a file of its own. `bulk`: it waits behind the pages that feeds bring."""

    url: Url
    page: Page
    origin: str
    name: str = ""
    bulk: bool = False


def take(conn: Connection, documents: Sequence[Document]) -> list[Enqueued]:
    """Store the documents as pages and make them due for extraction. Links that failed or were skipped start again; stored or running ones
    stay as they are, so of two documents with one address the first counts."""
    first: dict[bytes, Document] = {}
    for document in documents:
        first.setdefault(document.url.key, document)
    host_ids = hosts.ensure(conn, {document.url.host for document in first.values()})
    with conn.transaction():
        taken = {key: _take(conn, document, host_ids[document.url.host]) for key, document in sorted(first.items())}
    return [taken[key] for key in first]


def _take(conn: Connection, document: Document, host_id: int) -> Enqueued:
    url = document.url
    row = conn.execute("SELECT id, state FROM links WHERE url_key = %b FOR UPDATE", (url.key,)).fetchone()
    if row is None:
        row = conn.execute(
            """
            INSERT INTO links (url, url_key, host_id, state, stage, priority) VALUES (%s, %b, %s, 'fetched', 'extract', %s)
            ON CONFLICT (url_key) DO NOTHING RETURNING id, 'new'
            """,
            (url.text, url.key, host_id, BULK if document.bulk else MANUAL),
        ).fetchone()
    elif row[1] in ("failed", "skipped"):
        conn.execute(
            f"UPDATE links SET {ENQUEUE_DOCUMENT.sets} WHERE id = %s",
            (row[0],),
        )
    if row is None:  # another process added the same document at the same moment
        row = conn.execute("SELECT id, state FROM links WHERE url_key = %b", (url.key,)).fetchone()
        assert row is not None
    link_id, state = row
    if state in ("new", "failed", "skipped"):
        pages.insert(conn, link_id, document.page)
        conn.execute(
            "INSERT INTO attempts (link_id, stage, number, outcome, detail, bytes) VALUES (%s, 'fetch', 1, 'ok', %s, %s)",
            (link_id, f"read from {document.origin}", len(document.page.body)),
        )
    what = {"new": "new", "stored": "stored", "failed": "again", "skipped": "again"}
    return Enqueued(link_id, url.text, what.get(state, "waiting"), document.name)
