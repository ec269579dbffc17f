"""Which of the <link>s of an entry leads to its page."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from pipeline.feeds.formats.addresses import absolute
from pipeline.feeds.formats.xml import RDF_RESOURCE, text_of

Links = Sequence[etree._Element]

# What an entry with no alternate link has its page under, the likeliest first.
_INSTEAD = ("canonical", "permalink", "bookmark", "self", "via", "related")
_REGISTRY = "http://www.iana.org/assignments/relation/"


def relation(link: etree._Element) -> str:
    """The relation of a link, in lower case; one without is an alternate (RFC 4287, section 4.2.7.2)."""
    return str(link.get("rel", "")).strip().lower().removeprefix(_REGISTRY) or "alternate"


def page(links: Links, url: str) -> str:
    """The address of the alternate link, one of the web before others and an HTML one before others of these; '' where none is there."""
    alternates = [link for link in links if relation(link) == "alternate"]
    other = ""
    for link in sorted(alternates, key=lambda link: "html" not in link.get("type", "text/html")):
        href = link.get("href", "").strip() or link.get(RDF_RESOURCE, "").strip() or text_of(link)  # its text: a habit from RSS
        address = absolute(href, link, url)
        if address.startswith(("http://", "https://")):
            return address
        other = other or address
    return other


def page_instead(links: Links, url: str, *, surely: bool) -> str:
    """The address of another link that may be of the entry's page, where none is called so; '' for none. `surely`: only one that is said to be
    HTML. What is said to be a feed, an entry document or a file is no page."""
    for wanted in _INSTEAD:
        for link in links:
            kind = link.get("type", "").strip().lower()
            if relation(link) == wanted and link.get("href", "").strip() and ("html" in kind or not (surely or kind)):
                return absolute(link.get("href", ""), link, url)
    return ""
