"""Read feeds that are too broken for a strict parser. feedparser's loose parser does it in a separate process (fallback_child.py), which is
killed at the deadline."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.feeds.formats.addresses import absolute, web_address
from pipeline.feeds.formats.channel import enclosures, ttl_s, update_s
from pipeline.feeds.formats.entry_dates import read_date, read_future
from pipeline.feeds.formats.model import Entry, Feed, Origin
from pipeline.feeds.formats.xml import MAX_ENTRIES, check_time, plain_title, unique, value
from pipeline.outcomes import Failure

MAX_MIB = 768  # of address space; feedparser itself takes about 100, plus ten times the document
_PROGRAM = Path(__file__).with_name("fallback_child.py")
_MUCH_TIME_S = 3600.0  # if the caller sets no deadline


def read(text: str, origin: Origin) -> Feed:
    """Read whatever entries can be recognised before `origin.ends`. Raises Failure bad_feed."""
    found = _found(text, origin)
    origin = replace(origin, language=_string(found.get("language")))
    links: dict[str, str] = {}
    for rel, href in found["links"]:
        links.setdefault(rel, absolute(_string(href), None, origin.url))
    return Feed(
        kind="atom" if found["version"].startswith("atom") else "rdf" if found["version"] in ("rss090", "rss10") else "rss",
        title=plain_title(_string(found.get("title"))),
        site_url=absolute(_string(found.get("link")), None, origin.url),
        language=_string(found.get("language")),
        ttl_s=ttl_s(_string(found.get("ttl"))),
        entries=tuple(_entry(entry, origin) for entry in found["entries"][:MAX_ENTRIES]),
        update_s=update_s(found.get("sy_updateperiod"), found.get("sy_updatefrequency")),
        self_url=links.get("self", ""),
        hubs=tuple(dict.fromkeys(absolute(_string(href), None, origin.url) for rel, href in found["links"] if rel == "hub"))[:5],
        next_url=links.get("next", ""),
        prev_archive_url=links.get("prev-archive", ""),
    )


def _found(text: str, origin: Origin) -> dict[str, Any]:
    left = min(origin.ends - time.monotonic(), _MUCH_TIME_S)
    arguments = [origin.url, str(math.ceil(max(left, 1))), str(MAX_MIB)]
    try:
        ended = subprocess.run(  # noqa: S603 (our own program; of the feed, only its address is an argument)
            [sys.executable, "-I", str(_PROGRAM), *arguments],
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=max(left, 0.0),
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise Failure("bad_feed", "The feed is not well-formed and takes longer to read leniently than poll.parse_s allows.") from None
    except subprocess.CalledProcessError as error:  # the parser may fail in any way on broken input
        words = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise Failure("bad_feed", f"The feed is too broken to read ({words or f'signal {-error.returncode}'}).") from None
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def _entry(entry: dict[str, Any], origin: Origin) -> Entry:
    check_time(origin)
    language = _string(entry.get("language")) or origin.language
    published = read_date([(key, raw) for key in ("published", "created") if (raw := _string(entry.get(key)))], origin.now, language)
    guid = _string(entry.get("id"))
    return Entry(
        guid=guid,
        url=absolute(_string(entry.get("link")), None, origin.url),
        title=plain_title(_string(entry.get("title"))),
        published=published.at,
        updated=read_date([("updated", _string(entry.get("updated")))], origin.now, language).at,
        summary=_string(entry.get("summary")),
        content=max((_string(text) for kind, text in entry["content"] if _is_text(kind)), key=len, default=""),
        authors=unique([*filter(None, map(_string, entry["authors"] or [entry.get("author")]))]),
        tags=unique([*map(_string, entry["tags"])]),
        original_url=absolute(_string(entry.get("feedburner_origlink")), None, origin.url),
        guid_is_url=entry["id_is_link"] and web_address(guid),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=_string(entry.get("language")),
        enclosures=enclosures(
            [(_string(href), _string(kind), _string(size)) for href, kind, size in entry["enclosures"]], None, origin.url
        ),
        expires=read_future(_string(entry.get("expired"))),
    )


def _is_text(kind: Any) -> bool:
    return not isinstance(kind, str) or not kind.startswith(("image/", "audio/", "video/"))


def _string(found: Any) -> str:
    return value(found) if isinstance(found, str) else ""
