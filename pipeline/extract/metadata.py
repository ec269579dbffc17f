"""What a page says about its article: title, authors, times, addresses, tags, each with where it was found."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract import jsonld, metatags, when
from pipeline.extract.byline import bylines
from pipeline.extract.model import Hints
from pipeline.extract.page import Document, select
from pipeline.extract.text import BROKEN_PAGE, block_text
from pipeline.extract.title import host_names, without_site
from pipeline.normalise import urls
from pipeline.normalise.canonical import Claims
from pipeline.normalise.language import code_of
from pipeline.normalise.people import split_authors
from pipeline.normalise.text import one_line
from pipeline.outcomes import Failure

T = TypeVar("T")
Option = tuple[str, Callable[[], T]]

MAX_TITLE = 500  # characters
MAX_SUMMARY = 2000  # characters
MAX_TAG = 100  # characters
MAX_TAGS = 50
MAX_CLAIMS = 20  # rel=canonical links looked at; two that differ are enough
MAX_TIMES = 200  # <time> elements looked at; a live blog has one for each entry
HTMLDATE_ELEMENTS = 8000  # htmldate is slow on very large pages; there a missing date stays missing

DATE_PUBLISHED = etree.XPath('.//*[@itemprop="datePublished"]')


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article that are not its text.

    `stated_text` is the page's own articleBody, `is_article` that the page calls itself an article, `types` every schema.org type on it.
    `canonical_claims` is all that the page says of its address, of which `canonical_url` is the first that can be used.
    """

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    language: str | None
    site_name: str
    canonical_url: str
    image_url: str
    tags: tuple[str, ...]
    summary: str
    stated_text: str
    is_article: bool
    types: frozenset[str]
    sources: dict[str, str]
    flags: tuple[str, ...]
    canonical_claims: Claims


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the fields are read from: the tree, its meta elements, its JSON-LD, the JSON-LD node of the article, the feed's entry."""

    document: Document
    meta: metatags.Meta
    nodes: list[jsonld.Node]
    article: jsonld.Node
    hints: Hints

    def stated(self, field: str, *keys: str) -> list[str]:
        """The strings of a field of the article's node; `keys` are those of an object that stands for a string."""
        return jsonld.texts(jsonld.follow(self.article.get(field), self.nodes), *keys)

    def named(self, *names: str) -> list[str]:
        """The contents of the meta elements of these names, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]


def read(document: Document, hints: Hints) -> Metadata:
    """Read every field from the best place that has it. Fields nobody names are empty."""
    nodes = jsonld.nodes(document.tree)
    page = Evidence(document, metatags.read(document.tree), nodes, jsonld.main_article(nodes, document.url), hints)
    site_name, site_source = _site_name(page)
    title, title_source = _title(page, site_name)
    authors, authors_source = _authors(page, site_name)
    published = _published(page)
    modified = when.modified(_modified_texts(page), published.at if published else None)
    canonical, canonical_source = _canonical(page)
    image, image_source = _image(page)
    tags, tags_source = _tags(page)
    summary, summary_source = _summary(page)
    language, language_source = _language(page)
    sources = {
        "title": title_source, "authors": authors_source, "published_at": published.source if published else "", "modified_at": "page" if modified else "",
        "language": language_source, "site_name": site_source, "canonical_url": canonical_source, "image_url": image_source, "tags": tags_source, "summary": summary_source,
    }  # fmt: skip
    return Metadata(
        title=title,
        authors=tuple(authors),
        published_at=published.at if published else None,
        modified_at=modified,
        language=language or None,
        site_name=site_name,
        canonical_url=canonical,
        image_url=image,
        tags=tags,
        summary=summary,
        stated_text="\n".join(page.stated("articleBody")),
        is_article=bool(page.article) or "article" in _first(page.named("og:type")).lower(),
        types=frozenset(kind for node in nodes for kind in jsonld.types(node)),
        sources={field: source for field, source in sources.items() if source},
        flags=("published_day_only",) if published and published.day_only else (),
        canonical_claims=_claims(page),
    )


def _pick(empty: T, *options: Option[T]) -> tuple[T, str]:
    """The first option that gives something, and its name."""
    for source, value in options:
        if got := value():
            return got, source
    return empty, ""


def _site_name(page: Evidence) -> tuple[str, str]:
    return _pick(
        "",
        ("og", lambda: _line(page.named("og:site_name"))),
        ("json-ld", lambda: _line(page.stated("publisher", "name"))),
        ("meta", lambda: _line(page.named("application-name", "twitter:app:name:iphone", "apple-mobile-web-app-title"))),
        ("url", lambda: _line(host_names(page.document.url))),
    )


def _title(page: Evidence, site_name: str) -> tuple[str, str]:
    """The headline of the structured data, then of the share card, the page, its window title, the feed; without the site's name."""
    tree = page.document.tree
    headings = [text for h1 in list(tree.iter("h1"))[:5] if (text := one_line("".join(h1.itertext()), MAX_TITLE))]
    stated = _line(page.stated("headline") or page.stated("name"))
    whole = "" if stated.endswith(("…", "...")) else stated
    card = _line(page.named("og:title", "twitter:title"))
    window = _line([e.text for e in tree.iter("title") if e.text])
    sites = [site_name, *host_names(page.document.url)]
    known = [text for text in (whole, *headings) if text]
    return _pick(
        "",
        ("json-ld", lambda: without_site(whole, sites, known)),
        ("og", lambda: without_site(card, sites, known)),
        ("h1", lambda: headings[0] if len(headings) == 1 else ""),
        ("title", lambda: without_site(window, sites, known)),
        ("h1", lambda: _first(headings)),
        ("feed", lambda: one_line(page.hints.title, MAX_TITLE)),
    )


