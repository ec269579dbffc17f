"""Find when an article was published and changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.page import select, start_of_text
from pipeline.extract.metadata import title_suffixes
from pipeline.extract.metadata.byline import is_comment
from pipeline.extract.metadata.guessed_date import by_htmldate
from pipeline.extract.structured_data import metatags
from pipeline.extract.structured_data.page_statements import JSON_LD, PageStatements, is_around
from pipeline.normalise.dates import date_precision
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.dates.judged_at import judging_moment
from pipeline.text import one_line

MAX_TIMES = 200  # <time> elements examined; a live blog has one for each entry
MAX_PARAGRAPH = 250  # characters; a paragraph of this length is already the text
MAX_ALONE = 2  # <time> elements of a page without an article element; more are probably those of other articles
MAX_DATE_LINE = 80  # characters of a line that is a date with a few words
MAX_WORDS_BESIDE = 32  # letters beside the date in such a line

DATE_PUBLISHED = etree.XPath('.//*[@itemprop="datePublished"]')
OF_PUBLICATION = re.compile(r"(?:^|[\W_])(?:published|entry-date|post-date|pubdate|date-published|dtreviewed)(?:$|[\W_])", re.IGNORECASE)
OF_CHANGE = re.compile(
    r"updated?|modified|aktualisiert|actualizado|mis à jour|aggiornato|bijgewerkt|oppdatert|opdateret|uppdaterad|изменено|обновлено",
    re.IGNORECASE,
)
OF_EVENT = re.compile(r"\d[:.]\d\d\s?(?:h|Uhr)?\s?(?:[-–—]|bis|to|à)\s?\d{1,2}[:.]\d\d\b", re.IGNORECASE)  # 10:00-11:30
OF_DATE = re.compile(r"date|time|publi", re.IGNORECASE)
IN_ADDRESS = re.compile(r"/(199\d|20\d\d)([/-]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=[/_-])")


def published(page: PageStatements) -> date_precision.Published | None:
    """The time of publication: from the page's data, its meta elements, the feed, a visible date, the URL, and last from a date in the
    text."""
    stated = [
        *((page.statement, text) for text in page.stated("datePublished") or page.stated("dateCreated")),
        *((JSON_LD, text) for text in page.stated_of_page("datePublished")),
        *(("meta", text) for text in page.named(*metatags.PUBLISHED)),
        *(("time", text) for text in _marked(page)),
    ]
    context = date_precision.DateContext(
        tuple(_modified_texts(page)), _day_in_address(page.document.url), _language(page), page.hints.published, page.hints.source
    )
    return date_precision.published(stated, _guesses(page), context) or by_htmldate(page.document, context.language)


def _guesses(page: PageStatements) -> Iterator[tuple[str, str]]:
    """Dates that are shown on the page, which may be those of something else."""
    yield from (("time", text) for text in _times(page))
    yield from (("title", text) for title in (*page.named("og:title"), *page.windows) for text in title_suffixes.dates(title))
    yield from (("text", text) for text in _shown(page))


def modified(page: PageStatements, after: datetime | None) -> date_precision.Published | None:
    """The time of the last change, if one is stated that is not before the publication."""
    texts = [
        *((page.statement, text) for text in page.stated("dateModified")),
        *((JSON_LD, text) for text in page.stated_of_page("dateModified")),
        *(("meta", text) for text in page.named(*metatags.MODIFIED)),
    ]
    feed = page.hints.modified
    found = date_precision.modified(texts, after, language=_language(page))
    return found or (date_precision.Published(feed, page.hints.source) if feed and (after is None or feed >= after) else None)


def _language(page: PageStatements) -> str:
    """The declared language. That of the text is not known yet, and names of months need no more."""
    tree = page.document.tree
    return tree.get("lang") or tree.get("xml:lang") or next(iter(page.named("og:locale", "content-language")), "")


def _modified_texts(page: PageStatements) -> list[str]:
    return [*page.stated("dateModified"), *page.stated_of_page("dateModified"), *page.named(*metatags.MODIFIED)]


def _marked(page: PageStatements) -> list[str]:
    """Times that the page's body marks as the publication."""
    elements = [*page.times[:MAX_TIMES], *select(DATE_PUBLISHED, page.document.tree)]
    marked = [e for e in elements if e.get("itemprop") == "datePublished" or e.get("pubdate") is not None]
    return [text for e in marked if (text := e.get("datetime") or e.get("content"))]


