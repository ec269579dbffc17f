"""Where a page states when its article was published and changed."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from htmldate import find_date
from lxml import etree

from pipeline.extract import affixes, metatags, when
from pipeline.extract.evidence import Evidence
from pipeline.extract.first_pass import BROKEN_PAGE
from pipeline.extract.page import Document, select

MAX_TIMES = 200  # <time> elements looked at; a live blog has one for each entry
HTMLDATE_ELEMENTS = 8000  # htmldate is slow on very large pages; there a missing date stays missing

DATE_PUBLISHED = etree.XPath('.//*[@itemprop="datePublished"]')


def published(page: Evidence) -> when.Published | None:
    """The time of publication, by the page's data, its meta elements, its <time> elements, the feed, and last a date in its text."""
    texts = [
        *((page.statement, text) for text in page.stated("datePublished") or page.stated("dateCreated")),
        *(("meta", text) for text in page.named(*metatags.PUBLISHED)),
    ]
    if not any(when.is_exact(text) for _, text in texts):
        texts += (("time", text) for text in _times(page))
        texts += (("title", text) for title in (*page.named("og:title"), *page.windows) for text in affixes.dates(title))
    found = when.published(texts, _modified_texts(page), page.hints.published, page.hints.source, language=_language(page))
    return found or _by_htmldate(page.document)


def modified(page: Evidence, after: datetime | None) -> when.Published | None:
    """The time of the last change, where one is stated that is not before the publication."""
    texts = [
        *((page.statement, text) for text in page.stated("dateModified")),
        *(("meta", text) for text in page.named(*metatags.MODIFIED)),
    ]
    feed = page.hints.modified
    found = when.modified(texts, after, language=_language(page))
    return found or (when.Published(feed, page.hints.source) if feed and (after is None or feed >= after) else None)


def _language(page: Evidence) -> str:
    """As the page declares it: what its text is in is not known yet, and names of months need no more."""
    tree = page.document.tree
    return tree.get("lang") or tree.get("xml:lang") or next(iter(page.named("og:locale", "content-language")), "")


def _modified_texts(page: Evidence) -> list[str]:
    return [*page.stated("dateModified"), *page.named(*metatags.MODIFIED)]


def _times(page: Evidence) -> list[str]:
    """Times marked up in the page's body: those called datePublished first, then the first <time> of the article."""
    elements = page.times[:MAX_TIMES]
    of_publication = [*elements, *select(DATE_PUBLISHED, page.document.tree)]
    marked = [e for e in of_publication if e.get("itemprop") == "datePublished" or e.get("pubdate") is not None]
    inside = [e for e in elements if next(e.iterancestors("article", "header", "main"), None) is not None]
    return [text for e in (*marked, *inside[:1]) if (text := e.get("datetime") or e.get("content"))]


def _by_htmldate(document: Document) -> when.Published | None:
    """Look for a date in the page's text and URL; a day is all that gives. Slow, so only where nothing else is known."""
    if document.tree.xpath("count(//*)") > HTMLDATE_ELEMENTS:
        return None
    try:
        text = find_date(
            copy.copy(document.tree),
            extensive_search=True,
            original_date=True,
            url=document.url,
            deferred_url_extractor=True,
            max_date=datetime.now(UTC).strftime("%Y-%m-%d"),
        )
    except (*BROKEN_PAGE, OverflowError):
        return None
    return when.day(text, "htmldate")
