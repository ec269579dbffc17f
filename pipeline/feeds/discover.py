"""The feeds that a web page announces, and the places where they usually are. Pure: nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import ada_url
from lxml import html

from pipeline.extract.page import parse_markup
from pipeline.feeds.addresses import without_feed_scheme
from pipeline.feeds.decode import decode
from pipeline.normalise.text import one_line
from pipeline.outcomes import Failure

_KINDS = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rdf",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "rss",
    "text/xml": "rss",
}
_FEED_LIKE = re.compile(r"(?:^|[/._?=&-])(?:rss|atom|feeds?|rdf|index\.xml|feed\.json)(?:[/._?=&-]|\d|xml|$)", re.IGNORECASE)
_SIDE = re.compile(r"comment|kommentar|comentario|podcast|reply", re.IGNORECASE)
_MOST = 50
# Where the usual systems have their feeds: WordPress and Drupal, Ghost, Hugo and Jekyll, Medium, older ones.
_USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds", "feed.json")
MAX_PAGE = 2 * 2**20  # bytes of a page that are looked at; what it announces stands at its beginning
_USUAL_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "googlenews.xml")


@dataclass(frozen=True, slots=True)
class FeedLink:
    url: str
    title: str
    kind: str  # rss, rdf, atom or json as announced; '' where only the look of a link suggests a feed


def find(html_body: bytes, url: str) -> list[FeedLink]:
    """Feeds that the page at `url` links to, the likeliest main feed first: announced ones (<link rel=alternate>) before links that
    look like feeds, comments and podcasts behind the others of their sort. They are not fetched. Never raises; [] where there are none.
    """
    try:
        page, _ = parse_markup(decode(html_body[:MAX_PAGE]).encode("utf-8", "replace"))
    except Failure:
        return []
    if page is None:
        return []
    base = _joined(url, str(page.xpath("string(//base/@href)"))) or url
    announced, looking = list(_announced(page, base)), list(_looking(page, base))
    known: dict[str, FeedLink] = {}
    for link in [*sorted(announced, key=_is_side), *sorted(looking, key=_is_side)]:
        known.setdefault(link.url, link)
    return list(known.values())[:_MOST]


def usual_places(url: str) -> list[str]:
    """Addresses where a site often has its feed; for an address inside a site, those below it come first."""
    path = urlsplit(url).path
    below = [f"{path.rstrip('/')}/feed"] if path.strip("/") else []
    return list(dict.fromkeys(filter(None, (_joined(url, place) for place in (*below, *(f"/{name}" for name in _USUAL))))))


def usual_sitemaps(url: str) -> list[str]:
    """Addresses where a site often has its news sitemap."""
    return [_joined(url, f"/{name}") for name in _USUAL_SITEMAPS]


def _announced(page: html.HtmlElement, base: str) -> Iterator[FeedLink]:
    for element in page.iter("link"):
        kind = _KINDS.get(element.get("type", "").partition(";")[0].strip().lower())
        relations = element.get("rel", "").lower().split()
        feed_like = kind not in ("json", None) or element.get("type", "").lower().startswith("application/feed")
        if kind == "json" and not feed_like:
            feed_like = bool(_FEED_LIKE.search(element.get("href", "")))  # WordPress announces its JSON interface in the same way
        if "feed" in relations or ("alternate" in relations and feed_like):
            yield from _link(element.get("href", ""), base, element.get("title", ""), kind or "rss")


def _looking(page: html.HtmlElement, base: str) -> Iterator[FeedLink]:
    for element in page.iter("a"):
        target = element.get("href", "")
        if _FEED_LIKE.search(target[:2000].partition("#")[0]):
            yield from _link(target, base, element.text_content(), "")


def _link(target: str, base: str, title: str, kind: str) -> Iterator[FeedLink]:
    target = without_feed_scheme(target)
    if (address := _joined(base, target)).startswith(("http://", "https://")) and target:
        yield FeedLink(address.partition("#")[0], one_line(title, 200), kind)


def _is_side(link: FeedLink) -> bool:
    return bool(_SIDE.search(link.url) or _SIDE.search(link.title))


def _joined(base: str, link: str) -> str:
    try:
        return str(ada_url.join_url(base, link.strip()))
    except ValueError:
        return ""
