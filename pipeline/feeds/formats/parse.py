"""Parse a feed document of any format, in nearly any state, into entries.

lxml parses well-formed documents strictly. If that fails, the text is repaired and parsed strictly again. If that fails too, or finds
fewer entries than the text contains, feedparser parses it loosely in a process that can be killed. Decoding is always our own.

Parsing always ends in time: each step takes time linear in the document, and the deadline is checked between entries.
"""

from __future__ import annotations

import html.entities
import re
import time
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from pipeline.feeds.formats import atom, fallback, jsonfeed, rss, sitemap
from pipeline.feeds.formats.addresses import absolute
from pipeline.feeds.formats.model import Enclosure, Entry, Feed, Origin
from pipeline.feeds.formats.xml import MAX_ENTRIES, Names, after_prolog, strict_tree
from pipeline.feeds.repair import broken_xml
from pipeline.feeds.repair.broken_json import is_call
from pipeline.feeds.repair.decode import decode
from pipeline.normalise.dates.judged_at import judging_moment
from pipeline.outcomes import Failure

__all__ = ["Enclosure", "Entry", "Feed", "parse"]

LIMIT_S = 20.0
MAX_PIECES = 1_000_000  # tags, or objects of JSON: each takes many times its bytes in memory; the largest sitemaps have half as many
MAX_ENTITIES = 1000  # entities that a feed declares; all of HTML's are 253

_READERS = {
    "rss": rss.read,
    "rdf": rss.read,
    "channel": rss.read,
    "feed": atom.read,
    "entry": atom.read_entry,
    "urlset": sitemap.read,
    "sitemapindex": sitemap.read_index,
}
_COUNTED = frozenset({"rss", "rdf", "channel", "feed"})  # formats whose names for entries are used for nothing else

_START = re.compile(
    r"<(?:\?xml|(?:[A-Za-z][\w.-]*:)?(?:rss|rdf|feed|entry|channel|urlset|sitemapindex)[\s/>]|!doctype|html[\s>])", re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)")
