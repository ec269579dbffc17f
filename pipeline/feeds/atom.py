"""Atom 1.0 (RFC 4287) and Atom 0.3."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.feeds.model import Entry, Feed
from pipeline.feeds.xml import XML_LANG, Name, absolute, children, first_text, inner_markup, plain_title, text_of, texts, unique
from pipeline.normalise.dates import parse_date

Children = dict[str, list[etree._Element]]


def read(root: etree._Element, name: Name, url: str) -> Feed:
    """The feed under a <feed>."""
    found = children(root, name)
    inherited = tuple(_people(found, name))  # section 4.2.1: an entry without author has its feed's
    entries = [e for e in root.iter("{*}entry", "{*}ENTRY", "{*}Entry") if name(e) == "entry"]
    return Feed(
        kind="atom",
        title=_title(found),
        site_url=_link(found, url),
        language=root.get(XML_LANG, "") or first_text(found, "dc:language"),
        ttl_s=None,
        entries=tuple(_entry(entry, name, url, inherited) for entry in entries),
        notes=(),
    )


def _entry(entry: etree._Element, name: Name, url: str, inherited: tuple[str, ...]) -> Entry:
    found = children(entry, name)
    source = children(found["source"][0], name) if "source" in found else {}
    original = first_text(found, "feedburner:origlink")
    return Entry(
        guid=first_text(found, "id"),
        url=original if original.startswith(("http://", "https://")) else _link(found, url),
        title=_title(found),
        published=parse_date(first_text(found, "published", "issued", "created", "dc:date")),
        updated=parse_date(first_text(found, "updated", "modified")),
        summary=max(map(_markup, found.get("summary", ())), key=len, default="") or first_text(found, "media:description"),
        content=max(map(_markup, (*found.get("content", ()), *found.get("content:encoded", ()))), key=len, default=""),
        authors=unique(iter([*_people(found, name)] or [*_people(source, name)] or inherited)),
        tags=unique(_tags(found)),
    )


def _link(found: Children, url: str) -> str:
    """The alternate link, an HTML one before others; else the place where the content is said to be. Never the id, which is opaque."""
    alternates = [
        e for e in found.get("link", ()) if e.get("rel", "alternate").strip().lower() in ("alternate", "") and e.get("href", "").strip()
    ]
    for element in sorted(alternates, key=lambda e: "html" not in e.get("type", "text/html")):
        return absolute(element.get("href", ""), element, url)
    for element in found.get("link", ()):
        if not element.get("href") and (text := text_of(element)):  # an RSS habit
            return absolute(text, element, url)
    for element in found.get("content", ()):
        if source := element.get("src", ""):
            return absolute(source, element, url)
    return ""


def _title(found: Children) -> str:
    return plain_title(first_text(found, "title", "dc:title", "media:title"))


def _markup(element: etree._Element) -> str:
    kind = element.get("type", "text").strip().lower()
    if kind.startswith(("image/", "audio/", "video/")) or element.get("mode") == "base64":
        return ""
    return inner_markup(element) if len(element) else text_of(element)


def _people(found: Children, name: Name) -> Iterator[str]:
    for author in found.get("author", ()):
        yield first_text(children(author, name), "name") if len(author) else text_of(author)
    yield from texts(found, "dc:creator")


def _tags(found: Children) -> Iterator[str]:
    for category in found.get("category", ()):
        yield category.get("label") or category.get("term") or text_of(category)
    yield from texts(found, "dc:subject")
