"""Find the feeds that a web page announces or links to. Pure: nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

import ada_url
from lxml import html

from pipeline.extract.html.page import parse_markup
from pipeline.feeds.formats.addresses import encoded, without_feed_scheme
from pipeline.feeds.repair.decode import decode
from pipeline.normalise.site import site_of
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.text import one_line

# Media types of feeds, in all spellings: application/rss+xml, application/rss, text/rss, application/x.atom+xml.
_TYPE = re.compile(r"(?:^|[/+.\s-])(rss|rdf|atom)(?=[2+.\s]|$)|(feed\+json)$")
_VAGUE = {"application/xml": "rss", "text/xml": "rss", "application/json": "json"}
_NAMELESS = frozenset(
    {"", "xml", "text", "text/plain", "application/octet-stream", "application/json"}
)  # such types say nothing, so the address decides
_FEED_LIKE = re.compile(
    r"(?:^|[/._?=&-])(?:rss[-_]?feeds?|rss|atom|feeds?|newsfeeds?|webfeeds?|rdf|syndicat(?:e|ion)|index\.xml|feed\.json)(?:[/._?=&-]|\d|xml|$)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:rss2?|atom|rdf|xml)(?:[?#]|$)", re.IGNORECASE)
_SAYS_FEED = re.compile(r"(?:^|[\W_])(?:rss|atom[\W_]feed)(?:$|[\W_\d])|^\W*(?:atom|xml)\W*$", re.IGNORECASE)  # in words, classes and icons
_SIDE = re.compile(
    r"comment|kommentar|comentario|comentário|comentari|reactie|komentar|komment|коммент|yorum|评论|評論|コメント|댓글|podcast|reply|replies",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"/comments?(?:[/?.]|$)|comments?[-_]rss|feed=(?:rss2-)?comments|comments?\W+feed|feed\W+(?:of|for|de|der)\W+comment", re.IGNORECASE
)
# Services whose "subscribe" links contain the feed's address.
_READERS = re.compile(
    r"https?://(?:[\w-]+\.)*(?:feedly|netvibes|inoreader|theoldreader|newsblur|bloglines|newsgator|subtome|feedbin|my\.yahoo|add\.my\.yahoo|fusion\.google)"
    r"\.[a-z.]{2,6}/[^#]{0,200}?(https?(?::|%3A)(?:/|%2F){2}[^\s&#]+)",
    re.IGNORECASE,
)
_MOST = 50
_PARTS = 5  # elements of a link whose words are read
_LONGEST = 60  # characters of a link's words; a longer text is a sentence
_CALLED_FEED = frozenset({"feed", "rss", "atom"})
_OTHER_RELATIONS = frozenset({"stylesheet", "search", "edituri", "icon", "preload", "prefetch", "dns-prefetch", "sitemap"})
MAX_PAGE = 2 * 2**20  # bytes of a page that are read; announced feeds are near the start


@dataclass(frozen=True, slots=True)
class FeedLink:
    url: str
    title: str
    kind: str  # rss, rdf, atom or json as announced; empty if the link only looks like a feed


def find(html_body: bytes, url: str) -> list[FeedLink]:
    """Feeds that the page at `url` links to, the likeliest main feed first; [] if there are none.

    Announced feeds (<link rel=alternate>) come before links that only look like feeds. Comment feeds and podcasts come last in each
    group. Nothing is fetched. Never raises.
    """
    try:
        page, _ = parse_markup(decode(html_body[:MAX_PAGE]).encode("utf-8", "replace"))
    except Failure:
        return []
    if page is None:
        return []
    base = joined(url, str(page.xpath("string(//base/@href)"))) or url
    announced, looking = list(_announced(page, base)), list(_looking(page, base))
    known: dict[str, FeedLink] = {}
    own = _site(url)
    looking.sort(key=lambda link: (_is_side(link), _site(link.url) != own))
    for link in [*sorted(announced, key=_is_side), *looking]:
        known.setdefault(link.url, link)
    return list(known.values())[:_MOST]


def is_of_comments(link: FeedLink) -> bool:
    """Whether a feed carries readers' comments instead of news."""
    return bool(_COMMENTS.search(link.url) or _COMMENTS.search(link.title))


def _announced(page: html.HtmlElement, base: str) -> Iterator[FeedLink]:
    for element in page.iter("link"):
        relations = element.get("rel", "").lower().split()
        kind = _announced_kind(element, relations)
        if kind is not None:
            yield from _link(element.get("href", ""), base, element.get("title", ""), kind or "rss")


def _announced_kind(element: html.HtmlElement, relations: list[str]) -> str | None:
    """The format of the feed that a <link> announces. Empty if it does not say which; None if it announces no feed."""
    kind, _, parameters = element.get("type", "").lower().partition(";")
    href = element.get("href", "")[:2000].partition("#")[0]
    if "type=entry" in parameters.replace(" ", "").replace('"', ""):
        return None  # a single article as an Atom entry (RFC 5023, section 12)
    if exact := _TYPE.search(kind.strip()):
        named = exact[1] or "json"
        return named if not relations or not _OTHER_RELATIONS.issuperset(relations) else None
    kind = kind.strip()
    if not _CALLED_FEED.isdisjoint(relations):
        return _VAGUE.get(kind, "")
    if "alternate" not in relations or "stylesheet" in relations:
        return None
    if kind in _NAMELESS:  # other types are the page in another language, or WordPress's JSON interface
        return _VAGUE.get(kind, "") if _FEED_LIKE.search(href) or (_FILE.search(href) and kind != "application/json") else None
    return _VAGUE.get(kind)


def _looking(page: html.HtmlElement, base: str) -> Iterator[FeedLink]:
    """Links in the page that look like feeds by their type, address or words. Links within the site come first."""
    for element in page.iter("a", "area"):
        target = (element.get("href") or "").strip()
        through = _READERS.match(target[:2000])
        if through:
            target = unquote(through[1])
        kind = (element.get("type") or "").lower().partition(";")[0].strip()
        address = target[:2000].partition("#")[0]
        if target and (through or _TYPE.search(kind) or _FEED_LIKE.search(address) or _is_feed_file(address) or _says_feed(element)):
            yield from _link(target, base, element.text_content(), "")


def _is_feed_file(address: str) -> bool:
    return bool(_FILE.search(address)) and "sitemap" not in address.lower() and "opensearch" not in address.lower()


def _says_feed(element: html.HtmlElement) -> bool:
    """Whether the words, classes or icon of a link say that it leads to a feed."""
    labels = [element.get("title"), element.get("aria-label")]
    for part in islice(element.iter(), _PARTS):
        labels += [part.text, part.get("alt"), part.get("class"), part.get("src")]
    return any(_SAYS_FEED.search(text[:_LONGEST]) for text in labels if text and len(text) <= _LONGEST)


def _link(target: str, base: str, title: str, kind: str) -> Iterator[FeedLink]:
    target = encoded(without_feed_scheme(target))
    if (address := joined(base, target)).startswith(("http://", "https://")) and target:
        yield FeedLink(address.partition("#")[0], one_line(title, 200), kind)


def _is_side(link: FeedLink) -> bool:
    return bool(_SIDE.search(link.url) or _SIDE.search(link.title))


def _site(url: str) -> str:
    try:
        return site_of(parse(url).host)
    except Failure:
        return ""


def joined(base: str, link: str) -> str:
    """The link as an absolute address; empty if it is unusable."""
    try:
        return str(ada_url.join_url(base, link.strip()))
    except ValueError:
        return ""
