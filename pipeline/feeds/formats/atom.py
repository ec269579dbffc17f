"""Atom 1.0 (RFC 4287) and Atom 0.3."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import replace

from lxml import etree

from pipeline.feeds.formats import channel
from pipeline.feeds.formats.addresses import absolute, items_base, web_address
from pipeline.feeds.formats.entry_dates import read_date, read_future
from pipeline.feeds.formats.entry_links import page, page_instead, relation
from pipeline.feeds.formats.model import Entry, Feed, Origin
from pipeline.feeds.formats.xml import (
    XML_LANG,
    Children,
    Names,
    children,
    first_text,
    inner_markup,
    markup_text,
    named,
    plain_title,
    text_of,
    texts,
    texts_of_each,
    unique,
    value,
)

_PUBLISHED = ("published", "issued", "created", "dc:date", "pubdate")
_SAYING = ("id", "title", "summary", "content")
_UPDATED = ("updated", "modified")


def read(root: etree._Element, names: Names, origin: Origin) -> Feed:
    """Read the feed in a <feed>."""
    found = children(root, names, but="entry")
    inherited = _people(found, names)  # section 4.2.1: an entry without author has its feed's
    site_url = page(found.get("link", ()), origin.url)
    language = root.get(XML_LANG, "") or first_text(found, "dc:language", "language")
    inside = replace(origin, url=items_base(site_url, origin.url), language=language)
    return channel.with_hints(
        Feed(
            kind="atom",
            title=_title(found),
            site_url=site_url,
            language=language,
            ttl_s=None,
            entries=tuple(_entry(entry, names, inside, inherited) for entry in named(root, names, "entry", origin)),
        ),
        found,
        origin.url,
    )


def read_entry(root: etree._Element, names: Names, origin: Origin) -> Feed:
    """Read an entry document (section 2) as a feed with one entry. What the entry says about its source applies to the feed."""
    found = children(root, names)
    source = children(found["source"][0], names) if "source" in found else {}
    language = root.get(XML_LANG, "")
    entry = _entry(root, names, origin, [])
    return Feed(
        kind="atom",
        title=_title(source),
        site_url=page(source.get("link", ()), origin.url),
        language=language,
        ttl_s=None,
        entries=(entry,),
    )


def _entry(entry: etree._Element, names: Names, origin: Origin, inherited: list[str]) -> Entry:
    found = children(entry, names)
    source = children(found["source"][0], names) if "source" in found else {}
    guid = first_text(found, "id", "guid")
    language = _language(entry, found)
    published = read_date(texts_of_each(found, _PUBLISHED), origin.now, language or origin.language)
    return Entry(
        guid=guid,
        url=_address(found, entry, guid, origin.url),
        title=_title(found),
        published=published.at,
        updated=read_date(texts_of_each(found, _UPDATED), origin.now, language or origin.language).at,
        summary=max(map(_markup, found.get("summary", ())), key=len, default="") or first_text(found, "media:description", "description"),
        content=max(map(_markup, (*found.get("content", ()), *found.get("content:encoded", ()))), key=len, default=""),
        authors=unique(_people(found, names) or _people(source, names) or inherited),
        tags=unique(_tags(found)),
        original_url=absolute(first_text(found, "feedburner:origlink", "pheedo:origlink"), entry, origin.url),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=language,
        enclosures=channel.enclosures(_files(found), entry, origin.url),
        in_reply_to=channel.in_reply_to(found),
        expires=read_future(first_text(found, "dcterms:valid", "expirationdate")),
    )


def _address(found: Children, entry: etree._Element, guid: str, url: str) -> str:
    """The entry's page: from its links, else the address of its content, else the id if that is an address."""
    links = found.get("link", ())
    usable_links = () if found.keys().isdisjoint(_SAYING) else links  # an entry with nothing but a link to itself announces no page
    return (
        page(links, url)
        or next((absolute(source, element, url) for element in found.get("content", ()) if (source := element.get("src", ""))), "")
        or page_instead(usable_links, url, surely=True)
        or (absolute(guid, entry, url) if web_address(guid) else "")
        or page_instead(usable_links, url, surely=False)
    )


def _files(found: Children) -> list[tuple[str, str, str]]:
    links = [link for link in found.get("link", ()) if relation(link) == "enclosure"]
    return [(link.get("href", ""), link.get("type", ""), link.get("length", "")) for link in links] + channel.media_files(found)


def _language(entry: etree._Element, found: Children) -> str:
    return entry.get(XML_LANG) or next((lang for e in found.get("content", ()) if (lang := e.get(XML_LANG))), "")


def _title(found: Children) -> str:
    for element in found.get("title", ()):
        if text := markup_text(element) if len(element) else _text(element):
            return plain_title(text)
    return plain_title(first_text(found, "dc:title", "media:title"))


def _markup(element: etree._Element) -> str:
    if _kind(element).startswith(("image/", "audio/", "video/")):
        return ""
    return inner_markup(element) if len(element) else _text(element)


def _text(element: etree._Element) -> str:
    """The text of an element, decoded if it is base64. Atom 0.3 says so with its mode; in Atom 1.0 any non-text media type means base64
    (section 4.1.3.3)."""
    text, kind = text_of(element), _kind(element)
    if element.get("mode") == "base64" or ("/" in kind and not kind.startswith("text/") and not kind.endswith("xml")):
        with contextlib.suppress(ValueError):  # not base64, although declared so
            return value(base64.b64decode("".join(text.split()), validate=True).decode("utf-8"))
    return text


def _kind(element: etree._Element) -> str:
    return str(element.get("type", "text").strip().lower())


def _people(found: Children, names: Names) -> list[str]:
    people = [first_text(children(author, names), "name") if len(author) else text_of(author) for author in found.get("author", ())]
    return people + texts(found, "dc:creator")


def _tags(found: Children) -> list[str]:
    tags = [category.get("label") or category.get("term") or text_of(category) for category in found.get("category", ())]
    return tags + texts(found, "dc:subject")
