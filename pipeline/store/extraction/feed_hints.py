"""What the feeds of a link, or else the list that it came from, say of its article. `pipeline.feeds.trust` decides which may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import Connection, Cursor

from pipeline.extract.model import Hints
from pipeline.feeds.trust import Sighting, feed_trust, trust_ground, trusted_sighting
from pipeline.jobs import FeedHints, UntrustedFeed
from pipeline.normalise.file_names import address
from pipeline.outcomes import Failure
from pipeline.store.feeds import announcements
from pipeline.store.links import given_hints

MAX_HEARD = 3  # feeds whose texts are read at once


def ask(conn: Connection, link_id: int) -> Cursor[Any]:
    """Ask which feeds listed the link and what they say of it, those with most text first; `from_feeds` reads the answer. Texts are read for the
    first few only, because many feeds may list a page."""
    return conn.execute(
        f"""
        SELECT s.feed_id, f.url, s.site, coalesce((f.options->>'trusted')::boolean, false), {announcements.BY.format(feed="f.id")},
               f.url_key || ARRAY(SELECT url_key FROM feed_aliases WHERE feed_id = f.id),
               s.title, s.published_at, s.authors, coalesce(f.options->>'language', ''), s.tags, s.modified_at, s.image_url, s.url,
               CASE WHEN s.rank <= {MAX_HEARD} THEN s.summary END, CASE WHEN s.rank <= {MAX_HEARD} THEN s.content END
        FROM (SELECT *, row_number() OVER (ORDER BY octet_length(content) DESC, seen_at) AS rank FROM sightings WHERE link_id = %s) s
        JOIN feeds f ON f.id = s.feed_id ORDER BY s.rank
        """,
        (link_id,),
    )


def from_feeds(conn: Connection, link_id: int, answer: Cursor[Any], page_url: str, *, only: bool) -> FeedHints:
    """The valid statements of the feeds about the page. With `only` there is no page, and the article is made of them."""
    rows = answer.fetchall()
    if not rows:
        return FeedHints(_given(conn, link_id, Hints(only=only)))
    hints_of = {row[0]: _hints(row, only=only) for row in rows}
    sightings = [_sighting(row) for row in rows]
    nothing = Hints(only=only, language=hints_of[rows[0][0]].language)  # a setting of ours, not the feed's word
    try:
        page = address(page_url)
    except Failure:
        return FeedHints(nothing)
    untrusted_feeds = tuple(
        UntrustedFeed(one.feed_id, one.keys, hints_of[one.feed_id] if place < MAX_HEARD else None)
        for place, one in enumerate(sightings)
        if trust_ground(one.feed_trust, page) in ("announced", "")
    )
    speaks = trusted_sighting(sightings, page)
    if speaks is None:
        return FeedHints(_given(conn, link_id, nothing), untrusted_feeds=untrusted_feeds)
    hints = hints_of[speaks.feed_id]
    return FeedHints(hints if speaks in sightings[:MAX_HEARD] else _with_texts(conn, link_id, speaks.feed_id, hints), True, untrusted_feeds)


def _given(conn: Connection, link_id: int, hints: Hints) -> Hints:
    """Add what an operator's list says about the article, if no feed's hints may be used."""
    given = None if hints.only else given_hints.of_link(conn, link_id)
    if given is None:
        return hints
    return replace(hints, title=given.title, published=given.published, site_name=given.source, source="list")


def _sighting(row: Sequence[Any]) -> Sighting:
    feed_id, url, site, trusted, announced_by, keys, *_ = row
    now = feed_trust(url, announced_by, trusted=trusted)
    # The site that the feed had when it said this: after a move to another site, its earlier words are not that site's.
    return Sighting(feed_id, url, replace(now, site=site) if site else now, frozenset(map(bytes, keys)))


def _hints(row: Sequence[Any], *, only: bool) -> Hints:
    title, published, authors, language, tags, modified, image_url, link, summary, content = row[6:]
    texts = (summary or "", content or "")
    return Hints(title, published, *texts, tuple(authors), only, language, tuple(tags), modified, image_url, f"feed {row[1]}", link)


def _with_texts(conn: Connection, link_id: int, feed_id: int, hints: Hints) -> Hints:
    """Add the texts of a feed that is not among the first few."""
    row = conn.execute("SELECT summary, content FROM sightings WHERE link_id = %s AND feed_id = %s", (link_id, feed_id)).fetchone()
    return replace(hints, summary=row[0], content=row[1]) if row else hints
