"""The entries of a feed: which are known, and how new ones become links and sightings. Part of the transaction that ends a poll."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta

from psycopg import Connection
from psycopg.types.json import Jsonb

from pipeline.feeds.formats.model import Entry
from pipeline.feeds.identity import Known, Listed, Plan, SameGuid, Seen, entry_hash, plan, unknown_guids
from pipeline.feeds.options import Options
from pipeline.normalise import file_names
from pipeline.normalise.urls import web_link
from pipeline.settings import Poll
from pipeline.store.db import clock
from pipeline.store.feeds import offsite_links
from pipeline.store.links import aliases
from pipeline.store.transitions import links as to

HABIT_DAYS = 60  # days of a feed's habit that are kept
MAX_TAGS = 50  # of one entry
MAX_FOLDED = 50  # entries of one link that are stored beside the one that stands for it

# Link l was only listed by feeds whose settings exclude it.
LEFT_OUT = "l.state = 'skipped' AND l.code = 'excluded_by_feed'"


def to_write(conn: Connection, feed_id: int, listed: Sequence[Listed], settings: Poll) -> Plan:
    """Decide what to write of the entries, which must be distinct."""
    if not listed:
        return Plan()
    seen = _seen(conn, feed_id, listed)
    guids = unknown_guids(listed, seen)
    known = Known(seen, _namesakes(conn, feed_id, guids) if guids else {}, _shared(conn, feed_id, listed))
    return offsite_links.within(conn, feed_id, plan(listed, known, settings.max_updates), settings.max_offsite_waiting)


def write(conn: Connection, feed_id: int, options: Options, site: str, planned: Plan, host_ids: dict[str, int]) -> list[tuple[int, str]]:
    """Write the plan. Returns the new links that are not excluded, as (link id, host name)."""
    new = insert_links(conn, feed_id, options, planned.new, host_ids)
    _write_sightings(conn, feed_id, site, planned.updated)
    _note_moved(conn, planned.moved)
    made = [item for item in planned.updated if options.articles == "feed" or item.url.scheme == file_names.SCHEME]
    _extract_again(conn, feed_id, made)
    offsite_links.mark_as_own(conn, planned.updated)
    return new


def insert_links(
    conn: Connection, feed_id: int, options: Options, new_items: Sequence[Listed], host_ids: dict[str, int]
) -> list[tuple[int, str]]:
    """Insert new links; those that the feed's settings exclude as skipped. Returns the others as (link id, host name)."""
    if not new_items:
        return []
    # By key: two polls that list the same new URLs insert them in the same order.
    pairs = sorted(zip(new_items, offsite_links.ranks(conn, feed_id, new_items), strict=True), key=lambda pair: pair[0].url.key)
    items, ranks = [item for item, _ in pairs], [rank for _, rank in pairs]
    names = {host_ids[item.url.host]: item.url.host for item in items}
    rows = conn.execute(
        f"""
        INSERT INTO links AS l (url, url_key, host_id, feed_id, priority, offsite_rank, from_feed, state, stage, code, detail)
        SELECT url, key, host_id, %(feed)s, %(priority)s, offsite_rank, from_feed,
               {to.LISTED_STATE}, {to.LISTED_STAGE}, CASE WHEN excluded <> '' THEN 'excluded_by_feed' ELSE '' END, excluded
        FROM unnest(%(urls)s::text[], %(keys)s::bytea[], %(hosts)s::bigint[], %(ranks)s::integer[], %(from_feed)s::boolean[], %(excluded)s::text[])
             AS n (url, key, host_id, offsite_rank, from_feed, excluded)
        ON CONFLICT (url_key) DO UPDATE SET feed_id = excluded.feed_id, priority = excluded.priority, offsite_rank = excluded.offsite_rank, from_feed = excluded.from_feed,
            {to.LIST_AGAIN.sets}
            WHERE {LEFT_OUT} AND excluded.state <> 'skipped'
        RETURNING id, host_id, state
        """,
        {
            "feed": feed_id,
            "priority": options.priority,
            # An article made from the feed's own text waits for no page, and an entry without a link has none. If the feed does not speak
            # for the page, the page is fetched whatever the feed's settings say.
            "from_feed": [item.trusted and (options.articles == "feed" or item.url.scheme == file_names.SCHEME) for item in items],
            "urls": [item.url.text for item in items],
            "keys": [item.url.key for item in items],
            "hosts": [host_ids[item.url.host] for item in items],
            "ranks": ranks,
            "excluded": [item.excluded for item in items],
        },
    ).fetchall()
    return [(link_id, names[host_id]) for link_id, host_id, state in rows if state != "skipped"]


def _write_sightings(conn: Connection, feed_id: int, site: str, told: Sequence[Listed]) -> None:
    """Store what the feed, whose address is on `site`, says of its entries. A changed entry replaces the earlier one and is counted; what
    the feed said while it was on another site is replaced too."""
    if not told:
        return
    with conn.cursor() as cur:
        cur.executemany(
            """
            INSERT INTO sightings (feed_id, link_id, guid, title, authors, published_at, summary, content, tags, modified_at, image_url, entry_hash, site,
                                   url, page_key, folded)
            SELECT %s, id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM links WHERE url_key = %s
            ON CONFLICT (feed_id, link_id) DO UPDATE SET
                guid = excluded.guid, title = excluded.title, authors = excluded.authors, summary = excluded.summary,
                tags = excluded.tags, modified_at = excluded.modified_at, image_url = excluded.image_url,
                published_at = CASE WHEN sightings.site IN ('', excluded.site) THEN coalesce(sightings.published_at, excluded.published_at)
                                    ELSE excluded.published_at END,
                content = CASE WHEN excluded.content = '' AND sightings.site IN ('', excluded.site) THEN sightings.content
                               ELSE excluded.content END,
                site = excluded.site, url = excluded.url, page_key = excluded.page_key, folded = excluded.folded,
                entry_hash = excluded.entry_hash, updates = sightings.updates + (sightings.entry_hash IS NOT NULL)::int, updated_at = now()
            """,
            [
                (
                    feed_id,
                    e.guid,
                    e.title,
                    list(e.authors),
                    e.published or e.updated,
                    e.summary,
                    e.content,
                    list(e.tags[:MAX_TAGS]),
                    e.updated,
                    web_link(_image(e)),
                    entry_hash(item),
                    site,
                    item.address if item.page else "",
                    item.page.key if item.page else None,
                    Jsonb([{"guid": one.entry.guid, "title": one.entry.title, "why": one.why} for one in item.folded[:MAX_FOLDED]]),
                    item.url.key,
                )
                for item in told
                for e in (item.entry,)
            ],
        )


