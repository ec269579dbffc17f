"""Find the byline on the page itself, if the structured data names no person.

Tried in this order: elements marked as the author's; links to authors' profiles; words after a label ("Author"); a line of "By" and
links; at the head of the text, a line of "By" and a name, a name in bold, or a name before a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.page import select, start_of_text
from pipeline.extract.structured_data.page_statements import PageStatements, is_around
from pipeline.normalise.author_names import is_full_name, split_authors
from pipeline.normalise.byline_words import BY_WORDS, WHAT_IS_BY
from pipeline.text import one_line

# "author" and "byline" in the cases that class names use; lower-casing each class would take twice as long
NAMED = " or ".join(f'contains(., "{word}")' for word in ("uthor", "yline", "yLine", "AUTHOR", "BYLINE"))
MARKED = etree.XPath(
    f'.//*[@class[{NAMED}] or @rel="author" or @itemprop="author" or @id[.="authors" or .="author" or .="byline"]]'
    "[not(ancestor::aside or ancestor::footer or ancestor::nav or ancestor::form)]"
)
PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|reporters?|journalists?|staff|redaktion|writers?|by|editors?|newsteam|contributors?|columnists?|"
    r"redactores?|firmas?|autore)/[^/]",
    re.IGNORECASE,
)
# A name has no digits; from the first digit on, it is a date. So it is after these words.
MONTHS = re.compile(r"(?:^|(?<!\s)\s+)(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sept?|oct|okt|nov|dec|dez|déc)\.?$", re.IGNORECASE)
NOT_A_NAME = re.compile(r"\d|\b(?:last updated|last modified|published|updated|posted|modified|aktualisiert|veröffentlicht|stand|publié|publicado|aggiornato|january|february|march|april|june|july|august|september|october|november|december)\b", re.IGNORECASE)  # fmt: skip
LABEL = re.compile(
    r"(?:autor(?:in)?(?:/-?autor(?:in)?)?(?:en)?|authors?|auteurs?|autore|autores|author\(s\)|written by|text|автор|yazar|forfatter|skribent)\s*:?",
    re.IGNORECASE,
)
# "By", also at the end of "Words by" and "Ein Artikel von".
SIGNED_BY = f"(?:{WHAT_IS_BY})?(?:{BY_WORDS})"
# A line that says who wrote the article and, in a few words, who that is: "Autorin: Mira Halloran, Redakteurin".
SIGNED = re.compile(
    r"(?:(?:autor(?:in)?|author|auteur|autore)\s*:|(?:written|reported)\s+by:?)\s+([^,|(]{5,60}?)\s*(?:[,|(].*)?", re.IGNORECASE
)
BY_LINE = re.compile(rf"(?i:{SIGNED_BY})\s+(?=[^\W\d_a-z])")
BY_ALONE = re.compile(rf"[|·•]?\s*{SIGNED_BY}\s*:?", re.IGNORECASE)
PARTING = ("|", "·", "•", "–", "—")  # between a name and what follows it
PARTINGS = " |·•–—"
DATE = re.compile(r"\W*\d{1,4}[./ -]+\w+[./ -]+\d{2,4}\b")
DAY_AND_YEAR = re.compile(r"\b\d{1,2}\b.{1,15}\b(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d")
BEHIND_NAME = re.compile(r",\s|\s[|·•–—-]\s")
LABELS = ("strong", "b", "span", "dt", "th", "div", "p", "label", "em", "i", "h3", "h4", "h5")
COMMENTS = re.compile(r"(?:^|[\W_])(?:comments?|commentlist|kommentare?|respond)(?:$|[\W_])", re.IGNORECASE)
MAX_DEPTH = 12  # ancestors of a byline that are examined
MAX_CHARS = 150  # of a byline; a longer element is a box about the author
MAX_LINE = 60  # characters of a line that is only a byline
MIN_CHARS = 2
MAX_LOOKED_AT = 200
MAX_PARAGRAPH = 300  # characters; a paragraph of this length is already the text


def bylines(page: PageStatements) -> Iterator[list[str]]:
    """Possible bylines, one list for each way to find them, the most certain first.

    Each list has only the first match on the page and its neighbours, because pages also list authors of other articles.
    """
    yield from (reader(page) for reader in (_marked, _profiles, _labelled, links_behind_by, _lines))


def _marked(page: PageStatements) -> list[str]:
    return _with_neighbours(select(MARKED, page.document.tree)[:MAX_LOOKED_AT])


def _profiles(page: PageStatements) -> list[str]:
    links = (a for a in page.anchors if PROFILE.search(a.get("href") or "") and not is_around(a))
    return _with_neighbours(list(islice(links, MAX_LOOKED_AT)))


def _with_neighbours(elements: list[HtmlElement]) -> list[str]:
    named = [(element, text) for element in elements if (text := _text(element)) and not is_comment(element)]
    if not named:
        return []
    top = named[0][0]
    inner = [
        text for element, text in named if element is not top and top in element.iterancestors() and "uthor" in (element.get("class") or "")
    ]
    if inner and all(map(is_full_name, inner)):  # only the names, if the byline says more about them
        return inner
    home = _home(top)
    # a neighbour inside the first one repeats it in fewer words
    return [text for element, text in named if _home(element) is home and (element is top or top not in element.iterancestors())]


def _labelled(page: PageStatements) -> list[str]:
    """The words after an element that only says "Author", or after "Author:" on its own line."""
    for element in page.document.tree.iter(*LABELS):
        own = element.text.strip() if element.text and len(element.text) <= MAX_CHARS else ""
        if len(element) == 0 and len(own) < MAX_LINE and LABEL.fullmatch(own):
            after = element.getnext()
            text = one_line(element.tail) or (one_line("".join(after.itertext())) if after is not None else "")
            text = _before_date(text.lstrip(" :"))
            if MIN_CHARS <= len(text) <= MAX_LINE and not is_around(element):
                return [text]
        signed = SIGNED.fullmatch(own)
        if signed and is_full_name(signed[1]) and not is_around(element):
            return [signed[1]]
    return []


def links_behind_by(page: PageStatements) -> list[str]:
    """The links in a line that consists of "By" and links."""
    for element in page.under_headline:
        is_line = BY_ALONE.fullmatch(one_line(element.text)) and len(start_of_text(element, MAX_CHARS)) <= MAX_CHARS
        if is_line and (names := _full_names(element) or _names_beside(element)):
            return names
    return []


def _lines(page: PageStatements) -> list[str]:
    """A line between headline and text that is a byline by its first word, a name in bold or italics, or a name before a date."""
    for element in page.under_headline:
        text = start_of_text(element, MAX_PARAGRAPH)
        if element.tag == "p" and len(text) > MAX_PARAGRAPH:
            return []
        own = one_line(element.text)
        name = BEHIND_NAME.split(own)[0]
        if BY_LINE.match(own) and len(name) <= MAX_LINE and len(text) <= MAX_CHARS:
            return [_before_date(name)]
        if own.endswith(PARTING) and is_full_name(own.rstrip(PARTINGS)) and _is_before_date(element):
            return [own.rstrip(PARTINGS)]
        if len(element) == 0 and is_full_name(own) and _is_above_date(element):
            return [own]
        stressed = element.tag in ("strong", "b", "em", "i") and _is_alone(element, text)
        if stressed and len(text) <= MAX_LINE and all(is_full_name(name) for name in text.split("/")):
            return [text]
    return []


def _full_names(element: HtmlElement) -> list[str]:
    """The texts of an element's links, or else of its parts in bold and similar, if they are only names of people."""
    parts = list(element.iter("a")) or [child for child in element if child.tag in ("strong", "b", "em", "i", "span")]
    names = [one_line("".join(part.itertext())) for part in parts]
    return names if all(map(is_full_name, names)) else []


