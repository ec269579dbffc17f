"""Files taken in by hand: each is a link whose page is there from the beginning, so it goes straight to the extraction."""

from __future__ import annotations

from psycopg import Connection

from pipeline.jobs import Page
from pipeline.normalise.file_names import address
from pipeline.store.articles import pages
from pipeline.store.hosts import hosts
from pipeline.store.links.links import MANUAL, Enqueued

# No server answered: the page was read from a file.
STATUS = 0


def take(conn: Connection, page: Page, origin: str) -> Enqueued:
    """Keep a file as a page and make it due for extraction. What ended badly starts anew; what is stored or under way stays as it is.
    `origin` is the file's name, for people."""
    name = address(page.url)
    host_id = hosts.ensure(conn, [name.host])[name.host]
    with conn.transaction():
        row = conn.execute("SELECT id, state FROM links WHERE url_key = %b FOR UPDATE", (name.key,)).fetchone()
        if row is None:
            row = conn.execute(
                """
                INSERT INTO links (url, url_key, host_id, state, stage, priority) VALUES (%s, %b, %s, 'fetched', 'extract', %s)
                ON CONFLICT (url_key) DO NOTHING RETURNING id, 'new'
                """,
                (name.text, name.key, host_id, MANUAL),
            ).fetchone()
        elif row[1] in ("failed", "skipped"):
            conn.execute(
                "UPDATE links SET state = 'fetched', stage = 'extract', starts = 0, due_at = now(), updated_at = now() WHERE id = %s",
                (row[0],),
            )
        if row is None:  # somebody else took the same file in this very moment
            row = conn.execute("SELECT id, state FROM links WHERE url_key = %b", (name.key,)).fetchone()
            assert row is not None
        link_id, state = row
        if state in ("new", "failed", "skipped"):
            pages.insert(conn, link_id, page)
            conn.execute(
                "INSERT INTO attempts (link_id, stage, number, outcome, detail, bytes) VALUES (%s, 'fetch', 1, 'ok', %s, %s)",
                (link_id, f"read from the file {origin}", len(page.body)),
            )
    what = {"new": "new", "stored": "stored", "failed": "again", "skipped": "again"}
    return Enqueued(link_id, name.text, what.get(state, "waiting"), origin)
