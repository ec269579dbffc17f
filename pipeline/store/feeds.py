"""Feeds as people manage them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.normalise.urls import parse
from pipeline.store import hosts
from pipeline.store.links import is_id


@dataclass(frozen=True, slots=True)
class Feed:
    id: int
    url: str
    title: str
    site_url: str
    kind: str
    language: str
    tags: list[str]
    state: str
    interval_s: int | None
    failures: int
    next_poll_at: datetime
    next_poll_why: str
    last_polled_at: datetime | None
    last_ok_at: datetime | None
    code: str
    detail: str
    links: int
    stored: int
    created_at: datetime
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastPoll:
    started_at: datetime
    elapsed_ms: int
    status: int | None
    code: str
    detail: str
    bytes: int
    entries: int
    new_links: int
    next_poll_at: datetime


COLUMNS = """
    f.id, f.url, f.title, f.site_url, f.kind, f.language, f.tags, f.state, f.interval_s, f.failures, f.next_poll_at, f.next_poll_why,
    f.last_polled_at, f.last_ok_at, f.code, f.detail, f.created_at, f.options,
    (SELECT count(*) FROM sightings s WHERE s.feed_id = f.id) AS links,
    (SELECT count(*) FROM sightings s JOIN links l ON l.id = s.link_id WHERE s.feed_id = f.id AND l.state = 'stored') AS stored
"""


def add(conn: Connection, url: str, *, title: str = "", tags: Iterable[str] = (), site_url: str = "") -> tuple[int, bool]:
    """Make a feed, due at once. Returns its id and whether it is new. Raises Failure bad_url or blocked_scheme."""
    parsed = parse(url)
    host_id = hosts.ensure(conn, [parsed.host])[parsed.host]
    with conn.transaction():
        row = conn.execute(
            """
            INSERT INTO feeds (url, url_key, host_id, title, site_url, tags) VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (url_key) DO NOTHING RETURNING id
            """,
            (parsed.text, parsed.key, host_id, title, site_url, list(tags)),
        ).fetchone()
        if row is None:
            old = conn.execute("SELECT id FROM feeds WHERE url_key = %s", (parsed.key,)).fetchone()
            assert old is not None
            return old[0], False
        hosts.refresh(conn, [host_id])
    return row[0], True


def listing(conn: Connection, *, state: str | None = None, limit: int = 1000) -> list[Feed]:
    """Feeds by title; `state` is active, paused, stopped or failing (active, and its last poll failed)."""
    with conn.cursor(row_factory=class_row(Feed)) as cur:
        return cur.execute(
            f"""
            SELECT {COLUMNS} FROM feeds f
            WHERE %(state)s::text IS NULL OR state = %(state)s OR (%(state)s = 'failing' AND state = 'active' AND failures > 0)
            ORDER BY lower(coalesce(nullif(title, ''), url)), id LIMIT %(limit)s
            """,
            {"state": state, "limit": limit},
        ).fetchall()


def find(conn: Connection, which: str) -> Feed | None:
    """One feed by its number or its URL."""
    condition, value = ("f.id = %s", which) if is_id(which) else ("f.url_key = %s", parse(which).key)
    with conn.cursor(row_factory=class_row(Feed)) as cur:
        return cur.execute(f"SELECT {COLUMNS} FROM feeds f WHERE {condition}", (value,)).fetchone()


def history(conn: Connection, feed_id: int, limit: int = 20) -> list[PastPoll]:
    """The last polls, newest first."""
    with conn.cursor(row_factory=class_row(PastPoll)) as cur:
        return cur.execute(
            """
            SELECT started_at, elapsed_ms, status, code, detail, bytes, entries, new_links, next_poll_at
            FROM polls WHERE feed_id = %s ORDER BY id DESC LIMIT %s
            """,
            (feed_id, limit),
        ).fetchall()


def pause(conn: Connection, feed_id: int) -> None:
    _change(conn, feed_id, "state = 'paused', next_poll_why = 'paused by hand'")


def resume(conn: Connection, feed_id: int) -> None:
    """Poll a paused or stopped feed again, from now on."""
    _change(conn, feed_id, "state = 'active', failures = 0, next_poll_at = now(), next_poll_why = 'resumed by hand'")


def poll_now(conn: Connection, feed_id: int) -> None:
    """Make the feed due; its host's gap and pauses still hold."""
    _change(conn, feed_id, "next_poll_at = now(), next_poll_why = 'asked for by hand'")


def remove(conn: Connection, feed_id: int) -> None:
    """Forget the feed, its sightings and history. Links and articles stay."""
    with conn.transaction():
        row = conn.execute(
            "WITH old AS (SELECT id, dispatch_id FROM feeds WHERE id = %s FOR UPDATE)"
            " DELETE FROM feeds USING old WHERE feeds.id = old.id RETURNING feeds.host_id, old.dispatch_id",
            (feed_id,),
        ).fetchone()
        if row is not None:
            hosts.refresh(conn, [row[0]], [row[1]] if row[1] else [])


def _change(conn: Connection, feed_id: int, change: str) -> None:
    with conn.transaction():
        row = conn.execute(
            f"UPDATE feeds SET {change}, updated_at = now() WHERE id = %s RETURNING host_id",
            (feed_id,),
        ).fetchone()
        if row is not None:
            hosts.refresh(conn, [row[0]])
