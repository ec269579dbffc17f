"""Read OPML that no XML parser accepts. Each outline is read by itself, so a fault costs only that outline. Pure; time is linear in the
text."""

from __future__ import annotations

import bisect
import html
import re
from itertools import pairwise

from lxml import etree

from pipeline.feeds.formats.xml import value

_OUTLINE = re.compile(r"<(/?)(?:[A-Za-z][\w.-]*+:)?outline(?=[\s/>])", re.IGNORECASE)
_KNOWN = "text|title|type|xmlurl|htmlurl|url|feedurl|rssurl|category|description|language|version"
# Where an attribute starts: any name if a quote follows, only an outline's own names without quote.
_ATTRIBUTE = re.compile(rf"""(?:(?<=[\s"'])|^)(?:([A-Za-z_][\w.:-]*+)\s*=\s*(["'])|({_KNOWN})\s*=\s*(?=[^\s"'>]))""", re.IGNORECASE)
_END = {quote: re.compile(rf"{quote}\s*+(/?)\s*+>") for quote in ('"', "'")} | {"": re.compile(r"(/?)>")}
_MAX_DEPTH = 100
_MAX_LINE = 65_535  # the largest number that lxml stores


def outlines(text: str, namespaces: dict[str, str]) -> etree._Element:
    """Return an <opml> with the outlines that can be recognised, nested as in the text, each with its line in `sourceline`. `namespaces` is
    by prefix."""
    root = etree.Element("opml")
    breaks = [match.start() for match in re.finditer("\n", text)]
    tags = list(_OUTLINE.finditer(text))
    open_elements = [root]
    for number, tag in enumerate(tags):
        if tag[1]:
            if len(open_elements) > 1:
                open_elements.pop()
            continue
        end = tags[number + 1].start() if number + 1 < len(tags) else len(text)
        attributes, is_closed = _attributes(text[tag.end() : end])
        element = etree.SubElement(open_elements[-1], "outline")
        element.sourceline = min(bisect.bisect_left(breaks, tag.start()) + 1, _MAX_LINE)  # type: ignore[assignment]
        for name, raw in attributes:
            element.set(_qualified(name, namespaces), value(html.unescape(raw)))
        if not is_closed and len(open_elements) < _MAX_DEPTH:
            open_elements.append(element)
    return root


def _attributes(text: str) -> tuple[list[tuple[str, str]], bool]:
    """The attributes of a tag, and whether it closes itself. `text` starts after the tag's name. A value ends at the next attribute,
    whatever quotes it contains; a value that is cut off is left out."""
    starts = list(_ATTRIBUTE.finditer(text))
    found: list[tuple[str, str]] = []
    for this, following in pairwise(starts):
        raw = text[this.end() : following.start()].rstrip()
        found.append((this[1] or this[3], raw.removesuffix(this[2] or "")))
    if not starts:
        return found, "/>" in text
    last = starts[-1]
    end = _END[last[2] or ""].search(text, last.end())
    if end:
        found.append((last[1] or last[3], text[last.end() : end.start()].rstrip()))
    return found, end is None or bool(end[1])


def _qualified(name: str, namespaces: dict[str, str]) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{namespaces[prefix]}}}{local}" if prefix in namespaces else name.replace(":", "_") if colon else name
