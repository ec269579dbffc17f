"""A page that a browser or a crawler saved: the page itself, under the address that the file names."""

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

# What those who save pages write into them: browsers ("Mark of the Web"), SingleFile, HTTrack.
SAVED_FROM = (
    re.compile(rb"<!--\s*saved from url=\(\d{1,6}\)([^\s<]{1,4000}?)\s*-->", re.IGNORECASE),
    re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*([^\s<]{1,4000})", re.IGNORECASE),
    re.compile(rb"<!--\s*Mirrored from\s+([^\s<]{1,4000})\s+by HTTrack", re.IGNORECASE),
)
WINDOW = 20_000  # bytes; the mark stands at the head of the file
CANONICAL = etree.XPath('.//link[contains(concat(" ", translate(@rel, "CANOIL", "canoil"), " "), " canonical ")]')


def read(name: str, body: bytes, _: Files) -> Opened:
    """The page under its own address where the file names one, else under the name of the file. Raises Failure no_content."""
    return Opened(Page(address(body) or name, body, ""))


def address(body: bytes) -> str:
    """Where the page was saved from: what the one who saved it wrote, else what the page calls canonical; '' where nothing is said."""
    for mark in SAVED_FROM:
        if (found := mark.search(body, 0, WINDOW)) and (url := _usable([found[1].decode("utf-8", "replace")])):
            return url
    document = parse(Page("", body, ""))
    links = [link.get("href") or "" for link in select(CANONICAL, document.tree)]
    return _usable(links) or _usable(metatags.read(document.tree.iter("meta")).get("og:url", []))


def _usable(texts: list[str]) -> str:
    """The address that all the texts name, where it is absolute and no front page."""
    found = {}
    for text in texts:
        try:
            url = parse_url(text if "://" in text else f"https://{text}")
        except Failure:
            return ""
        found[url.key] = url.text
    (only, *others) = found.values() or [""]
    return "" if others or is_homepage(only) else only
