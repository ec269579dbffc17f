"""What the feeds of a link may say of its article. Which of them may is decided in `pipeline.feeds.trust`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection, Cursor

from pipeline.extract.model import Hints
from pipeline.feeds.trust import Sighting, spokesman, voice, vouches
from pipeline.normalise.files import address
from pipeline.outcomes import Failure
from pipeline.store import announcements

MAX_HEARD = 3  # feeds whose words are read in case that the page announces them


@dataclass(frozen=True, slots=True)
class Stranger:
    """A feed of another site that has listed the page; `keys` are those of its addresses. `hints`: what it says, where that was read; it counts
    only if the page announces the feed."""

    feed_id: int
    keys: frozenset[bytes]
    hints: Hints | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the feeds of a link say of its article: the `hints` of one that may speak for it, where there is one, and the feeds of other sites."""

    hints: Hints = Hints()  # noqa: RUF009 (frozen)
    vouched: bool = False
    strangers: tuple[Stranger, ...] = ()


def ask(conn: Connection, link_id: int) -> Cursor[Any]:
    """Ask which feeds have listed the link, those that say most of it first; `told` reads the answer."""
    return conn.execute(
        f"""
        SELECT s.feed_id, f.url, s.site, coalesce((f.options->>'trusted')::boolean, false), {announcements.BY.format(feed="f.id")},
               f.url_key || ARRAY(SELECT url_key FROM feed_aliases WHERE feed_id = f.id), coalesce(f.options->>'language', '')
        FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = %s
        ORDER BY octet_length(s.content) DESC, s.seen_at
        """,
        (link_id,),
    )


def told(conn: Connection, link_id: int, answer: Cursor[Any], page_url: str, *, only: bool) -> Told:
    """What counts of what the feeds say of the page; with `only` there is no page, and the article is made of this."""
    rows = answer.fetchall()
    if not rows:
        return Told(Hints(only=only))
    sightings = [_sighting(row) for row in rows]
    nothing = Hints(only=only, language=rows[0][-1])  # a setting of ours, not the feed's word
    try:
        page = address(page_url)
    except Failure:
        return Told(nothing)
    speaks = spokesman(sightings, page)
    others = [sighting for sighting in sightings if vouches(sighting.voice, page) in ("announced", "")]
    said = _said(conn, link_id, [speaks.feed_id] if speaks else [other.feed_id for other in others[:MAX_HEARD]], only=only)
    strangers = tuple(Stranger(one.feed_id, one.keys, said.get(one.feed_id)) for one in others)
    return Told(said.get(speaks.feed_id, nothing) if speaks else nothing, speaks is not None, strangers)


def _sighting(row: Sequence[Any]) -> Sighting:
    feed_id, url, site, trusted, announced_by, keys, _ = row
    now = voice(url, announced_by, trusted=trusted)
    # The site that it had when it said this: what a feed said before it moved to another site is not that site's word.
    return Sighting(feed_id, url, replace(now, site=site) if site else now, frozenset(map(bytes, keys)))


def _said(conn: Connection, link_id: int, feed_ids: list[int], *, only: bool) -> dict[int, Hints]:
    rows = conn.execute(
        """
        SELECT s.feed_id, f.url, s.title, s.published_at, s.summary, s.content, s.authors, coalesce(f.options->>'language', ''), s.tags,
               s.modified_at, s.image_url, s.url
        FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = %s AND s.feed_id = ANY(%s)
        """,
        (link_id, feed_ids),
    )
    return {
        feed_id: Hints(
            title, published, summary, content, tuple(authors), only, language, tuple(tags), modified, image_url, f"feed {url}", address
        )
        for feed_id, url, title, published, summary, content, authors, language, tags, modified, image_url, address in rows
    }
