"""What a page says its article is about: keywords and tags."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.extract import metatags
from pipeline.extract.evidence import Evidence, pick
from pipeline.normalise.text import one_line

MAX_TAG = 100  # characters
MAX_TAGS = 50


def topics(page: Evidence) -> tuple[tuple[str, ...], str]:
    """The tags, each once, and their source: json-ld, og, meta or link."""
    return pick(
        (),
        ("json-ld", lambda: split_tags(page.stated("keywords", "name"))),
        ("og", lambda: split_tags(page.named("article:tag"))),
        ("meta", lambda: split_tags(page.named(*metatags.TAGS))),
        ("link", lambda: split_tags("".join(a.itertext()) for a in page.anchors if a.get("rel") == "tag")),
    )


def split_tags(values: Iterable[str]) -> tuple[str, ...]:
    """Keywords, each once. They come as a list, or as one string with commas, or as a list of such strings."""
    listed = list(dict.fromkeys(values))
    joined = len(listed) == 1 or any(value.count(",") > 1 for value in listed)
    parts = [part for value in listed for part in (re.split("[,;]", value) if joined else [value])]
    found: dict[str, str] = {}
    for part in parts:
        if tag := one_line(part, MAX_TAG):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MAX_TAGS]