# A feed inside another document, such as an XHTML page: an element that names its format and is closed.
_INSIDE = re.compile(r"<((?:[A-Za-z][\w.-]*+:)?(rss|rdf|feed|urlset|sitemapindex))(\s[^<>]*+)>", re.IGNORECASE)
_SHOWN = (("<!--", "-->"), *((f"<{name}", f"</{name}") for name in ("script", "template", "textarea", "pre", "xmp")))
# An entity that only stands for a few words: no entity, element or file inside.
_PLAIN_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"&<%]{0,200})"|'([^'&<%]{0,200})')\s*>""")
_OWN_ENTITY = re.compile(r"<!ENTITY\s+(?!%)(\S{1,100})", re.IGNORECASE)
_ENTRIES = tuple(
    f"{{*}}{name}" for word in ("item", "entry") for name in (word, word.upper(), word.title())
)  # the elements of entries in a tree
_ITEM = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_READABLE = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:item|entry|title)[\s/>]", re.IGNORECASE)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def parse(
    body: bytes, *, url: str, content_type: str = "", content_location: str = "", max_entries: int = 2000, limit_s: float = LIMIT_S
) -> Feed:
    """Parse the feed in `body`, which was fetched from `url`. If it has more than `max_entries` entries, keep the newest.

    Reads RSS 0.9x to 2.0, RSS 1.0, Atom 0.3 and 1.0, JSON Feed, sitemaps (also as text), news sitemaps, and a feed inside an XHTML page.
    The content type only helps to decode, because half of them are wrong. Raises Failure: not_a_feed (something else, such as an HTML
    page), bad_feed (it is too broken, declares entities, or takes more than `limit_s` seconds).
    """
    text = decode(body, content_type)
    origin = Origin(absolute(content_location, None, url) or url, judging_moment(), time.monotonic() + limit_s)
    if (
        len(text) > MAX_PIECES and max(text.count("&") // 2, *map(text.count, "<{[")) > MAX_PIECES
    ):  # escaped markup has an ampersand at both ends of a tag
        raise Failure("bad_feed", f"The document has more than {MAX_PIECES} elements, which no feed needs and attacks use.")
    head = text[:1000].lstrip("\ufeff\x00 \t\r\n")
    if not head and not text.strip("\ufeff\x00 \t\r\n"):
        raise Failure("not_a_feed", "The body is empty.")
    return _newest(_read(text, head, origin), max_entries)


def _read(text: str, head: str, origin: Origin) -> Feed:
    if head[:1] in ("{", "[") or is_call(head):
        return jsonfeed.read(text.strip("\ufeff\x00 \t\r\n"), origin)
    if head[:1] != "<" and "jsonfeed.org/version" in head:  # after a warning of the program that made it
        return jsonfeed.read(text[text.find("{") :], origin)
    if head[:1] != "<" and sitemap.is_text(head, origin.url):
        return sitemap.read_text(text, origin)
    return _from_xml(text, origin)


def _from_xml(text: str, origin: Origin) -> Feed:
    text, root, before = _document(text)
    problems = [f"{before} characters before the start of the feed were removed."] if before else []
    partial = False
    try:
        tree = strict_tree(text)
    except etree.XMLSyntaxError:
        partial = not broken_xml.is_closed(text)
        text, mended = broken_xml.mend(text)
        problems += mended
        try:
            tree = strict_tree(text)
        except etree.XMLSyntaxError as error:
            problems.append(f"The feed is not well-formed XML (line {error.lineno or 1}) and was read leniently.")
            try:
                tree = strict_tree(text, names=False)
            except etree.XMLSyntaxError:
                return replace(_loosely(text, origin), problems=tuple(problems), partial=partial)
        expected = _entries_in(text)
    else:
        expected = sum(1 for _ in tree.iter(*_ENTRIES))
    feed = _READERS[root](tree, Names(tree), origin)
    if root not in _COUNTED:
        expected = 0
    if len(feed.entries) < min(expected, MAX_ENTRIES):
        loose = _loosely(text, origin)
        if len(loose.entries) > len(feed.entries):
            problems.append(f"A strict reader found {len(feed.entries)} of {expected} entries, so the feed was read leniently.")
            feed = loose
    return replace(feed, problems=(*problems, *feed.problems), partial=partial)


def _document(text: str) -> tuple[str, str, int]:
    """The text from its root element on, the root's name in lower case, and the number of characters before the document."""
    start = _START.search(text)
    if start is None and "<opml" in text[:2000].lower():
        raise Failure("not_a_feed", "The body is a list of feeds (OPML); add them with `newsmill import`.")
    if start is None:
        raise Failure("not_a_feed", "The body is neither a feed nor a web page.")
    before = len(text[: start.start()].strip("\ufeff\x00 \t\r\n"))
    at = after_prolog(text, start.start())
    root = _ROOT.match(text, at)
    name = root[1].lower() if root else ""
    if text.count("<!ENTITY", 0, at) > MAX_ENTITIES:
        raise Failure("bad_feed", "The feed declares thousands of entities of its own, which no feed needs and attacks use.")
    plain = {name: one or other for name, one, other in _PLAIN_ENTITY.findall(text[:at])}
    if foreign := {e for e in _OWN_ENTITY.findall(text[:at]) if f"{e};" not in html.entities.html5 and e not in plain}:
        raise Failure("bad_feed", f"The feed declares entities of its own ({min(foreign)}), which no feed needs and attacks use.")
    if name not in _READERS and (inside := _inside(text, at)):
        first, end, name = inside
        return _with_entities(text[first:end], plain), name, before + first - at
    if name not in _READERS:
        what = (
            "an HTML page"
            if name == "html" or "<html" in text[:5000].lower()
            else f"XML with the root <{name[:40]}>"
            if name
            else "broken XML"
        )
        raise Failure("not_a_feed", f"The body is {what}, not a feed.")
    return _with_entities(text[at:], plain), name, before


def _inside(text: str, at: int) -> tuple[int, int, str] | None:
    """The position of a feed inside another document, and its root's name in lower case; None if the feed is only quoted or in a template."""
    root = next((tag for tag in _INSIDE.finditer(text, at) if "xmlns" in tag[3] or "version" in tag[3]), None)
    closed = text.rfind(f"</{root[1]}", root.end()) if root else -1
    if root is None or closed < 0:
        return None
    before, end = text[at : root.start()].lower(), text.find(">", closed) + 1
    if end == 0 or any(before.rfind(opener) > before.rfind(closer) for opener, closer in _SHOWN):
        return None
    return root.start(), end, root[2].lower()


def _with_entities(text: str, plain: dict[str, str]) -> str:
    """Replace the feed's own entities by their words, unless that makes the text much longer."""
    if not plain:
        return text
    uses = re.findall(f"&({'|'.join(map(re.escape, plain))});", text)
    if sum(len(plain[name]) for name in uses) > len(text):
        raise Failure("bad_feed", "The feed's own entities more than double it, which no feed needs and attacks use.")
    return re.sub(f"&({'|'.join(map(re.escape, plain))});", lambda found: plain[found[1]], text)


def _loosely(text: str, origin: Origin) -> Feed:
    if not _READABLE.search(text):
        raise Failure("bad_feed", "The feed is so broken that no entry could be read from it.")
    feed = fallback.read(text, origin)
    if not feed.entries and not feed.title:
        raise Failure("bad_feed", "The feed is so broken that no entry could be read from it.")
    return feed


def _entries_in(text: str) -> int:
    """The number of entries in a repaired text. Only markup counts, not words that look like it."""
    return sum(1 for _ in _ITEM.finditer(broken_xml.without_literals(text)))


def _newest(feed: Feed, most: int) -> Feed:
    cut = len(feed.entries) - most
    if cut <= 0:
        return feed
    dates = [entry.published or entry.updated or _LONG_AGO for entry in feed.entries]
    by_date = sorted(range(len(dates)), key=dates.__getitem__, reverse=True)  # stable sort: equal dates keep the document's order
    kept = tuple(feed.entries[i] for i in sorted(by_date[:most]))
    return replace(feed, entries=kept, problems=(*feed.problems, f"The {cut} oldest of {cut + most} entries were cut."))
