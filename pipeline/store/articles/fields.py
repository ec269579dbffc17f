"""The table of an article's fields. It says of each field what it means, what SELECT reads, what is written, whether re-extraction compares
it, and its label.

From this table come the record of a stored article, SELECT, the upsert, re-extraction, exports, the JSON API, the article's page and
docs/reference/data-model.md. docs/how-to/add-a-field.md explains how to add a field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from psycopg.types.json import Jsonb

from pipeline.normalise.urls import is_runnable, web_link
from pipeline.store.db.url_columns import of_web

if TYPE_CHECKING:  # the extraction imports a second's worth of libraries, which a listing does not need
    from pipeline.extract.model import Article
    from pipeline.jobs import Identity, Page


@dataclass(frozen=True, slots=True)
class Making:
    """Everything that an article's row is written from."""

    link_id: int
    url: str
    page: Page
    article: Article
    identity: Identity
    extractor: str


Value = Callable[[Making], object]
# Fields whose value is not the attribute of the same name of the extracted article.
GIVEN: dict[str, Value] = {
    "url": lambda made: made.url,
    "final_url": lambda made: made.page.final_url,
    "canonical_url": lambda made: made.identity.url or made.article.canonical_url,
    "url_key": lambda made: made.identity.key,
    "fetched_at": lambda made: made.page.fetched_at or datetime.now(UTC),
    "extractor": lambda made: made.extractor,
    "licence": lambda made: "" if is_runnable(made.article.licence) else made.article.licence,
    "link_id": lambda made: made.link_id,
    "canonical_rejected": lambda made: made.identity.rejected,
}
# Columns beside the fields, which make a recheck cheap.
VALIDATORS: dict[str, Value] = {
    "etag": lambda made: made.page.headers.get("etag", ""),
    "last_modified": lambda made: made.page.headers.get("last-modified", ""),
    "page_sha256": lambda made: hashlib.sha256(made.page.body).digest(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of one field.

    `meaning` is Markdown for the documentation. `sql` is what SELECT reads; empty means the column of that name. `written`: the upsert
    writes it; other columns are set by Postgres or by other statements. `compared`: if re-extraction changes this field, the article has
    changed. `shown`: its label on the article's page and in `newsmill show`; empty if it is not listed there. `is_address`: only web
    addresses are stored and shown.
    """

    meaning: str
    shown: str = ""
    sql: str = ""
    written: bool = False
    compared: bool = False
    is_address: bool = False


def read(meaning: str, sql: str = "") -> Column:
    """A column that an extraction only reads."""
    return Column(meaning, sql=sql)


def written(meaning: str, sql: str = "") -> Column:
    """A column that an extraction writes."""
    return Column(meaning, sql=sql, written=True)


def compared(meaning: str, shown: str = "", sql: str = "", *, is_address: bool = False) -> Column:
    """A column that an extraction writes and a re-extraction compares."""
    return Column(meaning, shown, sql, True, True, is_address)


LICENCE = "CASE WHEN a.licence ~* '^\\s*[a-z]+script\\s*:|^\\s*(data|file|blob|about|jar|view-source)\\s*:' THEN '' ELSE a.licence END"
FEED_URLS = "ARRAY(SELECT f.url FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = a.link_id ORDER BY s.seen_at)"


# fmt: off
@dataclass(frozen=True, slots=True)
class Stored:
    """One article in exports and in the JSON API. Other programs rely on these names and their order: add new ones at the end."""

    id: Annotated[int, read("the article's number")]
    url: Annotated[str, written("the address of its link, as found")]
    final_url: Annotated[str, written("where redirects led")]
    canonical_url: Annotated[str, compared("the address that the page gives as its own", "canonical", is_address=True)]
    url_key: Annotated[str, written("the identity, see below; hexadecimal in exports", "encode(a.url_key, 'hex')")]
    title: Annotated[str, compared("the headline", "title")]
    authors: Annotated[list[str], compared("people and organisations that the byline names", "authors")]
    published_at: Annotated[datetime | None, compared("when the publisher first published it, in UTC", "published")]
    modified_at: Annotated[datetime | None, compared("when the publisher last changed it, in UTC", "modified")]
    text: Annotated[str, compared("plain, one block (paragraph, heading, item, quote, row of a table) a line")]
    language: Annotated[str | None, compared("of the text, as a code", "language")]
    site_name: Annotated[str, compared("the site's own name", "site")]
    summary: Annotated[str, compared("the page's own description of the article", "summary")]
    image_url: Annotated[str, compared("its main picture", "image", is_address=True)]
    tags: Annotated[list[str], compared("topics that the page names", "tags")]
    word_count: Annotated[int, written("words of the text")]
    content_hash: Annotated[str, written("SHA-256 of the text, ignoring case and white space; hexadecimal in exports",
        "encode(a.content_hash, 'hex')")]
    story_id: Annotated[int | None, read("shared by near copies of one text; `story_articles`", "m.story_id")]
    feed_urls: Annotated[list[str], read("the feeds that listed it; `sightings`", FEED_URLS)]
    fetched_at: Annotated[datetime, written("when its page was fetched")]
    extractor: Annotated[str, written("name and version of the extractor")]
    flags: Annotated[list[str], compared("what a reader should know: `text_from_feed`, `text_cut`, `language_differs` (the text is in another"
        " language than the page claims), `paywall` (the publisher asks readers to pay), `teaser` (the text is only the beginning), `doubtful` (`confidence` is below"
        " `extract.doubtful_below`), …")]
    reservations: Annotated[list[dict[str, str]], compared("what the publisher says of archiving, indexing and mining, verbatim with its source")]
    markdown: Annotated[str, compared("the text with its structure; empty in articles stored before this field existed")]
    duplicate_of: Annotated[int | None, read("the original of its story; null for the original itself and for articles without"
        " copies; `stories`", "nullif(s.original_id, a.id)")]
    published_precision: Annotated[str, compared("`time` (with its zone), `zone_assumed` (the page names no zone, UTC was taken) or `day` (the"
        " time is that day's midnight; also the flag `published_day_only`)")]
    modified_precision: Annotated[str, compared("the same for `modified_at`")]
    section: Annotated[str, compared("the site's own word: from its data, its breadcrumb, or (source `url`) the address", "section")]
    agencies: Annotated[list[str], compared("the news agencies that the byline or the text credits (“(Reuters)”, “© AFP”), each under one name",
        "agencies")]
    original_publisher: Annotated[str, compared("where a syndicated text was first: by `rel=syndication-source` and its like, `isBasedOn`, the"
        " page's own line (“originally published on …”, source `text`), or a canonical address on another site (source `canonical`)", "first at")]
    original_url: Annotated[str, compared("the address of the text there", is_address=True)]
    licence: Annotated[str, compared("the address of the licence, or its words; a copyright notice does not count", "licence", LICENCE)]
    access: Annotated[str, compared("`free`, `metered` or `paid`, as the page declares (`isAccessibleForFree`, `article:content_tier`)", "access")]
    image_width: Annotated[int | None, compared("of the main picture, pixels, as stated")]
    image_height: Annotated[int | None, compared("the same")]
    published_local: Annotated[str, read("by the publisher's clock, with its offset; '' where that is not known",
        "local_time(a.published_at, a.published_offset_min)")]
    modified_local: Annotated[str, read("the same for `modified_at`", "local_time(a.modified_at, a.modified_offset_min)")]
    sources: Annotated[dict[str, Any], compared("field → where its value came from; `feed URL` for what a feed said (`feed` alone in articles"
        " stored before feeds were named), `trafilatura, whole page` for a text that was found only when all of the page was searched again")]
    link_id: Annotated[int, written("the number of its link")]
    canonical_rejected: Annotated[str, compared("why the page's canonical URL was rejected")]
    checked_at: Annotated[datetime | None, read("when its page was last checked for changes")]
    dropped: Annotated[list[dict[str, Any]], compared("paragraphs removed from `text` as site boilerplate, each with its position")]
    published_offset_min: Annotated[int | None, compared("minutes from UTC to the publisher's clock, null if unknown: from the time"
        " itself, from another text of the page that names the same instant, or (the nearest hour) from the day in the page's address. Listings"
        " show `published_local`, and days asked for are the publisher's")]
    modified_offset_min: Annotated[int | None, compared("the same for `modified_at`")]
    confidence: Annotated[float | None, compared("the share of `text` that is expected to be right, from 0 to 1; null where it was not searched for"
        " on a page (`sources` names a feed, a file or `json-ld`) and in articles stored before this field existed", "confidence")]
# fmt: on


@dataclass(frozen=True, slots=True)
class Field:
    """A column with its name and type."""

    name: str
    type: str
    column: Column

    @property
    def is_json(self) -> bool:
        return "dict" in self.type

    @property
    def select(self) -> str:
        return of_web(f"a.{self.name}") if self.column.is_address else f"{self.column.sql or f'a.{self.name}'} AS {self.name}"

    def value(self, made: Making) -> object:
        """The value to write, in the form in which `Stored` returns it."""
        found = GIVEN[self.name](made) if self.name in GIVEN else getattr(made.article, self.name)
        if self.column.is_address:
            return web_link(str(found))
        if isinstance(found, tuple):
            return [asdict(item) if is_dataclass(item) and not isinstance(item, type) else item for item in found]
        return found


FIELDS = tuple(
    Field(name, hint.__origin__.__name__ if isinstance(hint.__origin__, type) else str(hint.__origin__), hint.__metadata__[0])
    for name, hint in get_type_hints(Stored, include_extras=True).items()
)
# The fields that people look for first; the other shown fields follow in the table's order.
FIRST = ("title", "authors", "agencies", "published_at", "modified_at", "site_name", "section", "original_publisher")
SHOWN = tuple(
    sorted(
        (field for field in FIELDS if field.column.shown), key=lambda field: FIRST.index(field.name) if field.name in FIRST else len(FIRST)
    )
)
COMPARED = tuple(field for field in FIELDS if field.column.compared)
WRITTEN = tuple(field for field in FIELDS if field.column.written)
FROM = "FROM articles a LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN stories s ON s.id = m.story_id"
SELECT = f"SELECT {', '.join(field.select for field in FIELDS)} {FROM}"


def row(made: Making) -> dict[str, object]:
    """The columns to write of an article, in the form that psycopg takes."""
    values = {field.name: Jsonb(field.value(made)) if field.is_json else field.value(made) for field in WRITTEN}
    return values | {name: value(made) for name, value in VALIDATORS.items()}


def differences(stored: Stored, made: Making) -> list[tuple[str, object, object]]:
    """The compared fields whose new value differs from the stored one: name, before, after."""
    pairs = ((field.name, getattr(stored, field.name), field.value(made)) for field in COMPARED)
    return [(name, before, after) for name, before, after in pairs if before != after]


def as_json(article: Stored) -> dict[str, Any]:
    """One article as JSON for other programs, with fields by name and in order."""
    return {field.name: getattr(article, field.name) for field in FIELDS}
