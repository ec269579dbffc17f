"""Sitemaps as feeds: https://www.sitemaps.org/protocol.html, with Google's news extension where it is there."""

from __future__ import annotations

from lxml import etree

from pipeline.feeds.model import Entry, Feed
from pipeline.feeds.xml import Name, absolute, children, first_text, plain_title, unique
from pipeline.normalise.dates import parse_date


def read(root: etree._Element, name: Name, url: str) -> Feed:
    """The pages under a <urlset>, of which a news sitemap also tells title, time and language."""
    rows = [children(e, name) for e in root.iter("{*}url") if name(e) == "url"]
    news = [children(row["news:news"][0], name) if "news:news" in row else {} for row in rows]
    publications = [children(n["news:publication"][0], name) for n in news if "news:publication" in n][:1]
    publication = publications[0] if publications else {}
    return Feed(
        kind="sitemap",
        title=plain_title(first_text(publication, "news:name")),
        site_url=absolute("/", None, url),
        language=first_text(publication, "news:language"),
        ttl_s=None,
        entries=tuple(_entry(row, story, url) for row, story in zip(rows, news, strict=True)),
        notes=(),
    )


def _entry(row: dict[str, list[etree._Element]], story: dict[str, list[etree._Element]], url: str) -> Entry:
    return Entry(
        guid="",
        url=absolute(first_text(row, "loc"), None, url),
        title=plain_title(first_text(story, "news:title")),
        published=parse_date(first_text(story, "news:publication_date")),
        updated=parse_date(first_text(row, "lastmod")),
        summary="",
        content="",
        authors=(),
        tags=unique(iter(first_text(story, "news:keywords").split(","))),
    )
