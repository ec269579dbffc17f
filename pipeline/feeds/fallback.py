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

from pipeline.feeds.channel import ttl_s
from pipeline.feeds.dates import read_date
from pipeline.feeds.model import Entry, Feed, Origin
from pipeline.feeds.xml import absolute, plain_title, unique, value
from pipeline.outcomes import Failure

MAX_CHARS = 4 * 2**20  # the loose reader is pure Python and slow; broken feeds beyond this are refused
MAX_OPEN = 5000  # elements open at once, on which it spends quadratic time; honest feeds forget to close some <p> and <br>

_TAG = re.compile(r"<(/?)[A-Za-z_][^<>]*+(?<!/)>")


def read(text: str, origin: Origin) -> Feed:
    """Whatever entries can be made out. Raises Failure bad_feed."""
    if len(text) > MAX_CHARS:
        raise Failure("bad_feed", f"The feed is not well-formed and too large ({len(text) // 2**20} MiB) to be read leniently.")
    if _most_open(text) > MAX_OPEN:
        raise Failure("bad_feed", "The feed is not well-formed and has thousands of elements inside each other.")
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": origin.url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        return _feed(parsed, origin)
    except Exception as error:  # a parser of broken things breaks in its own ways
        raise Failure("bad_feed", f"The feed is too broken to read ({type(error).__name__}).") from None


def _most_open(text: str) -> int:
    steps = (-1 if closing else 1 for closing in _TAG.findall(text))
    return max(accumulate(steps), default=0)


def _feed(parsed: Any, origin: Origin) -> Feed:
    version, head = parsed.get("version") or "", parsed.feed
    return Feed(
        kind="atom" if version.startswith("atom") else "rdf" if version in ("rss090", "rss10") else "rss",
        title=plain_title(_string(head.get("title"))),
        site_url=absolute(_string(head.get("link")), None, origin.url),
        language=_string(head.get("language")),
        ttl_s=ttl_s(_string(head.get("ttl"))),
        entries=tuple(_entry(entry, origin) for entry in parsed.entries),
    )


def _entry(entry: Any, origin: Origin) -> Entry:
    authors = [_string(author.get("name")) for author in entry.get("authors", []) if isinstance(author, dict)]
    published = read_date([(key, raw) for key in ("published", "created") if (raw := _string(entry.get(key)))], origin.now)
    return Entry(
        guid=_string(entry.get("id")),
        url=absolute(_string(entry.get("link")), None, origin.url),
        title=plain_title(_string(entry.get("title"))),
        published=published.at,
        updated=read_date([("updated", _string(dict.get(entry, "updated")))], origin.now).at,  # its own get() gives the published date here
        summary=_string(entry.get("summary")),
        content=max((_string(part.get("value")) for part in entry.get("content", [])), key=len, default=""),
        authors=unique(iter(authors or [_string(entry.get("author"))])),
        tags=unique(_string(tag.get("label") or tag.get("term")) for tag in entry.get("tags", [])),
        original_url=absolute(_string(entry.get("feedburner_origlink")), None, origin.url),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
    )


def _string(found: Any) -> str:
    return value(found) if isinstance(found, str) else ""
