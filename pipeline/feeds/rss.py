"""RSS 0.9x to 2.0 and RSS 1.0 (RDF): https://www.rssboard.org/rss-specification, http://purl.org/rss/1.0/spec."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.feeds.model import Entry, Feed
from pipeline.feeds.xml import RDF_ABOUT, XML_LANG, Name, absolute, children, first_text, plain_title, text_of, texts, unique
from pipeline.normalise.dates import parse_date

_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)|(.+?)\s*<\S+@\S+>")
_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}

Children = dict[str, list[etree._Element]]


def read(root: etree._Element, name: Name, url: str) -> Feed:
    """The feed under an <rss>, <rdf:RDF> or lone <channel>. Items count wherever they stand."""
    channel_element = next((e for e in root.iter("{*}channel") if name(e) == "channel"), root)
    channel = children(channel_element, name)
    items = [e for e in root.iter("{*}item", "{*}ITEM", "{*}Item") if name(e) == "item"]
    return Feed(
        kind="rdf" if name(root) == "rdf:rdf" else "rss",
        title=plain_title(first_text(channel, "title")),
        site_url=absolute(first_text(channel, "link"), channel_element, url),
        language=first_text(channel, "language", "dc:language") or root.get(XML_LANG, ""),
        ttl_s=_ttl_s(channel),
        entries=tuple(_entry(item, name, url) for item in items),
        notes=(),
    )


def _entry(item: etree._Element, name: Name, url: str) -> Entry:
    found = children(item, name)
    return Entry(
        guid=first_text(found, "guid") or item.get(RDF_ABOUT, "").strip(),
        url=absolute(_link(item, found), item, url),
        title=plain_title(first_text(found, "title", "dc:title", "media:title")),
        published=parse_date(first_text(found, "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "date")),
        updated=parse_date(first_text(found, "dcterms:modified", "atom:updated")),
        summary=first_text(found, "description", "dc:description", "atom:summary", "itunes:summary", "media:description"),
        content=max(
            texts(found, "content:encoded", "encoded", "content", "atom:content", "fulltext", "body", "xhtml:body"), key=len, default=""
        ),
        authors=unique(map(_person, texts(found, "dc:creator", "author", "itunes:author"))),
        tags=unique(_tags(found)),
    )


def _link(item: etree._Element, found: Children) -> str:
    """Where the article is: FeedBurner's note of the original, the link, or a guid that says it is one. An opaque guid is never a link."""
    if _WEB.fullmatch(original := first_text(found, "feedburner:origlink")):
        return original
    if link := first_text(found, "link"):
        return link
    for element in (*found.get("link", ()), *found.get("atom:link", ())):
        if element.get("rel", "alternate") == "alternate" and (href := element.get("href", "").strip()):
            return str(href)
    for element in found.get("guid", ()):
        if element.get("isPermaLink", "true").strip().lower() != "false" and _WEB.fullmatch(guid := text_of(element)):
            return guid
    about: str = item.get(RDF_ABOUT, "").strip()
    return about if _WEB.fullmatch(about) else ""


def _person(text: str) -> str:
    """The name in `desk@example.org (Jane Doe)`."""
    match = _MAIL_AND_NAME.fullmatch(text[:300])
    return next(filter(None, match.groups()), text) if match else text


def _tags(found: Children) -> Iterator[str]:
    yield from texts(found, "category", "dc:subject")
    for text in texts(found, "media:keywords", "itunes:keywords"):
        yield from text.split(",")


def _ttl_s(channel: Children) -> int | None:
    """The longer of <ttl> (minutes) and the syndication module's period divided by its frequency; None where neither makes sense."""
    asked = []
    if re.fullmatch(r"[0-9]{1,6}", ttl := first_text(channel, "ttl")):
        asked.append(int(ttl) * 60)
    period = _PERIODS_S.get(first_text(channel, "sy:updateperiod").lower())
    frequency = first_text(channel, "sy:updatefrequency") or "1"
    if period and re.fullmatch(r"[0-9]{1,4}", frequency) and int(frequency):
        asked.append(period // int(frequency))
    return max(asked, default=0) or None
