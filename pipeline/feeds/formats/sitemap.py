"""Read sitemaps as feeds: https://www.sitemaps.org/protocol.html, with Google's news extension if present."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from pipeline.feeds.formats.addresses import absolute, web_address
from pipeline.feeds.formats.entry_dates import read_date
from pipeline.feeds.formats.model import Entry, Feed, Origin, Sitemap
from pipeline.feeds.formats.xml import MAX_ENTRIES, Children, Names, children, first_text, named, plain_title, texts_of_each, unique
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure, describe

MAX_SITEMAPS = 100  # sitemaps that an index may name; sites have one a month or a section
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def read(root: etree._Element, names: Names, origin: Origin) -> Feed:
    """Read the pages in a <urlset>. A news sitemap also gives title, time and language."""
    rows = [children(element, names) for element in named(root, names, "url", origin)]
    if not rows and next(named(root, names, "sitemap", origin), None) is not None:  # an index under the wrong name
        return read_index(root, names, origin)
    news = [children(row["news:news"][0], names) if "news:news" in row else {} for row in rows]
    publication = next((children(story["news:publication"][0], names) for story in news if "news:publication" in story), {})
    return Feed(
        kind="sitemap",
        title=plain_title(first_text(publication, "news:name")),
        site_url=absolute("/", None, origin.url),
        language=first_text(publication, "news:language"),
        ttl_s=None,
        entries=tuple(_entry(row, story, names, origin) for row, story in zip(rows, news, strict=True)),
    )


def is_text(head: str, url: str) -> bool:
    """Whether a text with this start is a plain-text sitemap, one address a line (https://www.sitemaps.org/protocol.html#otherformats)."""
    *lines, last = head.split("\n")
    addresses = [stripped for line in (lines or [last]) if (stripped := line.strip()) and not stripped.startswith("#")]
    return bool(addresses) and all(map(web_address, addresses)) and _is_own(addresses[0], url)


def read_text(text: str, origin: Origin) -> Feed:
    """Read the pages in a plain-text sitemap."""
    lines = islice((line for line in text.splitlines() if web_address(line.strip("\ufeff\x00 \t"))), MAX_ENTRIES)
    addresses = dict.fromkeys(absolute(line.strip("\ufeff\x00 \t"), None, origin.url) for line in lines)
    return replace(_nameless(origin), entries=tuple(_page(address) for address in addresses if address))


def read_index(root: etree._Element, names: Names, origin: Origin) -> Feed:
    """Read the sitemaps that a <sitemapindex> lists: those of the same site on any of its hosts, news first, then the newest, at most
    MAX_SITEMAPS. `gathered` reads their pages.

    The protocol wants them on the same host unless robots.txt says otherwise, but publishers do use separate hosts.
    """
    listed: dict[str, Sitemap] = {}
    foreign: list[str] = []
    for element in named(root, names, "sitemap", origin):
        row = children(element, names)
        address = absolute(first_text(row, "loc"), None, origin.url)
        if not address or address == origin.url:
            continue
        if _is_own(address, origin.url):
            listed.setdefault(address, Sitemap(address, read_date(texts_of_each(row, ("lastmod",)), origin.now).at))
        else:
            foreign.append(address)
    newest = sorted(listed.values(), key=lambda sitemap: ("news" in sitemap.url.lower(), sitemap.changed or _LONG_AGO), reverse=True)
    cut = len(newest) - MAX_SITEMAPS
    return replace(
        _nameless(origin),
        problems=(*_left_out(foreign), *((f"{cut} of the {len(newest)} sitemaps in the index were left out.",) if cut > 0 else ())),
        partial=bool(newest),  # until they have been read
        sitemaps=tuple(newest[:MAX_SITEMAPS]),
    )


def _nameless(origin: Origin) -> Feed:
    """An empty feed: a sitemap says nothing about itself."""
    return Feed("sitemap", title="", site_url=absolute("/", None, origin.url), language="", ttl_s=None, entries=())


def gathered(index: Feed, read: Callable[[str], Feed | None], *, since: datetime | None, most: int, max_entries: int) -> Feed:
    """Combine the pages of an index's sitemaps into one feed: the first `most` that changed after `since` (None: all), or do not say when
    they changed.

    `read` fetches and parses an address. If it raises Failure, that sitemap is left out; a refusal ends the whole feed. If it returns
    None, there is no time for more. An index inside an index is followed and counted like a sitemap. The feed is partial if a sitemap
    was not read or does not say when it changed, because the index may then stay the same while the sitemap changes.
    """
    waiting, seen = [sitemap for sitemap in index.sitemaps if _may_be_new(sitemap, since)], set[str]()
    entries: dict[str, Entry] = {}
    problems = list(index.problems)
    first: Feed | None = None
    partial = False
    while waiting and len(seen) < most and len(entries) < max_entries:
        sitemap = waiting.pop(0)
        if sitemap.url in seen:
            continue
        seen.add(sitemap.url)
        try:
            feed = read(sitemap.url)
        except Failure as failure:
            if describe(failure.code).slower:  # the host asks for fewer requests
                raise
            problems.append(f"{sitemap.url}: {failure.detail}")
            partial = True
            continue
        if feed is None:
            waiting.append(sitemap)
            seen.remove(sitemap.url)
            partial = True
            break
        partial = partial or sitemap.changed is None
        first = first or (feed if feed.entries else None)
        problems += feed.problems
        waiting[:0] = [further for further in feed.sitemaps if _may_be_new(further, since)]
        for entry in feed.entries:
            entries.setdefault(entry.url, entry)
    if left := len({sitemap.url for sitemap in waiting} - seen):
        problems.append(f"{left} more sitemaps of the index were not read.")
    named_by = first or index
    kept = tuple(entries.values())[:max_entries]
    return replace(
        index, title=named_by.title, language=named_by.language, entries=kept, problems=tuple(problems), partial=partial, sitemaps=()
    )


def _may_be_new(sitemap: Sitemap, since: datetime | None) -> bool:
    return since is None or sitemap.changed is None or sitemap.changed >= since


def _left_out(foreign: list[str]) -> list[str]:
    if not foreign:
        return []
    others = "" if len(foreign) == 1 else f" and {len(foreign) - 1} more of the index"
    return [f"The sitemap {foreign[0][:100]}{others} was not read, because it belongs to another site; add it as a separate feed."]


def _is_own(address: str, url: str) -> bool:
    try:
        one, other = parse(address), parse(url)
    except Failure:
        return False
    return same_site(one.host, other.host)


def _page(address: str) -> Entry:
    return Entry(guid="", url=address, title="", published=None, updated=None, summary="", content="", authors=(), tags=())


def _entry(row: Children, story: Children, names: Names, origin: Origin) -> Entry:
    published = read_date(texts_of_each(story, ("news:publication_date",)), origin.now)
    publication = children(story["news:publication"][0], names) if "news:publication" in story else {}
    return Entry(
        guid="",
        url=absolute(first_text(row, "loc"), None, origin.url),
        title=plain_title(first_text(story, "news:title")),
        published=published.at,
        updated=read_date(texts_of_each(row, ("lastmod",)), origin.now).at,
        summary="",
        content="",
        authors=(),
        tags=unique(first_text(story, "news:keywords").split(",")),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=first_text(publication, "news:language"),
    )
