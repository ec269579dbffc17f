"""Add feeds, one or a whole list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from pipeline.feeds import options
from pipeline.feeds.opml import Outline
from pipeline.feeds.options import NOTHING_SET, Options
from pipeline.normalise.urls import Url, parse, web_link
from pipeline.outcomes import Failure
from pipeline.store.feeds import moved_feeds
from pipeline.store.hosts import hosts

# The advisory lock for creating feeds.
LISTS_LOCK = (1, 0)


def add(
    conn: Connection,
    url: str,
    *,
    title: str = "",
    tags: Iterable[str] = (),
    site_url: str = "",
    own: Options = NOTHING_SET,
    paused: bool = False,
) -> tuple[int, bool]:
    """Create a feed, due at once unless it is to be paused. Returns its id and whether it is new. Raises Failure bad_url or blocked_scheme."""
    (added,) = add_all(conn, [Outline(url, title, site_url, tuple(tags), own, paused)])
    if isinstance(added, Failure):
        raise added
    return added.id, added.is_new


@dataclass(frozen=True, slots=True)
class Added:
    """The feed that has an address, and whether it was created for it."""

    id: int
    is_new: bool


def add_all(conn: Connection, outlines: Sequence[Outline]) -> list[Added | Failure]:
    """Create feeds, due at once unless they are to be paused; existing ones stay as they are. Returns the result of each, in order; an
    unusable address gives a Failure bad_url or blocked_scheme."""
    urls = [_parsed(outline.url) for outline in outlines]
    first: dict[bytes, tuple[Url, Outline]] = {}
    for url, outline in zip(urls, outlines, strict=True):
        if isinstance(url, Url):
            first.setdefault(url.key, (url, outline))
    host_ids = hosts.ensure(conn, {url.host for url, _ in first.values()})
    rows = [_row(url, outline, host_ids[url.host], place) for place, (url, outline) in enumerate(first.values())]
    with conn.transaction():
        # Ids follow the list, not the keys. So that two lists cannot wait for each other, one goes first.
        conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", LISTS_LOCK)
        made = conn.execute(
            """
            INSERT INTO feeds (url, url_key, host_id, title, site_url, tags, options, state, next_poll_why)
            SELECT url, decode(key, 'hex'), host, title, site, tags, options, CASE WHEN paused THEN 'paused' ELSE 'active' END,
                   CASE WHEN paused THEN 'paused by hand' ELSE 'new feed' END
            FROM jsonb_to_recordset(%s) AS n (place int, url text, key text, host bigint, title text, site text, tags text[], options jsonb, paused boolean)
            WHERE NOT EXISTS (SELECT 1 FROM feed_aliases WHERE url_key = decode(n.key, 'hex'))
            ORDER BY place
            ON CONFLICT (url_key) DO NOTHING RETURNING url_key, id, host_id
            """,
            (Jsonb(rows),),
        ).fetchall()
        if made:
            hosts.refresh(conn, [row[2] for row in made])
    new = {bytes(key): Added(number, True) for key, number, _ in made}
    known = {key: Added(number, False) for key, number in moved_feeds.all_known(conn, [key for key in first if key not in new]).items()}
    found: list[Added | Failure] = []
    for url in urls:
        if isinstance(url, Failure):
            found.append(url)
            continue
        added = new.pop(url.key, None) or known[url.key]
        known[url.key] = Added(added.id, False)  # if the list names it again
        found.append(added)
    return found


def _parsed(address: str) -> Url | Failure:
    try:
        return parse(address)
    except Failure as failure:
        return failure


def _row(url: Url, outline: Outline, host_id: int, place: int) -> dict[str, Any]:
    return {
        "place": place,
        "url": url.text,
        "key": url.key.hex(),
        "host": host_id,
        "title": outline.title,
        "site": web_link(outline.site_url),
        "tags": list(outline.tags),
        "options": options.to_json(outline.options),
        "paused": outline.paused,
    }


def add_tags(conn: Connection, feed_ids: Sequence[int], tags: Iterable[str]) -> None:
    """Add these tags to the feeds."""
    conn.execute(
        """
        UPDATE feeds SET tags = tags || ARRAY(SELECT t FROM unnest(%(tags)s::text[]) t WHERE t <> ALL (tags)), updated_at = now()
        WHERE id = ANY(%(ids)s) AND NOT tags @> %(tags)s::text[]
        """,
        {"ids": list(feed_ids), "tags": list(dict.fromkeys(tags))},
    )
