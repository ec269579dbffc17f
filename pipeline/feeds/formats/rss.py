"""RSS 0.9x to 2.0 and RSS 1.0 (RDF): https://www.rssboard.org/rss-specification, http://purl.org/rss/1.0/spec."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml import etree

from pipeline.feeds.formats import channel
from pipeline.feeds.formats.addresses import absolute, items_base, web_address
from pipeline.feeds.formats.entry_dates import read_date, read_future
from pipeline.feeds.formats.entry_links import page, page_instead
from pipeline.feeds.formats.model import Entry, Feed, Origin
from pipeline.feeds.formats.xml import (
    RDF_ABOUT,
    XML_LANG,
    Children,
    Names,
    bodies,
    children,
    first_text,
    named,
    plain_title,
    texts,
    texts_of_each,
    unique,
)

_MAIL_AND_NAME = re.compile(r"[^\s@]+@[^\s@()]+\s*\((.+)\)|([^<>]*[^<>\s])\s*<[^\s@<>]+@[^\s@<>]+>")
_PUBLISHED = (
    "pubdate",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "atom:published",
    "published",
    "issued",
    "created",
    "date",
    "dcterms:date",
)
_UPDATED = ("dcterms:modified", "atom:updated", "updated", "modified", "lastbuilddate")
_CONTENT = ("content:encoded", "encoded", "content", "atom:content", "fulltext", "fullitem", "body", "xhtml:body", "xhtml:div")
_NO = frozenset({"false", "no", "0"})
_SELDOM = frozenset({
    "feedburner:origlink", "pheedo:origlink", "thr:in-reply-to", "expirationdate", "dcterms:valid",
})  # fmt: skip
_SUMMARY = ("description", "dc:description", "atom:summary", "summary", "itunes:summary", "media:description", "dcterms:abstract")


def read(root: etree._Element, names: Names, origin: Origin) -> Feed:
    """Read the feed in an <rss>, <rdf:RDF> or lone <channel>. Items count wherever they are."""
    head = next(named(root, names, "channel", origin), root)
    found = children(head, names, but="item")
    site_url = absolute(first_text(found, "link"), head, origin.url) or page(_links(found), origin.url)
    language = first_text(found, "language", "dc:language") or head.get(XML_LANG, "") or root.get(XML_LANG, "")
    inside = replace(origin, url=items_base(site_url, origin.url), language=language)
    return channel.with_hints(
        Feed(
            kind="rdf" if names[root.tag] == "rdf:rdf" else "rss",
            title=plain_title(first_text(found, "title", "dc:title")),
            site_url=site_url,
            language=language,
            ttl_s=channel.ttl_s(first_text(found, "ttl")),
            entries=tuple(_entry(item, names, inside) for item in named(root, names, "item", origin)),
        ),
        found,
        origin.url,
    )


def _entry(item: etree._Element, names: Names, origin: Origin) -> Entry:
    found = children(item, names)
    language = first_text(found, "dc:language") or item.get(XML_LANG, "")
    published = read_date(texts_of_each(found, _PUBLISHED), origin.now, language or origin.language)
    guid = first_text(found, "guid", "atom:id", "id") or item.get(RDF_ABOUT, "").strip()
    guid_is_url = web_address(guid) and _may_be_link(found)
    return Entry(
        guid=guid,
        url=_url(found, item, guid if guid_is_url else "", origin.url),
        title=plain_title(first_text(found, "title", "dc:title", "media:title", "atom:title", "itunes:title")),
        published=published.at,
        updated=read_date(texts_of_each(found, _UPDATED), origin.now, language or origin.language).at,
        summary=next(iter(bodies(found, _SUMMARY)), ""),
        content=max(bodies(found, _CONTENT), key=len, default=""),
        authors=unique([_person(text) for text in texts(found, "dc:creator", "author", "itunes:author")]),
        tags=unique(_tags(found)),
        guid_is_url=guid_is_url,
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=language,
        enclosures=channel.enclosures(_files(found), item, origin.url),
        **({} if found.keys().isdisjoint(_SELDOM) else _more(found, item, origin)),
    )


def _more(found: Children, item: etree._Element, origin: Origin) -> dict[str, Any]:
    """What the elements in _SELDOM say. Most items have none of them, and looking for each takes time."""
    return {
        "original_url": absolute(first_text(found, "feedburner:origlink", "pheedo:origlink"), item, origin.url),
        "in_reply_to": channel.in_reply_to(found),
        "expires": read_future(first_text(found, "expirationdate", "dcterms:valid")),
    }


def _url(found: Children, item: etree._Element, guid: str, url: str) -> str:
    """The page of an item: its <link>, else a link in Atom's form, else the permalink, else anything left. Addresses that are not web
    addresses (`javascript:`) are the last resort."""
    link = absolute(first_text(found, "link"), item, url)
    if link.startswith(("http://", "https://")):  # as nearly all are
        return link
    links = _links(found)
    others = (page(links, url), absolute(guid or _own_href(item), item, url), page_instead(links, url, surely=False))
    return next(filter(web_address, others), "") or link or next(filter(None, others), "")


def _links(found: Children) -> list[etree._Element]:
    return [*found.get("link", ()), *found.get("atom:link", ())]


def _own_href(item: etree._Element) -> str:
    """The link of an item in CDF, the format before RSS."""
    return str(item.get("HREF") or item.get("href") or "").strip()


def _may_be_link(found: Children) -> bool:
    """Whether the guid may be a permalink. If the item says it is none, it is opaque, even if it looks like an address."""
    for element in found.get("guid", ()):
        is_permalink = element.get("isPermaLink")
        if is_permalink is None:
            is_permalink = next((str(text) for name, text in element.attrib.items() if str(name).lower() == "ispermalink"), "")
        if is_permalink.strip().lower() in _NO:
            return False
    return True


def _person(text: str) -> str:
    """The name in `desk@example.org (Jane Doe)`."""
    if "@" not in text:
        return text
    match = _MAIL_AND_NAME.fullmatch(text[:300])
    return next(filter(None, match.groups()), text) if match else text


def _tags(found: Children) -> list[str]:
    tags = texts(found, "category", "dc:subject")
    for text in texts(found, "media:keywords", "itunes:keywords"):
        tags += text.split(",")
    return tags


def _files(found: Children) -> list[tuple[str, str, str]]:
    files = [(e.get("url", "") or e.get("href", ""), e.get("type", ""), e.get("length", "")) for e in found.get("enclosure", ())]
    return files + channel.media_files(found)
