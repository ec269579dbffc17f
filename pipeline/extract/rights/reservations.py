"""What a publisher says about archiving, indexing and mining an article, in the headers and meta elements of its page.

Read are X-Robots-Tag and meta robots (with noai and noimageai), the TDM Reservation Protocol (tdm-reservation, tdm-policy), AIPREF's
Content-Usage, Content-Signal, and links to RSL licences. Reservations are stored with the article; they never block fetching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.html.blocks import of_lines
from pipeline.extract.model import Article, Reservation
from pipeline.extract.structured_data import metatags
from pipeline.extract.structured_data.metatags import Meta
from pipeline.normalise.dates.dates import parse_date
from pipeline.text import clean

Headers = Iterable[tuple[str, str]]

MAX_FOUND = 50
_MAX_VALUE = 2000  # characters; real values have under 300
_RSL = "application/rsl+xml"  # RSL 1.0; other licences in rel=license grant rights more often than they reserve them
_TDM = ("tdm-reservation", "tdm-policy")  # the header takes precedence over the meta element
_USAGE = ("content-usage", "content-signal")

# Words of X-Robots-Tag that take a value after a colon; before any other colon is the name of a crawler.
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_RESERVING = frozenset(
    {"none", "noindex", "noarchive", "nocache", "nosnippet", "noimageindex", "noai", "noimageai", "unavailable_after"}
)  # the others are about links, translations and the display of search results
_AGENT = re.compile(r"\s*([^\s:,;/]+)(?:/[^\s:,]*)?\s*:")
# some forms of the date of unavailable_after contain a comma, and most contain colons
_UNTIL = re.compile(
    r"unavailable_after\s*:\s*(.*?)(?=,\s*(?:no(?!v)|all\b|index\b|follow\b|max-|unavailable_)|$)", re.IGNORECASE | re.DOTALL
)
_LIMIT = re.compile(r"max-[a-z]+(?:-[a-z]+)?\s*:\s*[^,\s]*", re.IGNORECASE)
_WORD = re.compile(r"[a-z_-]+")


def reservations(headers: Headers, tree: HtmlElement | None, token: str) -> tuple[Reservation, ...]:
    """Everything said to all crawlers or to the one with this product token, as written.

    `headers` are (name, value) as the server sent them, preferably with repeated ones apart: a crawler's name applies up to the end of
    its header. `tree` is the page; None if it could not be parsed.
    """
    sent = [(name.lower(), value) for name, value in headers]
    elements = list(tree.iter("meta", "link")) if tree is not None else []
    meta = metatags.read(element for element in elements if element.tag == "meta")
    found = [*_robots(sent, meta, token.lower()), *_mining(sent, meta), *_licences(elements)]
    kept = (Reservation(name, clean(value.strip(), _MAX_VALUE), source) for name, value, source in found if value.strip())
    return tuple(islice(dict.fromkeys(kept), MAX_FOUND))


def flags(found: Iterable[Reservation]) -> tuple[str, ...]:
    """The flags of an article with these reservations: noindex, noarchive, tdm_reserved, noai."""
    found = list(found)
    words = {word for reservation in _directives(found) for word in _words(reservation.value)}
    statements = {
        "noindex": not words.isdisjoint({"noindex", "none"}),
        "noarchive": "noarchive" in words,
        "tdm_reserved": any(r.name == "tdm-reservation" and "1" in re.split(r"[\s,]+", r.value) for r in found),
        "noai": "noai" in words,
    }
    return tuple(flag for flag, is_said in statements.items() if is_said)


def noarchive(found: Iterable[Reservation], now: datetime) -> bool:
    """Whether the text should not be kept: noarchive, noindex or none is stated, or the time of unavailable_after has passed."""
    found = list(found)
    if not {"noindex", "noarchive"}.isdisjoint(flags(found)):
        return True
    dates = (parse_date(match[1], now=now) for reservation in _directives(found) for match in _UNTIL.finditer(reservation.value))
    return any(date is not None and date <= now for date in dates)


def by_site(article: Article, statements: Iterable[tuple[str, str]]) -> Article:
    """Add what the site's tdmrep.json says about the article, if its page says nothing about mining."""
    if any(reservation.name == "tdm-reservation" for reservation in article.reservations):
        return article
    found = tuple(Reservation(name, value, "tdmrep.json") for name, value in statements)
    return replace(article, reservations=(*article.reservations, *found), flags=(*article.flags, *flags(found)))


def metadata_only(article: Article) -> Article:
    """The article without its text. The title takes its place, because an article must have a text.

    The hash stays that of the text, so that a recheck still detects changes.
    """
    return replace(
        article,
        blocks=of_lines([article.title or article.canonical_url or "-"]),
        word_count=0,
        sources={**article.sources, "text": "title"},
        flags=(*article.flags, "metadata_only"),
    )


def _robots(sent: list[tuple[str, str]], meta: Meta, token: str) -> Iterator[tuple[str, str, str]]:
    rows = [("x-robots-tag", part, "header:x-robots-tag") for name, value in sent if name == "x-robots-tag" for part in _ours(value, token)]
    rows += [(name, value, "meta") for name in dict.fromkeys(("robots", token)) if name for value in meta.get(name, ())]
    return (row for row in rows if not _RESERVING.isdisjoint(_words(row[1])))


def _mining(sent: list[tuple[str, str]], meta: Meta) -> Iterator[tuple[str, str, str]]:
    for name in (*_TDM, *_USAGE):
        values = [value for sent_name, value in sent if sent_name == name]
        yield from ((name, value, f"header:{name}") for value in values)
        if name in _TDM and not values:
            yield from ((name, value, "meta") for value in meta.get(name, ()))


def _licences(elements: Iterable[HtmlElement]) -> Iterator[tuple[str, str, str]]:
    for link in elements:
        if link.tag == "link" and "license" in (link.get("rel") or "").lower().split() and (link.get("type") or "").strip().lower() == _RSL:
            yield "license", link.get("href") or "", "link"


def _ours(value: str, token: str) -> list[str]:
    """The parts of one X-Robots-Tag that are meant for this token or for all, as written: `a: noindex, newsmill: none` has one."""
    parts: list[tuple[bool, list[str]]] = [(True, [])]
    for piece in value.split(","):
        agent = _AGENT.match(piece)
        if agent and agent[1].lower() not in _WITH_VALUE | _RESERVING:
            parts.append((agent[1].lower() in (token, "*"), []))
        parts[-1][1].append(piece)
    return [",".join(pieces).strip() for is_ours, pieces in parts if is_ours and pieces]


def _directives(found: Iterable[Reservation]) -> list[Reservation]:
    """Those in the language of X-Robots-Tag and meta robots, without those of separate protocols."""
    return [reservation for reservation in found if reservation.name not in (*_TDM, *_USAGE, "license")]


def _words(value: str) -> set[str]:
    """The directives in a value, without what follows their colons: `max-image-preview:none` does not contain `none`."""
    bare = _LIMIT.sub(" ", _UNTIL.sub(" unavailable_after ", value))
    return set(_WORD.findall(bare.lower()))
