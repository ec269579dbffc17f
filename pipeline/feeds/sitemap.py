"""Sitemaps as feeds: https://www.sitemaps.org/protocol.html, with Google's news extension where it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from pipeline.feeds.dates import read_date
from pipeline.feeds.model import Entry, Feed, Origin
from pipeline.feeds.xml import Children, Name, absolute, children, first_text, named, plain_title, texts_of_each, unique
from pipeline.outcomes import Failure

MAX_SITEMAPS = 100  # of an index that are named; sites keep one a month or a section
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def read(root: etree._Element, name: Name, origin: Origin) -> Feed:
    """The pages under a <urlset>, of which a news sitemap also tells title, time and language."""
    rows = [children(element, name) for element in named(root, name, "url", origin)]
    news = [children(row["news:news"][0], name) if "news:news" in row else {} for row in rows]
    publication = next((children(story["news:publication"][0], name) for story in news if "news:publication" in story), {})
    return Feed(
        kind="sitemap",
        title=plain_title(first_text(publication, "news:name")),
        site_url=absolute("/", None, origin.url),
        language=first_text(publication, "news:language"),
        ttl_s=None,
        entries=tuple(_entry(row, story, name, origin) for row, story in zip(rows, news, strict=True)),
    )


def read_index(root: etree._Element, name: Name, origin: Origin) -> Feed:
    """The sitemaps that a <sitemapindex> lists, as `sitemaps`: those of the same host (as the protocol rules), news before others, the newest
    first, at most MAX_SITEMAPS. `gathered` reads them."""
    dated: dict[str, datetime] = {}
    for element in named(root, name, "sitemap", origin):
        row = children(element, name)
        address = absolute(first_text(row, "loc"), None, origin.url)
        if _host(address) == _host(origin.url) and address != origin.url:
            dated.setdefault(address, read_date(texts_of_each(row, ("lastmod",)), origin.now).at or _LONG_AGO)
    newest = sorted(dated, key=lambda address: ("news" in address.lower(), dated[address]), reverse=True)
    cut = len(newest) - MAX_SITEMAPS
    return Feed(
        kind="sitemap",
        title="",
        site_url=absolute("/", None, origin.url),
        language="",
        ttl_s=None,
        entries=(),
        problems=(f"{cut} of the {len(newest)} sitemaps in the index were left out.",) if cut > 0 else (),
        sitemaps=tuple(newest[:MAX_SITEMAPS]),
    )


def gathered(index: Feed, read: Callable[[str], Feed], *, most: int = 5, max_entries: int = 2000) -> Feed:
    """The pages of the first `most` sitemaps of an index as one feed. `read` fetches and parses an address; its Failure leaves out that one.

    An index inside an index is followed like any other, and counts. Reading stops when `max_entries` pages are in.
    """
    waiting, seen = list(index.sitemaps), set[str]()
    entries: dict[str, Entry] = {}
    problems = list(index.problems)
    first: Feed | None = None
    while waiting and len(seen) < most and len(entries) < max_entries:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            feed = read(address)
        except Failure as failure:
            problems.append(f"{address}: {failure.detail}")
            continue
        first = first or (feed if feed.entries else None)
        problems += feed.problems
        waiting[:0] = feed.sitemaps
        for entry in feed.entries:
            entries.setdefault(entry.url, entry)
    if left := sum(address not in seen for address in waiting):
        problems.append(f"{left} more sitemaps of the index were not read.")
    named_by = first or index
    kept = tuple(entries.values())[:max_entries]
    return replace(index, title=named_by.title, language=named_by.language, entries=kept, problems=tuple(problems), sitemaps=())


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _entry(row: Children, story: Children, name: Name, origin: Origin) -> Entry:
    published = read_date(texts_of_each(story, ("news:publication_date",)), origin.now)
    publication = children(story["news:publication"][0], name) if "news:publication" in story else {}
    return Entry(
        guid="",
        url=absolute(first_text(row, "loc"), None, origin.url),
        title=plain_title(first_text(story, "news:title")),
        published=published.at,
        updated=read_date(texts_of_each(row, ("lastmod",)), origin.now).at,
        summary="",
        content="",
        authors=(),
        tags=unique(iter(first_text(story, "news:keywords").split(","))),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=first_text(publication, "news:language"),
    )
