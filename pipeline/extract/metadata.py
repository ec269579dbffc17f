"""What a page says about its article: title, authors, times, addresses, tags, each with where it was found."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.extract import jsonld, when
from pipeline.extract.model import Hints
from pipeline.extract.page import Document
from pipeline.extract.text import BROKEN_PAGE, block_text
from pipeline.extract.title import host_names, without_site
from pipeline.normalise import urls
from pipeline.normalise.language import code_of
from pipeline.normalise.people import split_authors
from pipeline.normalise.text import one_line
from pipeline.outcomes import Failure

T = TypeVar("T")
Meta = dict[str, list[str]]

MAX_TITLE = 500
MAX_SUMMARY = 2000
MAX_TAG = 100
MAX_TAGS = 50
HTMLDATE_ELEMENTS = 8000  # htmldate is slow on very large pages; there a missing date stays missing

AUTHOR_META = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "cxenseparse:author",
)
PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dcterms.created", "dc.date", "parsely-pub-date",
    "sailthru.date", "publish-date", "publishdate", "pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "rnews:datepublished", "og:published_time",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
)
BYLINE = './/*[@itemprop="author" or @rel="author" or contains(@class, "byline") or contains(@class, "author-name") or contains(@class, "article-author") or contains(@class, "author__name")]'


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article that are not its text. `stated_text` is the page's own articleBody; `is_article` that the page calls itself one."""

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


