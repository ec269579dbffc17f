"""The main text of an article: trafilatura on the tree, checked against what the page says its text is."""

from __future__ import annotations

import re
from copy import copy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipeline.extract.page import parse_markup
from pipeline.normalise.text import clean

SHORT_TEXT = 1500  # characters; below it the quick, precise pass may have lost something, so the thorough one looks again
MIN_STATED_BODY = 500  # characters; a shorter articleBody is a teaser
STATED_FACTOR = 2.0  # an articleBody replaces the extraction only where it is so many times longer
WORD = re.compile(r"\w+")
# What trafilatura and lxml raise on broken pages. Not Exception: a time limit that arrives meanwhile must get through.
BROKEN_PAGE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
# Elements that begin and end a line of text, and those whose text is none.
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip
SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg", "head", "form", "button", "select", "textarea"))
# Never part of a text. Trafilatura drops these too, but only after it has searched through them several times.
FURNITURE = (
    "head", "script", "style", "svg", "noscript", "iframe", "template", "button", "select", "datalist", "input", "canvas", "audio", "video",
    "object", "embed", "source", "track", "map",
)  # fmt: skip


def main_text(tree: HtmlElement, *, title: str, stated: str) -> tuple[str, str]:
    """The article's text, one paragraph a line, and where it came from ('trafilatura', 'json-ld' or '' with no text).

    `stated` is the page's own articleBody; it may be plain or HTML.
    """
    text = without_title(_lines(_trafilatura(tree)), title)
    if len(stated) >= MIN_STATED_BODY and len(stated) >= len(text):
        body = without_title(block_text(stated), title)
        if len(body) > STATED_FACTOR * len(text) or _lost_its_paragraphs(text, body):
            return body, "json-ld"
    return text, "trafilatura" if text else ""


def _lost_its_paragraphs(text: str, stated: str) -> bool:
    """Whether the extraction is the stated body itself, in fewer lines: trafilatura falls back on it, but runs it together."""
    return text.count("\n") < stated.count("\n") and text.split() == stated.split()


def block_text(markup: str) -> str:
    """The text of a fragment that is known to be an article (a feed's content, an articleBody): blocks become lines."""
    if "<" not in markup:
        return _lines(markup)
    tree, _ = parse_markup(f"<html><body><div>{markup}</div></body></html>".encode("utf-8", "replace"))
    return "" if tree is None else _lines("".join(_pieces(tree)))


def without_title(text: str, title: str) -> str:
    """The text without a first line that only repeats the title."""
    first, _, rest = text.partition("\n")
    words = WORD.findall(title.casefold())
    return rest if words and WORD.findall(first.casefold()) == words else text


def _trafilatura(tree: HtmlElement) -> str:
    lean = copy(tree)
    etree.strip_elements(lean, *FURNITURE, with_tail=False)
    if not lean.text_content().strip():
        return ""
    text = _attempt(lean, precise=True)
    return text if len(text) >= SHORT_TEXT else _attempt(tree, precise=False) or text


def _attempt(tree: HtmlElement, *, precise: bool) -> str:
    try:
        found = bare_extraction(tree, fast=precise, favor_precision=precise, include_comments=False, with_metadata=False)
    except BROKEN_PAGE:
        return ""
    return str(getattr(found, "text", None) or "")


def _pieces(tree: HtmlElement) -> list[str]:
    """The text of the tree in order, a line break around each block; without recursion, as nesting can be deep."""
    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            silent += tag in SILENT
            if not silent:
                pieces.append(("\n" if tag in BLOCKS else "") + (element.text or ""))
        else:
            silent -= tag in SILENT
            if not silent:
                pieces.append(("\n" if tag in BLOCKS else "") + (element.tail or ""))
    return pieces


def _lines(text: str) -> str:
    folded = (" ".join(line.split()) for line in clean(text).splitlines())
    return "\n".join(line for line in folded if line)
