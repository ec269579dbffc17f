"""The program in which feedparser runs: it reads a document from standard input and writes what it found as JSON to standard output.

feedparser's loose parser is pure Python. Hostile input can make it spend hours and gigabytes, and a thread cannot be stopped. So it runs
in a process with its own limits, which hold even if the parent is gone. feedparser gets a BytesIO, because it tries bytes or text first
as an address and then as a file name. It neither sanitises nor resolves links inside HTML: both are very slow on hostile input, and are
done later on what is stored.

    python -I fallback_child.py ADDRESS SECONDS MEBIBYTES      run by fallback.py; -I, since this folder has a module called xml
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from typing import Any

_HEAD = ("title", "link", "language", "ttl", "sy_updateperiod", "sy_updatefrequency")
_ENTRY = ("id", "link", "title", "summary", "author", "published", "created", "language", "feedburner_origlink", "expired")
_LINKS = frozenset({"self", "hub", "next", "prev-archive"})


def _limit(seconds: int, mebibytes: int) -> None:
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, mebibytes * 2**20)):
        with contextlib.suppress(ValueError, OSError):  # a system without this limit; the parent's deadline still holds
            resource.setrlimit(kind, (most, most))


def _read(body: bytes, address: str) -> dict[str, Any]:
    import feedparser  # after the limits are set

    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": address},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    head = _strings(parsed.feed, _HEAD)
    links = [[link.get("rel"), link.get("href")] for link in parsed.feed.get("links", []) if link.get("rel") in _LINKS]
    return {**head, "version": parsed.get("version") or "", "links": links, "entries": [_entry(entry) for entry in parsed.entries]}


def _entry(entry: Any) -> dict[str, Any]:
    return {
        **_strings(entry, _ENTRY),
        "updated": dict.get(entry, "updated"),  # its own get() returns the published date here
        "id_is_link": bool(entry.get("guidislink")),
        "authors": [author.get("name") for author in entry.get("authors", []) if isinstance(author, dict)],
        "content": [[part.get("type"), part.get("value")] for part in entry.get("content", [])],
        "tags": [tag.get("label") or tag.get("term") for tag in entry.get("tags", [])],
        "enclosures": [[file.get("href"), file.get("type"), file.get("length")] for file in entry.get("enclosures", [])],
    }


def _strings(owner: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name in names if isinstance(value := owner.get(name), str)}


if __name__ == "__main__":
    _limit(int(sys.argv[2]), int(sys.argv[3]))
    found = _read(sys.stdin.buffer.read(), sys.argv[1])
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))