def _authors(page: Evidence, site_name: str) -> tuple[list[str], str]:
    """The people named; where the structured data names only the site, the byline may know better."""
    site = {name.casefold() for name in (site_name, *page.stated("publisher", "name"), *host_names(page.document.url))}

    def people(names: Iterable[str]) -> list[str]:
        return [name for name in split_authors(names) if name.casefold() not in site]

    stated = page.stated("author", "name") or page.stated("creator", "name")
    named = [value for value in page.named(*metatags.AUTHOR) if "://" not in value]
    return _pick(
        [],
        ("json-ld", lambda: people(stated)),
        ("meta", lambda: people(named)),
        ("byline", lambda: people(bylines(page.document.tree))),
        ("feed", lambda: people(page.hints.authors)),
        ("json-ld", lambda: split_authors(stated)),
        ("meta", lambda: split_authors(named)),
    )


def _published(page: Evidence) -> when.Published | None:
    texts = [
        *(("json-ld", text) for text in page.stated("datePublished") or page.stated("dateCreated")),
        *(("meta", text) for text in page.named(*metatags.PUBLISHED)),
        *(("time", text) for text in _times(page.document.tree)),
    ]
    return when.published(texts, _modified_texts(page), page.hints.published) or _by_htmldate(page.document)


def _modified_texts(page: Evidence) -> list[str]:
    return [*page.stated("dateModified"), *page.named(*metatags.MODIFIED)]


def _canonical(page: Evidence) -> tuple[str, str]:
    base = page.document.base
    return _pick("", ("link", lambda: _address(_canonical_links(page), base)), ("og", lambda: _address(page.named("og:url"), base)))


def _canonical_links(page: Evidence) -> list[str]:
    links = page.document.tree.iter("link")
    return [e.get("href") or "" for e in links if "canonical" in (e.get("rel") or "").lower().split()]


def _claims(page: Evidence) -> Claims:
    stated = page.stated("url", "@id") or page.stated("mainEntityOfPage", "@id", "url")
    links = tuple(_canonical_links(page)[:MAX_CLAIMS])
    return Claims(link=links, og_url=_first(page.named("og:url")), jsonld_url=_first(stated), base=page.document.base)


