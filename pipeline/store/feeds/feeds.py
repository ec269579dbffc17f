"""Feeds as people manage them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, kwargs_row
from psycopg.types.json import Jsonb

from pipeline.feeds import options
from pipeline.feeds.opml import Outline
from pipeline.feeds.options import NOTHING_SET, Options
from pipeline.normalise.urls import parse, web_link
from pipeline.store.db.url_columns import of_web
from pipeline.store.feeds import moved_feeds
from pipeline.store.feeds.feed_lists import Added as Added
from pipeline.store.feeds.feed_lists import add as add
from pipeline.store.feeds.feed_lists import add_all as add_all
from pipeline.store.feeds.feed_lists import add_tags as add_tags
from pipeline.store.hosts import hosts
from pipeline.store.links.links import is_id
from pipeline.store.transitions.feeds import RECALL
from pipeline.store.transitions.model import HOME


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
    successor: str  # another feed that the site of this broken one announces; suggested, never used
    options: dict[str, Any]  # options that differ from the general settings; the values of headers are hidden


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


COLUMNS = f"""
    f.id, f.url, f.title, {of_web("f.site_url")}, f.kind, f.language, f.tags, f.state, f.interval_s, f.failures, f.next_poll_at, f.next_poll_why,
    f.last_polled_at, f.last_ok_at, f.code, f.detail, f.created_at, f.successor, f.options,
    (SELECT count(*) FROM sightings s WHERE s.feed_id = f.id) AS links,
    (SELECT count(*) FROM sightings s JOIN links l ON l.id = s.link_id WHERE s.feed_id = f.id AND l.state = 'stored') AS stored
"""


# A message on its way has no effect any more: claim and host are given back. A poll that has started still ends.


def numbers(conn: Connection, *, state: str, tag: str | None = None) -> list[int]:
    """The feeds in a state, all of them or those with a tag."""
    rows = conn.execute(
        "SELECT id FROM feeds WHERE state = %(state)s AND (%(tag)s::text IS NULL OR tags @> ARRAY[%(tag)s::text]) ORDER BY id",
        {"state": state, "tag": tag},
    )
    return [row[0] for row in rows]


def listing(conn: Connection, *, state: str | None = None, limit: int = 1000, after: int | None = None) -> list[Feed]:
    """Feeds by title, or by id if `after` an id is given. `state` is active, paused, stopped or failing (active, and its last poll failed)."""
    order = "lower(coalesce(nullif(title, ''), url)), id" if after is None else "id"
    with conn.cursor(row_factory=kwargs_row(_feed)) as cur:
        return cur.execute(
            f"""
            SELECT {COLUMNS} FROM feeds f
            WHERE (%(state)s::text IS NULL OR state = %(state)s OR (%(state)s = 'failing' AND state = 'active' AND failures > 0))
                  AND id > %(after)s
            ORDER BY {order} LIMIT %(limit)s
            """,
            {"state": state, "limit": limit, "after": after or 0},
        ).fetchall()


def find(conn: Connection, which: str) -> Feed | None:
    """One feed by its id or its URL, also by a URL that it had before it moved."""
    number = int(which) if is_id(which) else moved_feeds.known(conn, parse(which).key)
    with conn.cursor(row_factory=kwargs_row(_feed)) as cur:
        return cur.execute(f"SELECT {COLUMNS} FROM feeds f WHERE f.id = %s", (number,)).fetchone()


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


def options_of(conn: Connection, feed_id: int) -> Options:
    """The settings of a feed, secrets included."""
    row = conn.execute("SELECT options FROM feeds WHERE id = %s", (feed_id,)).fetchone()
    return options.from_json(row[0]) if row else NOTHING_SET


def outlines(conn: Connection) -> Iterator[Outline]:
    """All feeds as a list that restores them, secrets included."""
    rows = conn.execute("SELECT url, title, site_url, tags, options, state = 'paused' FROM feeds ORDER BY id")
    for url, title, site_url, tags, kept, paused in rows:
        yield Outline(url, title, web_link(site_url), tuple(tags), options.from_json(kept), paused)


def configure(conn: Connection, feed_id: int, own: Options, *, title: str | None = None, tags: list[str] | None = None) -> None:
    """Set the feed's own settings. They apply from the next poll, which reads the whole feed, because the settings may select other entries
    now."""
    conn.execute(
        """
        UPDATE feeds SET etag = CASE WHEN options = %(own)s THEN etag END, last_modified = CASE WHEN options = %(own)s THEN last_modified END,
               body_hash = CASE WHEN options = %(own)s THEN body_hash END, options = %(own)s,
               title = coalesce(%(title)s, title), tags = coalesce(%(tags)s::text[], tags), updated_at = now()
        WHERE id = %(id)s
        """,
        {"own": Jsonb(options.to_json(own)), "title": title, "tags": tags, "id": feed_id},
    )


def pause(conn: Connection, *feed_ids: int) -> None:
    """Stop polling the feeds until they are resumed."""
    _change(conn, feed_ids, f"state = 'paused', next_poll_why = 'paused by hand', {RECALL.sets}")


def resume(conn: Connection, *feed_ids: int) -> None:
    """Poll paused or stopped feeds again, from now on or from the end of the site's Retry-After."""
    _change(
        conn,
        feed_ids,
        "state = 'active', failures = 0, alias_of = NULL, next_poll_at = greatest(now(), not_before), next_poll_why = 'resumed by hand', main_poll_at = NULL,"
        f" {HOME}, {RECALL.sets}",
    )


