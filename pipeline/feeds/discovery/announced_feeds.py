"""List the feeds that a page announces in its head. Pure."""

from __future__ import annotations

import re

from pipeline.feeds.discovery import page_links
from pipeline.normalise.canonical import related
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure

# Only the head counts: the body may contain readers' comments.
_BODY = re.compile(rb"<body[\s>]", re.IGNORECASE)
MAX_HEAD = 2**19  # bytes


def announced(body: bytes, url: str, link_header: str) -> frozenset[bytes]:
    """The keys of the feeds that the page at `url` announces with rel=alternate, in its head or its Link header. Never raises."""
    keys = {key for target in related(link_header, "alternate") if (key := key_of(target, url))}
    head = body[:MAX_HEAD]
    if found := _BODY.search(head):
        head = head[: found.start()]
    return frozenset(keys | {key for link in page_links.find(head, url) if link.kind and (key := key_of(link.url, url))})


def key_of(target: str, base: str) -> bytes:
    """The key of an address; empty if the address is unusable."""
    try:
        return parse(target, base).key
    except Failure:
        return b""