def read(document: Document, hints: Hints) -> Metadata:
    """Read every field from the best place that has it. Fields nobody names are empty."""
    tree, url = document.tree, document.url
    found = jsonld.nodes(tree)
    article = jsonld.main_article(found, url)
    meta = _meta(tree)
    sources: dict[str, str] = {}

    def pick(field: str, options: Iterable[tuple[str, Callable[[], T]]]) -> T | None:
        for source, value in options:
            if got := value():
                sources[field] = source
                return got
        return None

    site_name = pick("site_name", (
        ("og", lambda: _first(meta, "og:site_name")),
        ("json-ld", lambda: _line(jsonld.texts(jsonld.follow(article.get("publisher"), found), "name"))),
        ("meta", lambda: _first(meta, "application-name", "twitter:app:name:iphone", "apple-mobile-web-app-title")),
        ("url", lambda: (host_names(url) or [""])[0]),
    )) or ""  # fmt: skip
    title = pick("title", _titles(tree, article, meta, [site_name, *host_names(url)], hints)) or ""
    authors = pick("authors", (
        ("json-ld", lambda: _people(jsonld.texts(jsonld.follow(article.get("author") or article.get("creator"), found), "name"), site_name)),
        ("meta", lambda: _people((v for name in AUTHOR_META for v in meta.get(name, ()) if "://" not in v), site_name)),
        ("byline", lambda: _people(_bylines(tree), site_name)),
        ("feed", lambda: _people(hints.authors, site_name)),
    )) or []  # fmt: skip
    modified_texts = [*jsonld.texts(article.get("dateModified")), *(v for name in MODIFIED_META for v in meta.get(name, ()))]
    published_texts = [
        *(("json-ld", v) for v in jsonld.texts(article.get("datePublished") or article.get("dateCreated"))),
        *(("meta", v) for name in PUBLISHED_META for v in meta.get(name, ())),
        *(("time", v) for v in _times(tree)),
    ]
    published = when.published(published_texts, modified_texts, hints.published)
    if published is None:
        published = _by_htmldate(tree, url)
    if published is not None:
        sources["published_at"] = published.source
    modified = when.modified(modified_texts, published.at if published else None)
    if modified is not None:
        sources["modified_at"] = "page"
    canonical = pick("canonical_url", (
        ("link", lambda: _address((e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()), document.base)),
        ("og", lambda: _address(meta.get("og:url", ()), document.base)),
    )) or ""  # fmt: skip
    image = pick("image_url", (
        ("og", lambda: _address((v for name in ("og:image", "og:image:url", "og:image:secure_url") for v in meta.get(name, ())), document.base)),
        ("json-ld", lambda: _address(jsonld.texts(jsonld.follow(article.get("image"), found), "url", "contentUrl", "@id"), document.base)),
        ("twitter", lambda: _address((v for name in ("twitter:image", "twitter:image:src") for v in meta.get(name, ())), document.base)),
    )) or ""  # fmt: skip
    tags = pick("tags", (
        ("json-ld", lambda: _tags(jsonld.texts(article.get("keywords"), "name"))),
        ("og", lambda: _tags(meta.get("article:tag", ()))),
        ("meta", lambda: _tags(v for name in ("news_keywords", "keywords", "parsely-tags", "sailthru.tags") for v in meta.get(name, ()))),
    )) or ()  # fmt: skip
    summary = pick("summary", (
        ("og", lambda: _first(meta, "og:description")),
        ("json-ld", lambda: _line(jsonld.texts(article.get("description")))),
        ("meta", lambda: _first(meta, "description", "twitter:description", "dc.description")),
        ("feed", lambda: block_text(hints.summary)),
    )) or ""  # fmt: skip
    language = pick("language", (
        ("html", lambda: code_of(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"))),
        ("json-ld", lambda: code_of(next(iter(jsonld.texts(article.get("inLanguage"), "alternateName", "name")), None))),
        ("og", lambda: code_of(_first(meta, "og:locale", "content-language", "language", "dc.language"))),
    ))  # fmt: skip
    return Metadata(
        title=title,
        authors=tuple(authors),
        published_at=published.at if published else None,
        modified_at=modified,
        language=language,
        site_name=one_line(site_name, MAX_TITLE),
        canonical_url=canonical,
        image_url=image,
        tags=tags,
        summary=one_line(summary, MAX_SUMMARY),
        stated_text="\n".join(jsonld.texts(article.get("articleBody"))),
        is_article=bool(article) or "article" in _first(meta, "og:type").lower(),
        types=frozenset(t for node in found for t in jsonld.types(node)),
        sources=sources,
        flags=("published_day_only",) if published and published.day_only else (),
    )


def _meta(tree: HtmlElement) -> Meta:
    """The contents of the meta elements by lower-cased name, property, itemprop or http-equiv."""
    found: Meta = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(attribute):
                    found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(meta: Meta, *names: str) -> str:
    return next((value for name in names for value in meta.get(name, ())), "")


def _line(values: list[str]) -> str:
    return values[0] if values else ""


def _titles(tree: HtmlElement, article: jsonld.Node, meta: Meta, sites: list[str], hints: Hints) -> list[tuple[str, Callable[[], str]]]:
    """The headlines of the page, best first: what the structured data says, then the share card, the page, its window title, the feed."""
    headings = [one_line("".join(h.itertext()), MAX_TITLE) for h in list(tree.iter("h1"))[:5]]
    headings = [h for h in headings if h]
    headline = one_line(_line(jsonld.texts(article.get("headline") or article.get("name"))), MAX_TITLE)
    card = one_line(_first(meta, "og:title", "twitter:title"), MAX_TITLE)
    window = one_line(next((e.text for e in tree.iter("title") if e.text), ""), MAX_TITLE)
    whole = headline if not headline.endswith(("…", "...")) else ""
    known = [h for h in (whole, *headings) if h]

    def cut(title: str) -> Callable[[], str]:
        return lambda: without_site(title, sites, known)

    single = headings[0] if len(headings) == 1 else ""
    return [
        ("json-ld", cut(whole)),
        ("og", cut(card)),
        ("h1", cut(single)),
        ("title", cut(window)),
        ("h1", cut(_line(headings))),
        ("feed", cut(one_line(hints.title, MAX_TITLE))),
    ]


def _people(values: Iterable[str], site_name: str) -> list[str]:
    """The authors named, without the site itself where people are named too."""
    names = split_authors(values)
    people = [name for name in names if name.casefold() != site_name.casefold()]
    return people or names


def _bylines(tree: HtmlElement) -> list[str]:
    for element in tree.xpath(BYLINE):
        text = one_line(" ".join(element.itertext()), 200)
        if element.get("itemprop") == "author" and element.get("content"):
            text = one_line(element.get("content"), 200)
        if 3 <= len(text) <= 120:
            return [text]
    return []


def _times(tree: HtmlElement) -> list[str]:
    """Times marked up in the page's body: those called datePublished first, then the first <time> of the article."""
    marked = [e.get("datetime") or e.get("content") for e in tree.xpath('.//*[@itemprop="datePublished" or @pubdate]')]
    plain = [
        e.get("datetime") for e in tree.xpath("(.//article//time[@datetime] | .//header//time[@datetime] | .//main//time[@datetime])[1]")
    ]
    return [text for text in (*marked, *plain) if text]


def _by_htmldate(tree: HtmlElement, url: str) -> when.Published | None:
    """Look for a date in the page's text and URL; a day is all that gives. Slow, so only where nothing else is known."""
    if sum(1 for _ in tree.iter()) > HTMLDATE_ELEMENTS:
        return None
    try:
        text = find_date(
            copy.copy(tree),
            extensive_search=True,
            original_date=True,
            url=url,
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


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    """Keywords, each once; a single string of several is split at its commas."""
    listed = list(values)
    parts = [
        part for value in listed for part in (value.replace(";", ",").split(",") if len(listed) == 1 or len(value) > MAX_TAG else [value])
    ]
    found: dict[str, str] = {}
    for part in parts:
        tag = one_line(part, MAX_TAG)
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MAX_TAGS]
