"""Feeds too broken for a strict reader, read by feedparser's loose one.

feedparser is given a BytesIO and nothing else: handed bytes or text it first tries them as an address and then as a file name. It neither
sanitises nor resolves links inside HTML here (both are slow beyond reason on hostile input, and are done later on what is stored).
"""

from __future__ import annotations

import io
import re
from itertools import accumulate
from typing import Any

import feedparser

from pipeline.feeds.model import Entry, Feed
from pipeline.feeds.xml import absolute, plain_title, unique, value
from pipeline.normalise.dates import parse_date
from pipeline.outcomes import Failure

MAX_CHARS = 4 * 2**20  # the loose reader is pure Python and slow; broken feeds beyond this are refused
MAX_OPEN = 5000  # elements open at once, on which it spends quadratic time; honest feeds forget to close some <p> and <br>

_TAG = re.compile(r"<(/?)[A-Za-z_][^<>]*+(?<!/)>")


def read(text: str, url: str) -> Feed:
    """Whatever entries can be made out. Raises Failure bad_feed."""
    if len(text) > MAX_CHARS:
        raise Failure("bad_feed", f"The feed is not well-formed and too large ({len(text) // 2**20} MiB) to be read leniently.")
    if _most_open(text) > MAX_OPEN:
        raise Failure("bad_feed", "The feed is not well-formed and has thousands of elements inside each other.")
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        return _feed(parsed, url)
    except Exception as error:  # a parser of broken things breaks in its own ways
        raise Failure("bad_feed", f"The feed is too broken to read ({type(error).__name__}).") from None


def _most_open(text: str) -> int:
    steps = (-1 if closing else 1 for closing in _TAG.findall(text))
    return max(accumulate(steps), default=0)


def _feed(parsed: Any, url: str) -> Feed:
    version = parsed.get("version") or ""
    return Feed(
        kind="atom" if version.startswith("atom") else "rdf" if version in ("rss090", "rss10") else "rss",
        title=plain_title(_string(parsed.feed.get("title"))),
        site_url=absolute(_string(parsed.feed.get("link")), None, url),
        language=_string(parsed.feed.get("language")),
        ttl_s=int(ttl) * 60 or None if (ttl := _string(parsed.feed.get("ttl"))).isdecimal() and len(ttl) < 7 else None,
        entries=tuple(_entry(entry, url) for entry in parsed.entries),
        notes=(),
    )


def _entry(entry: Any, url: str) -> Entry:
    authors = [_string(author.get("name")) for author in entry.get("authors", []) if isinstance(author, dict)]
    return Entry(
        guid=_string(entry.get("id")),
        url=absolute(_string(entry.get("feedburner_origlink")) or _string(entry.get("link")), None, url),
        title=plain_title(_string(entry.get("title"))),
        published=parse_date(_string(entry.get("published")) or _string(entry.get("created"))),
        updated=parse_date(_string(dict.get(entry, "updated"))),  # its own get() gives the published date here
        summary=_string(entry.get("summary")),
        content=max((_string(part.get("value")) for part in entry.get("content", [])), key=len, default=""),
        authors=unique(iter(authors or [_string(entry.get("author"))])),
        tags=unique(_string(tag.get("label") or tag.get("term")) for tag in entry.get("tags", [])),
    )


def _string(found: Any) -> str:
    return value(found) if isinstance(found, str) else ""
