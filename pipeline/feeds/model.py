"""What a feed says, whatever format it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as its feed announces it. Everything is the feed's own claim, cleaned but not judged; '' where it says nothing."""

    guid: str  # opaque, compared exactly, never fetched
    url: str  # absolute, as found; not checked
    title: str  # plain text
    published: datetime | None
    updated: datetime | None
    summary: str  # HTML or text
    content: str  # full text as HTML, where the feed has it
    authors: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed document that was read."""

    kind: str  # rss, atom, rdf, json or sitemap
    title: str
    site_url: str  # absolute
    language: str  # as declared, e.g. en-GB
    ttl_s: int | None  # seconds for which the feed itself asks not to be polled again
    entries: tuple[Entry, ...]  # in the order of the document
    notes: tuple[str, ...]  # sentences: repairs made, entries cut
