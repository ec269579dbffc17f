"""The licence under which a page offers its article to others."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.extract.structured_data.page_statements import PageStatements, pick
from pipeline.text import one_line

MAX_LICENCE = 300  # characters
RSL = "application/rsl+xml"  # states what a publisher reserves; see reservations.py
WORDED = re.compile(
    r"\bCC[ -](?:BY|0|ZERO)\b|creative commons|public domain|\blicen[cs]e|\blizenz|\blicencia|\blicença|\blicenza", re.IGNORECASE
)
PICTURES = frozenset(("figure", "figcaption", "picture"))


def licence(page: PageStatements) -> tuple[str, str]:
    """The URL of the licence, or its words if there is no URL; and the source: the structured data, link or meta.

    A copyright notice is not a licence.
    """
    return pick(
        "",
        (page.statement, lambda: _stated(page)),
        ("link", lambda: page.address(link.get("href") for link in page.linked("license") if (link.get("type") or "").lower() != RSL)),
        ("link", lambda: page.address(a.get("href") for a in page.anchors if _is_licence(a))),
        ("meta", lambda: next((one_line(value, MAX_LICENCE) for value in page.named("dcterms.license", "dc.rights", "dcterms.rights", "license") if WORDED.search(value)), "")),
    )  # fmt: skip


def _stated(page: PageStatements) -> str:
    values = page.stated("license", "url", "@id", "name")
    return page.address(value for value in values if "://" in value) or next((one_line(value, MAX_LICENCE) for value in values), "")


def _is_licence(anchor: HtmlElement) -> bool:
    """Whether a link on the page names the licence of the article, not of a picture in it."""
    if "license" not in (anchor.get("rel") or "").lower().split():
        return False
    return all(parent.tag not in PICTURES for parent in anchor.iterancestors())