def move(conn: Connection, feed_id: int, to: str) -> int:
    """Poll the feed at another address from now on. It keeps what it listed, and its old address leads to it. If another feed has that
    address, nothing changes. Returns the feed that has it. Raises Failure bad_url or blocked_scheme."""
    home = moved_feeds.home(conn, to)
    with conn.transaction():
        row = conn.execute("SELECT host_id, dispatch_id, phase FROM feeds WHERE id = %s FOR UPDATE", (feed_id,)).fetchone()
        other = moved_feeds.known(conn, home.url.key)
        if row is None or (other is not None and other != feed_id):
            return other or feed_id
        moved_feeds.move(conn, feed_id, home)
        conn.execute(
            f"""
            UPDATE feeds SET state = CASE WHEN state = 'paused' THEN state ELSE 'active' END, alias_of = NULL, failures = 0, successor = '',
                   etag = NULL, last_modified = NULL, body_hash = NULL, moved_to = '', moved_count = 0, moved_since = NULL, not_before = NULL,
                   next_url = NULL, hops = '[]', origin_host_id = NULL, next_poll_at = now(), main_poll_at = NULL,
                   archive_url = '', next_poll_why = 'moved by hand', updated_at = now(), {RECALL.sets}
            WHERE id = %s
            """,
            (feed_id,),
        )
        hosts.refresh(conn, [row[0], home.host_id], [row[1]] if row[2] == "dispatched" else [])
    return feed_id


def retry(conn: Connection, code: str, *, host: str | None = None, feed_id: int | None = None, why: str = "asked for by hand") -> int:
    """Poll the active feeds whose last poll failed with this code, from now on or from the end of the site's Retry-After. Returns how many;
    those that are already due do not count."""
    with conn.transaction():
        rows = conn.execute(
            """
            UPDATE feeds SET failures = 0, next_poll_at = greatest(now(), not_before), main_poll_at = NULL, next_poll_why = %(why)s, updated_at = now()
            FROM (SELECT id FROM feeds WHERE code = %(code)s AND failures > 0 AND state = 'active' AND phase = 'idle'
                         AND (%(host)s::text IS NULL OR host_id = (SELECT id FROM hosts WHERE name = %(host)s))
                         AND (%(id)s::bigint IS NULL OR id = %(id)s)
                  ORDER BY id FOR UPDATE SKIP LOCKED) old
            WHERE feeds.id = old.id RETURNING feeds.host_id
            """,
            {"why": why, "code": code, "host": host, "id": feed_id},
        ).fetchall()
        hosts.refresh(conn, [row[0] for row in rows])
    return len(rows)


def poll_now(conn: Connection, feed_id: int, floor_s: float, why: str = "asked for by hand") -> datetime | None:
    """`poll_all` for one feed. Returns None if there is no such feed."""
    return poll_all(conn, [feed_id], floor_s, why).get(feed_id)


def poll_all(conn: Connection, feed_ids: Sequence[int], floor_s: float, why: str = "asked for by hand") -> dict[int, datetime]:
    """Make the feeds due, but not within `floor_s` seconds of their last poll, nor before the site's Retry-After. The gap and the pauses of
    the host apply as well. Returns when each is due now."""
    soonest = "greatest(now(), not_before, last_polled_at + make_interval(secs => %(floor)s))"
    reason = "%(why)s || CASE WHEN not_before > now() THEN '; the site has asked to be left alone until then' ELSE '' END"
    return _change(
        conn,
        feed_ids,
        f"next_poll_at = least(coalesce(main_poll_at, next_poll_at), {soonest}), main_poll_at = NULL, next_poll_why = {reason}",
        floor=floor_s,
        why=why,
    )


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What is stored of feeds. `polls` and `sightings` are deleted with them; `links` and `articles` that they listed stay."""

    polls: int
    sightings: int
    links: int
    articles: int


def holdings(conn: Connection, feed_ids: Sequence[int]) -> StoredCounts:
    """How many polls, links and articles the feeds have."""
    row = conn.execute(
        """
        SELECT (SELECT count(*) FROM polls WHERE feed_id = ANY(%(ids)s)), count(*), count(DISTINCT s.link_id), count(DISTINCT a.id)
        FROM sightings s LEFT JOIN articles a ON a.link_id = s.link_id WHERE s.feed_id = ANY(%(ids)s)
        """,
        {"ids": list(feed_ids)},
    ).fetchone()
    assert row is not None  # a count always gives a row
    return StoredCounts(*row)


def remove(conn: Connection, feed_id: int) -> None:
    """Delete the feed, its sightings and history. Links and articles stay."""
    with conn.transaction():
        row = conn.execute(
            "WITH old AS (SELECT id, dispatch_id FROM feeds WHERE id = %s FOR UPDATE)"
            " DELETE FROM feeds USING old WHERE feeds.id = old.id RETURNING feeds.host_id, old.dispatch_id",
            (feed_id,),
        ).fetchone()
        if row is not None:
            hosts.refresh(conn, [row[0]], [row[1]] if row[1] else [])


def _change(conn: Connection, feed_ids: Sequence[int], change: str, **values: object) -> dict[int, datetime]:
    """Change the feeds, locked in ascending order. Returns when each is due."""
    with conn.transaction():
        rows = conn.execute(
            f"""
            UPDATE feeds SET {change}, updated_at = now()
            FROM (SELECT id AS old_id, host_id AS line, dispatch_id AS claim FROM feeds WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE) old
            WHERE id = old_id RETURNING id, next_poll_at, host_id, line, CASE WHEN dispatch_id IS NULL THEN claim END
            """,
            {"ids": list(feed_ids), **values},
        ).fetchall()
        if rows:
            hosts.refresh(conn, [host_id for row in rows for host_id in row[2:4]], [row[4] for row in rows if row[4]])
    return {row[0]: row[1] for row in rows}


def _feed(**row: Any) -> Feed:
    return Feed(**row | {"options": options.shown(row["options"])})
