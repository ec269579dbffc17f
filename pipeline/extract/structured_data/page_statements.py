"""Gather everything that a page states about its article in one walk over the tree. The fields are read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile, islice
from typing import TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.extract.html.page import Document
from pipeline.extract.model import Hints
from pipeline.extract.structured_data import jsonld, metatags, microdata
from pipeline.normalise import urls
from pipeline.outcomes import Failure
from pipeline.text import one_line

T = TypeVar("T")
Option = tuple[str, Callable[[], T]]

JSON_LD = "json-ld"
MAX_LINE = 500  # characters of a title or a name
MAX_HEADINGS = 60  # h1 and h2 examined
LINES = ("p", "span", "div", "li", "em", "i", "b", "strong", "address")  # elements that may hold a line above the text
MAX_LINES = 60  # elements after the headline that count as the head of the text
MAX_ANCHORS = 5000  # links examined; indexes have more, articles hardly ever
# Elements around an article: a heading in them is no headline, a name no byline, a link no topic.
AROUND = frozenset(("nav", "footer", "aside", "form"))


@dataclass(frozen=True)  # no slots: they would forbid cached properties
class PageStatements:
    """What a page states: its elements by kind, its meta elements, its JSON-LD, the article's node and its form (json-ld, microdata or
    rdfa), and the feed entry."""

    document: Document
    meta: metatags.Meta
    links: list[HtmlElement]
    anchors: list[HtmlElement]
    headings: list[HtmlElement]
    times: list[HtmlElement]
    windows: list[str]
    nodes: list[jsonld.Node]
    article: jsonld.Node
    statement: str
    hints: Hints

    def stated(self, field: str, *keys: str) -> list[str]:
        """The strings of a field of the article's node. `keys` are those of an object in place of a string."""
        return jsonld.texts(jsonld.follow(self.article.get(field), self.nodes), *keys)

    def stated_of_page(self, field: str, *keys: str) -> list[str]:
        """The strings of a field of the page's node, which may describe the article if no article node does."""
        return jsonld.texts(jsonld.follow(jsonld.web_page(self.nodes).get(field), self.nodes), *keys)

    def named(self, *names: str) -> list[str]:
        """The contents of the meta elements with these names, in the order of the names."""
        return [value for name in names for value in self.meta.get(metatags.folded(name), ())]

    def linked(self, rel: str) -> list[HtmlElement]:
        """The link elements with this relation."""
        return [link for link in self.links if rel in (link.get("rel") or "").lower().split()]

    def address(self, values: Iterable[str | None]) -> str:
        """The first value that is a usable http(s) URL, absolute."""
        for value in values:
            if value and value.strip():
                try:
                    return urls.parse(value.strip(), self.document.base).text
                except Failure:
                    continue
        return ""

    @cached_property
    def headlines(self) -> list[HtmlElement]:
        """The headings without those of menus, breadcrumbs, lists and links to other pages; all headings if nothing else is left."""
        free = [e for e in self.headings if not is_around(e, "li")]
        own = [e for e in free if all(map(self.leads_here, links_of(e)))]
        return own or [e for e in free or self.headings if not self.is_link_home(e)]

    @cached_property
    def under_headline(self) -> list[HtmlElement]:
        """The first elements after the headline that may be lines of the article."""
        headline = next(iter(self.headlines), None)
        lines = self.document.tree.iter("h1", "h2", *LINES)
        behind = dropwhile(lambda element: element is not headline, lines)
        return list(islice((e for e in behind if e.tag not in ("h1", "h2") and not is_around(e)), MAX_LINES))

    def is_link_home(self, heading: HtmlElement) -> bool:
        """Whether a heading links to the site's front page, and is therefore its name."""
        return any(map(self.leads_home, links_of(heading)))

    def leads_here(self, link: HtmlElement) -> bool:
        """Whether a link leads to this page. A link without URL names a place on the page, so it does too."""
        href = link.get("href")
        return not href or _place(self.absolute(href)) == _place(self.document.url)

    def leads_home(self, link: HtmlElement) -> bool:
        """Whether a link leads to the front page of the site."""
        here, there = urlsplit(self.document.url), urlsplit(self.absolute(link.get("href") or "#"))
        return there.hostname == here.hostname and there.path.strip("/") == "" != here.path.strip("/") and not there.query

    def absolute(self, href: str) -> str:
        """A URL resolved against the page; empty if it is invalid."""
        try:
            return urljoin(self.document.base, href.strip())
        except ValueError:
            return ""


def gather(document: Document, hints: Hints) -> PageStatements:
    """Walk the tree once and keep what fields are read from."""
    kinds: dict[str, list[HtmlElement]] = {kind: [] for kind in ("meta", "link", "script", "title", "h1", "h2", "time", "a")}
    headings: list[HtmlElement] = []
    for element in document.tree.iter(*kinds):
        kinds[element.tag].append(element)
        if element.tag in ("h1", "h2") and len(headings) < MAX_HEADINGS:
            headings.append(element)
    nodes = jsonld.nodes(kinds["script"])
    meta, windows = metatags.read(kinds["meta"]), [text for e in kinds["title"] if (text := one_line(e.text, MAX_LINE))]
    shown = [one_line("".join(h.itertext()), MAX_LINE) for h in headings]
    titles = [*meta.get("og:title", ())[:1], *windows[:1], *(text for text, h in zip(shown, headings, strict=True) if h.tag == "h1")]
    article, statement = jsonld.main_article(nodes, document.url, titles), JSON_LD
    if not article:
        article, statement = microdata.article(document.tree, frozenset(shown))
    return PageStatements(
        document=document,
        meta=meta,
        links=kinds["link"],
        anchors=kinds["a"][:MAX_ANCHORS],
        headings=headings,
        times=kinds["time"],
        windows=windows,
        nodes=nodes,
        article=article,
        statement=statement,
        hints=hints,
    )


def pick(empty: T, *options: Option[T]) -> tuple[T, str]:
    """The first option that gives something, and its name."""
    for source, value in options:
        if got := value():
            return got, source
    return empty, ""


def _place(url: str) -> str:
    """A URL without its scheme, with its escapes normalised."""
    return unquote(url.partition("://")[2]).rstrip("/")


def first(values: list[str]) -> str:
    """The first of the values; empty if there is none."""
    return values[0] if values else ""


def line(values: Iterable[str], limit: int = MAX_LINE) -> str:
    """The first value that is not blank, on one line. Some sites escape twice: "&amp;amp;"."""
    return next((text for value in values if (text := one_line(jsonld.unescape(value), limit))), "")


def links_of(heading: HtmlElement) -> Iterator[HtmlElement]:
    """The links inside or around a heading."""
    yield from heading.iter("a")
    yield from heading.iterancestors("a")


def is_around(element: HtmlElement, *more: str) -> bool:
    """Whether an element is part of what surrounds the article, or is inside one of the `more` elements."""
    return any(parent.tag in AROUND or parent.tag in more for parent in element.iterancestors())