def is_comment(element: HtmlElement) -> bool:
    """Whether an element belongs to readers' comments."""
    return any(
        COMMENTS.search(f"{parent.get('class') or ''} {parent.get('id') or ''}") for parent in islice(element.iterancestors(), MAX_DEPTH)
    )


def _names_beside(by: HtmlElement) -> list[str]:
    """The name in the element after one that only says "By"."""
    after = by.getnext()
    if after is None or len(by) or (by.tail and by.tail.strip()):
        return []
    text = _before_date(one_line(" ".join(after.itertext())))
    return [text] if len(text) <= MAX_LINE and all(map(is_full_name, split_authors([text]) or [""])) else []


def _is_before_date(element: HtmlElement) -> bool:
    after = element.getnext()
    return after is not None and bool(DATE.match("".join(after.itertext())))


def _is_above_date(element: HtmlElement) -> bool:
    """Whether the next line is a date, perhaps after a word ("Created on Jul 11, 2025")."""
    after = element.getnext()
    text = "" if after is None else start_of_text(after, MAX_LINE)
    return len(text) <= MAX_LINE and bool(DAY_AND_YEAR.search(text))


def _is_alone(element: HtmlElement, text: str) -> bool:
    """Whether the paragraph around an element contains nothing else."""
    parent = element.getparent()
    return parent is not None and parent.tag == "p" and one_line("".join(parent.itertext())) == text


def _text(element: HtmlElement) -> str:
    if element.get("itemprop") == "author" and element.get("content"):
        text = one_line(element.get("content"))
    else:
        named = element.find('.//*[@itemprop="name"]')
        text = one_line(", ".join(_names_in(element)) or " ".join((element if named is None else named).itertext()))
    if len(text) > MAX_CHARS:
        return ""
    text = _before_date(text)
    return text if len(text) >= MIN_CHARS and not BY_ALONE.fullmatch(text) else ""


def _before_date(text: str) -> str:
    """The text before a date, whose month may be abbreviated: "Mira Halloran Dec 5"."""
    before = NOT_A_NAME.split(text)[0].strip(" ,|-–—•·(")
    return MONTHS.sub("", before).strip(" ,|-–—•·(") if len(before) < len(text) else before


def _names_in(element: HtmlElement) -> list[str]:
    """The texts of links to authors in a byline, which are more certain than the words around them."""
    return [text for a in element.iter("a") if PROFILE.search(a.get("href") or "") and (text := one_line("".join(a.itertext())))]


def _home(element: HtmlElement) -> HtmlElement | None:
    """The element that contains a whole byline: the grandparent, because each name is often wrapped by itself."""
    parent = element.getparent()
    return parent if parent is None or parent.getparent() is None else parent.getparent()
