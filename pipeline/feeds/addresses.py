"""Addresses as feeds write them."""

from __future__ import annotations

import re

import ada_url
from lxml import etree

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
MAX_LINK = 8000  # characters of an address
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BREAK = re.compile(r"[\t\r\n]+")


def web_address(text: str) -> bool:
    """Whether the text is one http or https address and nothing else."""
    return text[:8].lower().startswith(("http://", "https://")) and " " not in text and text.isprintable()


def absolute(link: str, element: etree._Element | None, url: str) -> str:
    """The link as an absolute address, against xml:base and the feed's own address; as it stands where that cannot be made out."""
    if not link or len(link) > MAX_LINK:
        return ""
    if link.startswith(("http://", "https://")) and link.isprintable():  # as nearly all are
        return link.strip()
    link = _BREAK.sub("", link.strip())
    if not link or _SCHEME.match(link):
        return link
    return _joined(_base(element, url), link) or link


def without_feed_scheme(link: str) -> str:
    """The address in `feed:https://…` and `feed://…`, as browsers once wrote subscriptions."""
    link = link.strip()
    if link[:5].lower() != "feed:":
        return link
    return f"http:{link[5:]}" if link[5:7] == "//" else link[5:]


def _base(element: etree._Element | None, url: str) -> str:
    bases: list[str] = []
    while element is not None:
        if (base := element.get(XML_BASE)) and len(base) <= MAX_LINK:
            bases.append(base)
        element = element.getparent()
    for base in reversed(bases):
        joined = _joined(url, base)
        url = joined if joined and len(joined) <= MAX_LINK else url
    return url


def _joined(base: str, link: str) -> str:
    try:
        return str(ada_url.join_url(base, link))
    except ValueError:
        return ""
