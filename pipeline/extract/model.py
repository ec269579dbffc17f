"""What goes into the extraction of an article and what comes out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from pipeline.extract.html.markdown import document
from pipeline.extract.html.model import Block, plain
from pipeline.normalise.canonical import Claims

EXTRACTOR = f"newsmill-2/trafilatura-{version('trafilatura')}"  # what made an article: another one may make another of the same page


@dataclass(frozen=True, slots=True)
class Hints:
    """What the feed said of the article. `content` is its full text in HTML, where the feed carries one. `only`: the article is to be
    made from this, and no page was fetched. `language` is what the feed's settings say of its articles, where nothing else tells. `source`
    names the feed, for what is taken from it; it is `list` where a list of addresses said this. `address`: the link of the entry, where the article is known by another name."""

    title: str = ""
    published: datetime | None = None
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    only: bool = False
    language: str = ""
    tags: tuple[str, ...] = ()
    modified: datetime | None = None
    image_url: str = ""
    source: str = "feed"
    address: str = ""
    site_name: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a publisher says of archiving, indexing or mining, verbatim; `source` is header:NAME, meta, link or tdmrep.json."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block that was taken out because it is the site's (`pipeline.extract.text.site_boilerplate`), and its place among all blocks, from 0."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article. Texts are cleaned for Postgres, times are UTC, URLs are absolute http(s) or empty.

    The offsets are minutes from UTC to the publisher's clock, None where nothing tells. The precisions are time, zone_assumed or day (`date_precision.Published`), '' where there is no time. `access` is free, metered or paid by the
    page's account, '' where it says nothing. `original_publisher`, `original_url`: where a syndicated text was first. Sizes are in pixels.
    """

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    blocks: tuple[Block, ...]
    language: str | None
    site_name: str
    canonical_url: str
    image_url: str
    tags: tuple[str, ...]
    summary: str
    word_count: int
    content_hash: bytes
    sources: dict[str, str]
    flags: tuple[str, ...]
    reservations: tuple[Reservation, ...] = ()
    canonical_claims: Claims = Claims()  # noqa: RUF009 (frozen)
    dropped: tuple[Dropped, ...] = ()
    published_precision: str = ""
    published_offset_min: int | None = None
    modified_offset_min: int | None = None
    modified_precision: str = ""
    section: str = ""
    agencies: tuple[str, ...] = ()
    original_publisher: str = ""
    original_url: str = ""
    licence: str = ""
    access: str = ""
    image_width: int | None = None
    image_height: int | None = None

    @property
    def text(self) -> str:
        """The blocks as plain text, one a line."""
        return plain(self.blocks)

    @property
    def markdown(self) -> str:
        """The blocks as one Markdown document."""
        return document(self.blocks)


def content_hash(text: str) -> bytes:
    """The sha-256 of a text, the same whatever its case and white space."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "replace")).digest()
