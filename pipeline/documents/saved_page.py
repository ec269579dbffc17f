"""Read a page that a browser or a crawler saved, under the address that the file names."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.documents.model import Opened
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse, select
from pipeline.extract.structured_data import metatags
from pipeline.normalise.urls import is_homepage
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Files

# The address that saving programs add: browsers ("Mark of the Web"), SingleFile, HTTrack.
SAVED_FROM = (
    re.compile(rb"<!--\s*saved from url=\(\d{1,6}\)([^\s<]{1,4000}?)\s*-->", re.IGNORECASE),
    re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*([^\s<]{1,4000})", re.IGNORECASE),
    re.compile(rb"<!--\s*Mirrored from\s+([^\s<]{1,4000})\s+by HTTrack", re.IGNORECASE),
)
WINDOW = 20_000  # bytes at the start of the file, where the mark is
CANONICAL = etree.XPath('.//link[contains(concat(" ", translate(@rel, "CANOIL", "canoil"), " "), " canonical ")]')


def read(name: str, body: bytes, _: Files) -> Opened:
    """The page under the address that the file names, else under a name made of its content. Raises Failure no_content."""
    return Opened(Page(address(body) or name, body, ""))


def address(body: bytes) -> str:
    """The address that the page was saved from: as the saving program wrote it, else the page's canonical URL; empty if neither says."""
    for mark in SAVED_FROM:
        if (found := mark.search(body, 0, WINDOW)) and (url := _usable([found[1].decode("utf-8", "replace")])):
            return url
    document = parse(Page("", body, ""))
    links = [link.get("href") or "" for link in select(CANONICAL, document.tree)]
    return _usable(links) or _usable(metatags.read(document.tree.iter("meta")).get("og:url", []))


def _usable(texts: list[str]) -> str:
    """The address that all the texts name, if it is absolute and not a front page."""
    found = {}
    for text in texts:
        try:
            url = parse_url(text if "://" in text else f"https://{text}")
        except Failure:
            return ""
        found[url.key] = url.text
    (only, *others) = found.values() or [""]
    return "" if others or is_homepage(only) else only
