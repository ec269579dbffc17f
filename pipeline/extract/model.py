"""The input and the result of an extraction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from pipeline.extract.html.markdown import document
from pipeline.extract.html.model import Block, plain
from pipeline.normalise.canonical import Claims

EXTRACTOR = f"newsmill-2/trafilatura-{version('trafilatura')}"  # identifies the program that made an article: another version may make another article of the same page


@dataclass(frozen=True, slots=True)
class Hints:
    """What the feed says about the article.

    `content` is the full text in HTML, if the feed carries one. `only`: the article must be made from this, and no page was fetched.
    `language` comes from the feed's settings and counts if nothing else tells. `source` names the feed; it is `list` if a list of URLs
    said this. `address` is the entry's link, if the article is known by another name.
    """

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
    """What a publisher says about archiving, indexing or mining, verbatim; `source` is header:NAME, meta, link or tdmrep.json."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block that was removed as site boilerplate (`pipeline.extract.text.site_boilerplate`), and its position among all blocks, from 0."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article. Texts are cleaned for Postgres, times are in UTC, URLs are absolute http(s) or empty.

    Offsets are minutes from UTC to the publisher's clock; None if unknown. Precisions are time, zone_assumed or day
    (`date_precision.Published`); empty without a time. `access` is free, metered or paid, as the page declares; empty if it does not.
    `original_publisher` and `original_url` say where a syndicated text was first. Sizes are in pixels.
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
    confidence: float | None = None

    @property
    def text(self) -> str:
        """The blocks as plain text, one a line."""
        return plain(self.blocks)

    @property
    def markdown(self) -> str:
        """The blocks as one Markdown document."""
        return document(self.blocks)


def content_hash(text: str) -> bytes:
    """The SHA-256 of a text, ignoring case and white space."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "replace")).digest()
