"""What a feed says, in the same form for every format."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a document was fetched. Relative links are resolved against `url`; no date is later than `now` (UTC). Parsing stops
    when time.monotonic() passes `ends`. `language` is declared by the feed and helps to read its dates."""

    url: str
    now: datetime
    ends: float = math.inf
    language: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry, such as a photo or a podcast's audio."""

    url: str  # absolute
    type: str = ""  # media type, e.g. image/jpeg
    length: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as its feed announces it. Everything is the feed's own claim: cleaned, but not judged. Empty where the feed says nothing."""

    guid: str  # opaque, compared exactly, never fetched
    url: str  # absolute, as found; not checked
    title: str  # plain text
    published: datetime | None  # UTC; a date in the future becomes the time of reading
    updated: datetime | None  # likewise
    summary: str  # HTML or text
    content: str  # full text as HTML, if the feed has it
    authors: tuple[str, ...]
    tags: tuple[str, ...]  # categories and keywords
    original_url: str = ""  # feedburner:origLink or similar: the article's own address, if `url` is a redirector's
    guid_is_url: bool = False  # the format says that the guid is a permalink, and it is a web address
    published_raw: str = ""  # the date as written, even if it is unreadable or in the future
    date_source: str = ""  # the element that `published` was read from, e.g. pubdate or dc:date
    zone_assumed: bool = False  # `published` names no zone, so UTC was assumed
    language: str = ""  # as declared, if it differs from the feed's or the feed declares none
    enclosures: tuple[Enclosure, ...] = ()
    in_reply_to: str = ""  # RFC 4685: the guid, or else the address, of the entry that this one answers
    expires: datetime | None = None  # UTC, may be in the future


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap that a sitemap index lists."""

    url: str  # absolute
    changed: datetime | None  # its lastmod in UTC, if the index gives one


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed document."""

    kind: str  # rss, atom, rdf, json or sitemap
    title: str
    site_url: str  # absolute
    language: str  # as declared, e.g. en-GB
    ttl_s: int | None  # <ttl>: seconds for which the feed asks not to be polled again
    entries: tuple[Entry, ...]  # in the order of the document
    problems: tuple[str, ...] = ()  # sentences: repairs made, entries cut
    partial: bool = False  # more exists than was read: its validators must not be kept, or a 304 would hide the rest
    update_s: int | None = None  # sy:updatePeriod / sy:updateFrequency, in seconds between two polls
    skip_hours: frozenset[int] = frozenset()  # 0–23, GMT: hours in which not to poll
    skip_days: frozenset[int] = frozenset()  # 0 is Monday, as in datetime.weekday()
    self_url: str = ""  # the feed's address as it states it, which is WebSub's topic
    hubs: tuple[str, ...] = ()  # WebSub hubs
    next_url: str = ""  # the next page: RFC 5005, section 3, or JSON Feed's next_url
    prev_archive_url: str = ""  # RFC 5005, section 4: the archive before this document
    moved_to: str = ""  # itunes:new-feed-url or a <redirect>: a hint, not to be adopted unchecked
    ended: bool = False  # JSON Feed's `expired`: it will not be updated again
    image_url: str = ""
    sitemaps: tuple[Sitemap, ...] = ()  # of a sitemap index: its sitemaps, those for news first, then the newest; limited
