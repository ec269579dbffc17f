"""Find the <link> of an entry that leads to its page."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from pipeline.feeds.formats.addresses import absolute
from pipeline.feeds.formats.xml import RDF_RESOURCE, text_of

Links = Sequence[etree._Element]

# Relations of links that may be the entry's page if it has no alternate link, the likeliest first.
_INSTEAD = ("canonical", "permalink", "bookmark", "self", "via", "related")
_REGISTRY = "http://www.iana.org/assignments/relation/"


def relation(link: etree._Element) -> str:
    """The relation of a link, in lower case; a link without one is an alternate (RFC 4287, section 4.2.7.2)."""
    return str(link.get("rel", "")).strip().lower().removeprefix(_REGISTRY) or "alternate"


def page(links: Links, url: str) -> str:
    """The address of the alternate link; empty if there is none. Web addresses come before others, and HTML before other types."""
    alternates = [link for link in links if relation(link) == "alternate"]
    other = ""
    for link in sorted(alternates, key=lambda link: "html" not in link.get("type", "text/html")):
        href = link.get("href", "").strip() or link.get(RDF_RESOURCE, "").strip() or text_of(link)  # the text, as RSS writes it
        address = absolute(href, link, url)
        if address.startswith(("http://", "https://")):
            return address
        other = other or address
    return other


def page_instead(links: Links, url: str, *, surely: bool) -> str:
    """The address of another link that may be the entry's page, if there is no alternate; empty for none. `surely` accepts only links
    declared as HTML. Links declared as a feed, an entry document or a file are never pages."""
    for wanted in _INSTEAD:
        for link in links:
            kind = link.get("type", "").strip().lower()
            if relation(link) == wanted and link.get("href", "").strip() and ("html" in kind or not (surely or kind)):
                return absolute(link.get("href", ""), link, url)
    return ""
