"""Read the structured data (schema.org) in a page's `application/ld+json` scripts, tolerating errors."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.text import letters_key

Node = dict[str, Any]

PAGES = frozenset(("WebPage", "ItemPage", "SocialMediaPosting", "DiscussionForumPosting"))
MAX_NODES = 5000  # of one page; live blogs reach a thousand
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
BETWEEN = re.compile(r"[ \t\r\n,;]*")
MIN_QUOTES = 4  # a script with fewer is escaped as a whole
MAX_MENDED = 500_000  # characters
UNKNOWN_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
INNER_QUOTE = re.compile(r'(?<![\\{\[,:\s])"(?!\s*[,:}\]])|(?<=[^\\{\[,:\s]\s)"(?=[^\s,:}\]])')
# URLs in strings contain // too. A string without end extends to the end of the text; otherwise each quote in it would start a new one.
STRING_OR_COMMENT = re.compile(r'("(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z))|/\*.*?(?:\*/|\Z)|//[^\n]*', re.DOTALL)
WRAPPER = re.compile(r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>|/\*\s*\]\]>\s*\*/)\s*$")


def nodes(scripts: Iterable[HtmlElement]) -> list[Node]:
    """Every object of every JSON-LD script, outer ones first. Unreadable scripts are skipped."""
    found: list[Node] = []
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            for value in loads(script.text or ""):
                found.extend(_walk(value, MAX_NODES - len(found)))
    return found


def loads(text: str) -> list[Any]:
    """The JSON values in a script. If it is invalid, the usual faults are repaired: wrappers, trailing commas, several values, HTML
    escapes, unknown escapes, quotes within a string."""
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    mended = TRAILING_COMMA.sub("", WRAPPER.sub("", text.strip()).strip().rstrip(";"))
    values, is_whole = _values(mended)
    for mend in (_without_comments, _unescaped, _with_known_escapes, _with_escaped_quotes):
        if is_whole:
            break
        mended = mend(mended)
        again, is_whole = _values(mended)
        values = again if len(again) > len(values) or is_whole else values
    return values


def _values(text: str) -> tuple[list[Any], bool]:
    """The values one after another, and whether the text contains nothing else."""
    values: list[Any] = []
    decoder, at = json.JSONDecoder(strict=False), 0
    while at < len(text) and len(values) < MAX_NODES:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        between = BETWEEN.match(text, at)
        at = between.end() if between else at
    return values, at >= len(text) > 0


def _without_comments(text: str) -> str:
    if ("/*" not in text and "//" not in text) or len(text) > MAX_MENDED:
        return text
    return TRAILING_COMMA.sub("", STRING_OR_COMMENT.sub(lambda match: match[1] or " ", text))


def _unescaped(text: str) -> str:
    return entities.unescape(text) if "&quot;" in text and text.count('"') < MIN_QUOTES else text


def _with_known_escapes(text: str) -> str:
    return UNKNOWN_ESCAPE.sub(r"\\\\", text).replace(r"\\'", "'")


def _with_escaped_quotes(text: str) -> str:
    """Escape quotes that neither start nor end a string, judging by the characters beside them."""
    return INNER_QUOTE.sub(r"\"", text) if len(text) <= MAX_MENDED else text


def types(node: Node) -> frozenset[str]:
    """The schema.org types of a node, without their URL."""
    return frozenset(t.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for t in as_list(node.get("@type")) if isinstance(t, str))


def is_article(node: Node) -> bool:
    """Whether the node is an Article, NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting, …"""
    return any(t.endswith(("Article", "BlogPosting")) or t == "Report" for t in types(node))


def main_article(found: list[Node], url: str, titles: Iterable[str] = ()) -> Node:
    """The article that the page is about: the one with the page's URL, else one whose headline is among the page's own `titles`, else the
    first with the most fields; {} if there is none. A listed item with a URL of its own is about another page."""
    articles = [node for node in found if is_article(node)]
    if not articles:
        return {}
    known = [key for title in titles if (key := letters_key(unescape(title)))]
    wanted = ("headline", "datePublished", "author", "articleBody", "description", "image")
    address = _bare_url(url)

    def rank(node: Node) -> tuple[bool, bool, int]:
        headline = letters_key(unescape(next(iter(texts(node.get("headline") or node.get("name"))), "")))
        is_titled = bool(headline) and any(headline in title or title in headline for title in known)
        here = any(_bare_url(text) == address for key in ("url", "@id", "mainEntityOfPage") for text in texts(node.get(key), "@id", "url"))
        return here, is_titled, sum(1 for key in wanted if node.get(key))

    return max(articles, key=rank)


def web_page(found: list[Node]) -> Node:
    """The single node for the page itself or its post, on a site that calls nothing an article; {} if there is not exactly one."""
    pages = [node for node in found if types(node) & PAGES]
    return pages[0] if len(pages) == 1 else {}


def texts(value: Any, *keys: str) -> list[str]:
    """The strings in a value that may be a string, an object with one of `keys`, or a list of these."""
    found: list[str] = []
    for item in as_list(value):
        if isinstance(item, dict):
            item = item.get("@list") or next((item[key] for key in keys if item.get(key)), "") or _full_name(item, keys)
        if isinstance(item, list):
            found.extend(texts([inner for inner in item if not isinstance(inner, list)], *keys))
        elif isinstance(item, str) and item.strip():
            found.append(unescape(item))
    return found


def _full_name(person: Node, keys: tuple[str, ...]) -> str:
    """The name of a person of whom only its parts are stated."""
    parts = (person.get(part) for part in ("givenName", "additionalName", "familyName")) if "name" in keys else ()
    return " ".join(part for part in parts if isinstance(part, str) and part.strip())


def follow(value: Any, found: list[Node]) -> list[Any]:
    """The items of a value, with bare references ({"@id": …}) replaced by the node they refer to."""
    named: dict[str, Node] | None = None
    items: list[Any] = []
    for item in as_list(value):
        if isinstance(item, dict) and set(item) <= {"@id", "@type"} and isinstance(item.get("@id"), str):
            if named is None:
                named = {}
                for node in found:
                    if isinstance(node.get("@id"), str) and len(node) > len(named.get(node["@id"], ())):
                        named[node["@id"]] = node
            item = named.get(item["@id"], item)
        items.append(item)
    return items


def unescape(text: str) -> str:
    """Unescape HTML, which many sites write inside JSON."""
    return entities.unescape(text) if "&" in text else text


def as_list(value: Any) -> list[Any]:
    """A JSON-LD value as a list; a single value or none becomes a list too."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _walk(value: Any, limit: int) -> Iterator[Node]:
    waiting, given = [value], 0
    while waiting and given < limit:
        item = waiting.pop(0)
        if isinstance(item, dict):
            given += 1
            yield item
            waiting.extend(child for child in item.values() if isinstance(child, dict | list))
        elif isinstance(item, list):
            waiting[:0] = [child for child in item if isinstance(child, dict | list)]


def _bare_url(url: str) -> str:
    return url.split("#", 1)[0].split("?", 1)[0].removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