def _extract_again(conn: Connection, feed_id: int, told: Sequence[Listed]) -> None:
    """Rebuild articles made from a feed's text out of its new text; their earlier text goes to `revisions`. Links are locked by key, as
    everywhere."""
    if not told:
        return
    conn.execute(
        f"""
        UPDATE links SET {to.EXTRACT_AGAIN.sets}
        FROM (SELECT l.id FROM links l JOIN sightings s ON s.link_id = l.id AND s.feed_id = %s
              WHERE l.url_key = ANY(%s) AND l.from_feed AND l.state = 'stored' AND s.updated_at = now()
              ORDER BY l.url_key FOR UPDATE OF l) old
        WHERE links.id = old.id
        """,
        (feed_id, [item.url.key for item in told]),
    )


def _image(entry: Entry) -> str:
    return next((file.url for file in entry.enclosures if file.type.startswith("image/")), "")


def _note_moved(conn: Connection, moved: Iterable[tuple[Listed, int]]) -> None:
    """Store the new addresses of known entries."""
    for item, link_id in sorted(moved, key=lambda pair: pair[0].url.key):
        aliases.note(conn, link_id, [(item.url.text, "found")])


def count(conn: Connection, feed_id: int, new_items: Sequence[Listed], *, first: bool) -> None:
    """Count the feed's new entries by day, which make its habit. A first poll brings the entries of many days, which are told apart by
    their dates."""
    today = clock.now(conn).astimezone(UTC).date()
    earliest = today - timedelta(days=HABIT_DAYS)
    if first:
        dates = [item.entry.published.astimezone(UTC).date() for item in new_items if item.entry.published]
        days = Counter(day for day in dates if earliest < day <= today)
    else:
        days = Counter({today: len(new_items)})
    if not +days:
        return
    conn.execute(
        """
        INSERT INTO feed_days AS d (feed_id, day, entries) SELECT %s, day, n FROM unnest(%s::date[], %s::integer[]) AS u (day, n)
        ON CONFLICT (feed_id, day) DO UPDATE SET entries = d.entries + excluded.entries
        """,
        (feed_id, list(days), list(days.values())),
    )
    conn.execute("DELETE FROM feed_days WHERE feed_id = %s AND day < %s", (feed_id, earliest))


def _seen(conn: Connection, feed_id: int, listed: Sequence[Listed]) -> dict[bytes, Seen]:
    """The known links by key. A link that another feed's settings excluded does not count as known if this feed wants it."""
    keys, wanted = _keys(listed), _keys(item for item in listed if not item.excluded)
    rows = conn.execute(
        f"""
        SELECT l.url_key, l.id, s.entry_hash, coalesce(s.updates, 0), coalesce(s.guid, '')
        FROM links l LEFT JOIN sightings s ON s.feed_id = %s AND s.link_id = l.id
        WHERE l.url_key = ANY(%b) AND NOT (l.url_key = ANY(%b) AND {LEFT_OUT})
        """,
        (feed_id, keys, wanted),
        binary=True,
    )
    return {
        bytes(key): Seen(link_id, bytes(known_hash) if known_hash is not None else None, updates, guid)
        for key, link_id, known_hash, updates, guid in rows
    }


def _keys(listed: Iterable[Listed]) -> list[bytes]:
    """The keys under which the entries may be known."""
    return [url.key for item in listed for url in {item.url, item.page, item.name} if url]


def _shared(conn: Connection, feed_id: int, listed: Sequence[Listed]) -> frozenset[bytes]:
    """The keys of links that several entries of this feed have shared."""
    pages = [(item.page or item.url).key for item in listed if item.name]
    rows = conn.execute("SELECT DISTINCT page_key FROM sightings WHERE feed_id = %s AND page_key = ANY(%b)", (feed_id, pages))
    return frozenset(bytes(key) for (key,) in rows)


def _namesakes(conn: Connection, feed_id: int, guids: list[str]) -> dict[str, SameGuid]:
    """By guid, the link that this feed has listed under it. A guid that it gave to several links identifies nothing. An excluded link is
    left out: the feed's settings may want it now."""
    rows = conn.execute(
        f"""
        SELECT s.guid, min(s.link_id), min(s.title), bool_or(l.state = 'failed')
        FROM sightings s JOIN links l ON l.id = s.link_id
        WHERE s.feed_id = %s AND left(s.guid, 200) = ANY(%s) AND s.guid = ANY(%s) AND s.guid <> '' AND NOT ({LEFT_OUT})
        GROUP BY s.guid HAVING count(*) = 1
        """,
        (feed_id, [guid[:200] for guid in guids], guids),
    )
    return {guid: SameGuid(link_id, title, failed) for guid, link_id, title, failed in rows}
