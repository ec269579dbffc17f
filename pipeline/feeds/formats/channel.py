"""Read what RSS and Atom have in common, in their own elements and in shared extensions: when to poll, related documents, attached files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice

from lxml import etree

from pipeline.feeds.formats.addresses import absolute, items_base
from pipeline.feeds.formats.model import Enclosure, Feed
from pipeline.feeds.formats.xml import RDF_RESOURCE, Children, first_text, text_of

MAX_ENCLOSURES = 20
MAX_RELATIONS = 200  # characters of a rel attribute

_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_DAYS = {day: n for n, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
_HOURS = {text: n % 24 for n in range(25) for text in (str(n), f"{n:02}")}  # 24 is midnight too
_LENGTH = re.compile(r"[0-9]{1,15}")
_FREQUENCY = re.compile(r"\d{1,4}(?:\.\d{1,4})?|\.\d{1,4}")


def with_hints(feed: Feed, found: Children, url: str) -> Feed:
    """Add to the feed what its <channel> or <feed> says about polling and related documents. `found` are that element's children."""
    links = {rel: absolute(href, element, url) for rel, href, element in _links(found)}
    return replace(
        feed,
        update_s=_update_s(found),
        skip_hours=_skipped(found, "skiphours", _HOURS),
        skip_days=_skipped(found, "skipdays", _DAYS),
        self_url=links.get("self", ""),
        hubs=tuple(dict.fromkeys(absolute(href, element, url) for rel, href, element in _links(found) if rel == "hub"))[:5],
        next_url=links.get("next", ""),
        prev_archive_url=links.get("prev-archive", ""),
        moved_to=absolute(first_text(found, "itunes:new-feed-url", "redirect", "newlocation"), None, url),
        image_url=_image(found, items_base(feed.site_url, url)),
    )


def ttl_s(text: str) -> int | None:
    """Convert RSS' minutes to seconds; None if the value is invalid."""
    return int(text) * 60 or None if re.fullmatch(r"[0-9]{1,6}", text) else None


def update_s(period: str | None, frequency: str | None) -> int | None:
    """Seconds between updates by the syndication module: so many updates in a period, by default one a day. None if absent or invalid."""
    if period is None and frequency is None:
        return None
    seconds, times = _PERIODS_S.get((period or "daily").strip().lower()), (frequency or "1").strip()
    if seconds is None or not _FREQUENCY.fullmatch(times) or not float(times):
        return None
    return int(seconds / float(times)) or None


def enclosures(files: Collection[tuple[str, str, str]], element: etree._Element | None, url: str) -> tuple[Enclosure, ...]:
    """The first few files, each address once. `files` are (address, type, length in bytes as text)."""
    if not files:
        return ()
    found: dict[str, Enclosure] = {}
    for href, kind, length in files:
        if len(found) == MAX_ENCLOSURES:
            break
        if (address := absolute(href, element, url)) and address not in found:
            found[address] = Enclosure(address, kind.strip()[:100], int(length) if length and _LENGTH.fullmatch(length) else None)
    return tuple(found.values())


def media_files(found: Children) -> list[tuple[str, str, str]]:
    """Address, type and length of each <media:content> of an entry, inside groups or outside."""
    listed = found.get("media:content", [])
    for group in found.get("media:group", ()):
        listed = [*listed, *group.iterchildren("{http://search.yahoo.com/mrss/}content", "{http://search.yahoo.com/mrss}content")]
    return [(e.get("url", ""), e.get("type", "") or e.get("medium", ""), e.get("fileSize", "")) for e in listed]


def in_reply_to(found: Children) -> str:
    """The id of the entry that this one answers, else its address (RFC 4685, section 3)."""
    return next((ref for element in found.get("thr:in-reply-to", ()) if (ref := element.get("ref") or element.get("href") or "")), "")


def _links(found: Children) -> Iterator[tuple[str, str, etree._Element]]:
    """Relation, address and element of each link. Later links come first, so that a dict keeps the first link of a relation."""
    for element in reversed([*found.get("link", ()), *found.get("atom:link", ())]):
        if href := element.get("href", "").strip():
            for rel in element.get("rel", "")[:MAX_RELATIONS].lower().split():
                yield rel.removeprefix("http://www.iana.org/assignments/relation/"), href, element


def _update_s(found: Children) -> int | None:
    names = ("sy:updateperiod", "sy:updatefrequency")
    return update_s(*(first_text(found, name) if name in found else None for name in names))


def _skipped(found: Children, name: str, numbers: dict[str, int]) -> frozenset[int]:
    texts = (text_of(child).lower() for element in found.get(name, ())[:1] for child in islice(element, 40))
    return frozenset(numbers[text] for text in texts if text in numbers)


def _image(found: Children, url: str) -> str:
    for element in found.get("image", ()):
        for child in element.iterchildren("{*}url"):
            if address := text_of(child):
                return absolute(address, child, url)
        if address := element.get(RDF_RESOURCE, ""):
            return absolute(address, element, url)
    for element in found.get("itunes:image", ()):
        return absolute(element.get("href", ""), element, url)
    return absolute(first_text(found, "logo", "icon"), None, url)