def _times(page: PageStatements) -> list[str]:
    """The <time> elements of the article: those named as its date, then the first. Those of comments, teasers and changes do not count."""
    times = [
        e
        for e in page.times[:MAX_TIMES]
        if not OF_CHANGE.search(_words_of(e)) and not is_around(e) and (_is_permalink(page, e) or not is_comment(e))
    ]
    own = [e for e in times if not is_around(e, "li")] or (times if len(times) <= MAX_ALONE else [])
    called = [e for e in own if OF_PUBLICATION.search(_words_of(e))] or [e for e in own if _is_permalink(page, e)]
    inside = [e for e in own if next(e.iterancestors("article", "header", "main"), None) is not None]
    inside = [e for e in inside if not is_around(e, "a")] or inside or (own if len(own) <= MAX_ALONE else [])
    return [text for e in (*called[:1], *inside[:1]) if (text := e.get("datetime") or e.get("content") or _text(e))]


def _is_permalink(page: PageStatements, time: HtmlElement) -> bool:
    """Whether a time links to its own page, as blogs date their posts."""
    links = [a for a in (*time.iter("a"), *time.iterancestors("a")) if a.get("href")]
    return bool(links) and all(map(page.leads_here, links))


def _words_of(element: HtmlElement) -> str:
    """The element's own names, and the words just before it."""
    before = element.getprevious()
    parent = element.getparent()
    lead = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    return f"{element.get('class') or ''} {lead[-30:]} {(parent.get('class') or '') if parent is not None else ''}"


def _shown(page: PageStatements) -> list[str]:
    """The first line between headline and text that is a date and little more, and the exact time in its markup."""
    lines: list[str] = []
    exact: list[str] = []
    language = _language(page)
    for element in page.under_headline:
        if element.tag == "p" and len(start_of_text(element, MAX_PARAGRAPH)) > MAX_PARAGRAPH:
            break
        exact += filter(date_precision.is_exact, _machine_readable(element))
        lines = lines or [text for text in _lines(element) if _is_date_line(element, text, language)][:1]
        if exact:
            break
    return [*lines, *exact[:1]]


def _lines(element: HtmlElement) -> list[str]:
    """The text of an element; if line breaks divide a short one, each of its lines."""
    text, breaks = _text(element), element.findall("br")
    if not breaks or len(text) > MAX_DATE_LINE:
        return [text]
    return [one_line(part) for part in (element.text, *(e.tail for e in breaks))]


def _is_date_line(element: HtmlElement, text: str, language: str) -> bool:
    if len(text) > MAX_DATE_LINE or not any(c.isdigit() for c in text) or OF_CHANGE.search(f"{text} {element.get('class') or ''}"):
        return False
    is_short = sum(c.isalpha() for c in text) <= MAX_WORDS_BESIDE and not OF_EVENT.search(text)
    return is_short and not is_comment(element) and parse_date(text, language=language) is not None


def _machine_readable(element: HtmlElement) -> list[str]:
    """Dates in an element's data attributes, from which scripts make the visible text."""
    return [value for name, value in element.attrib.items() if str(name).startswith("data-") and OF_DATE.search(str(name))]


def _text(element: HtmlElement) -> str:
    return start_of_text(element, MAX_DATE_LINE)[: MAX_DATE_LINE + 1]


def _day_in_address(url: str) -> date | None:
    """The day in a path such as /2026/03/05/bridge."""
    found = IN_ADDRESS.search(urlsplit(url).path)
    try:
        day = date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
    return day if day and day <= judging_moment().date() else None