def _image(page: Evidence) -> tuple[str, str]:
    base = page.document.base
    return _pick(
        "",
        ("og", lambda: _address(page.named("og:image", "og:image:url", "og:image:secure_url"), base)),
        ("json-ld", lambda: _address(page.stated("image", "url", "contentUrl", "@id"), base)),
        ("twitter", lambda: _address(page.named("twitter:image", "twitter:image:src"), base)),
    )


def _tags(page: Evidence) -> tuple[tuple[str, ...], str]:
    return _pick(
        (),
        ("json-ld", lambda: split_tags(page.stated("keywords", "name"))),
        ("og", lambda: split_tags(page.named("article:tag"))),
        ("meta", lambda: split_tags(page.named(*metatags.TAGS))),
        ("link", lambda: split_tags("".join(a.itertext()) for a in page.document.tree.iter("a") if a.get("rel") == "tag")),
    )


def _summary(page: Evidence) -> tuple[str, str]:
    return _pick(
        "",
        ("og", lambda: _line(page.named("og:description"), MAX_SUMMARY)),
        ("json-ld", lambda: _line(page.stated("description"), MAX_SUMMARY)),
        ("meta", lambda: _line(page.named("description", "twitter:description", "dc.description"), MAX_SUMMARY)),
        ("feed", lambda: one_line(block_text(page.hints.summary), MAX_SUMMARY)),
    )


def _language(page: Evidence) -> tuple[str, str]:
    tree = page.document.tree
    return _pick(
        "",
        ("html", lambda: code_of(tree.get("lang") or tree.get("xml:lang")) or ""),
        ("json-ld", lambda: code_of(_first(page.stated("inLanguage", "alternateName", "name"))) or ""),
        ("meta", lambda: code_of(_first(page.named("og:locale", "content-language", "language", "dc.language"))) or ""),
    )


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _line(values: list[str], limit: int = MAX_TITLE) -> str:
    """The first of the values that has something in it, on one line."""
    return next((line for value in values if (line := one_line(value, limit))), "")


def _times(tree: HtmlElement) -> list[str]:
    """Times marked up in the page's body: those called datePublished first, then the first <time> of the article."""
    elements = list(tree.iter("time"))[:MAX_TIMES]
    marked = [e for e in [*elements, *select(DATE_PUBLISHED, tree)] if e.get("itemprop") == "datePublished" or e.get("pubdate") is not None]
    inside = [e for e in elements if next(e.iterancestors("article", "header", "main"), None) is not None]
    return [text for e in (*marked, *inside[:1]) if (text := e.get("datetime") or e.get("content"))]


def _by_htmldate(document: Document) -> when.Published | None:
    """Look for a date in the page's text and URL; a day is all that gives. Slow, so only where nothing else is known."""
    if document.tree.xpath("count(//*)") > HTMLDATE_ELEMENTS:
        return None
    try:
        text = find_date(
            copy.copy(document.tree),
            extensive_search=True,
            original_date=True,
            url=document.url,
            deferred_url_extractor=True,
            max_date=datetime.now(UTC).strftime("%Y-%m-%d"),
        )
    except (*BROKEN_PAGE, OverflowError):
        return None
    return when.day(text, "htmldate")


def _address(values: Iterable[str | None], base: str) -> str:
    """The first value that is a usable http(s) address."""
    for value in values:
        if value and value.strip():
            try:
                return urls.parse(value.strip(), base).text
            except Failure:
                continue
    return ""


def split_tags(values: Iterable[str]) -> tuple[str, ...]:
    """Keywords, each once. They come as a list, or as one string with commas, or as a list of such strings."""
    listed = list(dict.fromkeys(values))
    joined = len(listed) == 1 or any(value.count(",") > 1 for value in listed)
    parts = [part for value in listed for part in (re.split("[,;]", value) if joined else [value])]
    found: dict[str, str] = {}
    for part in parts:
        if tag := one_line(part, MAX_TAG):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MAX_TAGS]
