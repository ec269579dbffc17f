"""Guess a date from anywhere on the page with htmldate (https://htmldate.readthedocs.io), if nothing else gives one."""

from __future__ import annotations

import copy
import re
from datetime import datetime

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.extract.html.page import Document
from pipeline.extract.text.trafilatura_adapter import BROKEN_PAGE
from pipeline.normalise.dates import date_precision
from pipeline.normalise.dates.date_words import is_day_first
from pipeline.normalise.dates.judged_at import judging_moment

HTMLDATE_ELEMENTS = 8000  # htmldate is slow on very large pages; there a missing date stays missing
OF_OTHERS = re.compile(
    r"(?:^|[\W_])(?:comments?|commentlist|respond|related|sidebar|cookie|teasers?|recommended)(?:$|[\W_])", re.IGNORECASE
)
NEW_YEAR = re.compile(
    r"\b0?1[./-]0?1[./-]|[-/.]0?1[-/.]0?1\b|\b1(?:st|er|º)?\.?\s+(?:de\s+)?[jg][ae]n|\bjan\w*\.?\s+1\b|1月1日", re.IGNORECASE
)


def by_htmldate(document: Document, language: str) -> date_precision.Published | None:
    """The day that htmldate finds. None if it can only be 1 January of a bare year, or one of two readings of 03/04/2024."""
    if document.tree.xpath("count(//*)") > HTMLDATE_ELEMENTS:
        return None
    tree = _without_others(copy.copy(document.tree))
    try:
        text = find_date(
            tree,
            extensive_search=True,
            original_date=True,
            url=document.url,
            deferred_url_extractor=True,
            max_date=judging_moment().strftime("%Y-%m-%d"),
        )
    except (*BROKEN_PAGE, OverflowError):
        return None
    found = date_precision.day(text, "htmldate")
    if found is None:
        return None
    shown = " ".join(tree.itertext())
    if (found.at.month, found.at.day) == (1, 1) and not NEW_YEAR.search(shown) and not NEW_YEAR.search(document.url):
        return None
    return None if _is_ambiguous(found.at, shown, language) else found


def _without_others(tree: HtmlElement) -> HtmlElement:
    """The tree without parts that have dates of their own: comments, other articles, the footer."""
    others = [e for e in tree.iter("div", "section", "ol", "ul", "aside", "footer", "nav") if _is_others(e)]
    for element in others:
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def _is_others(element: HtmlElement) -> bool:
    return element.tag in ("aside", "footer", "nav") or bool(OF_OTHERS.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _is_ambiguous(at: datetime, shown: str, language: str) -> bool:
    """Whether the page writes the day only in digits, in a way that may mean another day."""
    if at.day > 12 or at.day == at.month or is_day_first(language):
        return False
    a, b = f"0?{at.day}", f"0?{at.month}"
    return bool(re.search(rf"\b(?:{a}/{b}|{b}/{a})/{at.year}\b", shown)) and f"{at:%Y-%m-%d}" not in shown
