"""The main text of an article: trafilatura on the tree, checked against what the page says its text is."""

from __future__ import annotations

import re
from copy import copy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipeline.extract.blocks import of_markup, of_tree
from pipeline.extract.model import Block, plain

Blocks = tuple[Block, ...]

SHORT_TEXT = 1500  # characters; below it the quick, precise pass may have lost something, so the thorough one looks again
MIN_STATED_BODY = 500  # characters; a shorter articleBody is a teaser
STATED_FACTOR = 2.0  # an articleBody replaces the extraction only where it is so many times longer
WORD = re.compile(r"\w+")
# What trafilatura and lxml raise on broken pages. Not Exception: a time limit that arrives meanwhile must get through.
BROKEN_PAGE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
# Never part of a text. Trafilatura drops these too, but only after it has searched through them several times.
FURNITURE = (
    "head", "script", "style", "svg", "noscript", "iframe", "template", "button", "select", "datalist", "input", "canvas", "audio", "video",
    "object", "embed", "source", "track", "map",
)  # fmt: skip


def main_text(tree: HtmlElement, *, title: str, stated: str) -> tuple[Blocks, str]:
    """The blocks of the article's text, and where they came from ('trafilatura', 'json-ld' or '' where there are none).

    `stated` is the page's own articleBody; it may be plain or HTML.
    """
    found = without_title(_trafilatura(tree), title)
    length = len(plain(found))
    if len(stated) >= MIN_STATED_BODY and len(stated) >= length:
        body = without_title(of_markup(stated), title)
        if len(plain(body)) > STATED_FACTOR * length or _lost_its_paragraphs(found, body):
            return body, "json-ld"
    return found, "trafilatura" if found else ""


def _lost_its_paragraphs(found: Blocks, stated: Blocks) -> bool:
    """Whether the extraction is the stated body itself, in fewer lines: trafilatura falls back on it, but runs it together."""
    return len(found) < len(stated) and plain(found).split() == plain(stated).split()


def without_title(found: Blocks, title: str) -> Blocks:
    """The text without a first line that only repeats the title."""
    words = WORD.findall(title.casefold())
    return found[1:] if found and words and WORD.findall(found[0].text.casefold()) == words else found


def _trafilatura(tree: HtmlElement) -> Blocks:
    lean = copy(tree)
    etree.strip_elements(lean, *FURNITURE, with_tail=False)
    if not lean.text_content().strip():
        return ()
    found = _attempt(lean, precise=True)
    return found if len(plain(found)) >= SHORT_TEXT else _attempt(tree, precise=False) or found


def _attempt(tree: HtmlElement, *, precise: bool) -> Blocks:
    try:
        found = bare_extraction(tree, fast=precise, favor_precision=precise, include_comments=False, with_metadata=False)
    except BROKEN_PAGE:
        return ()
    body = getattr(found, "body", None)
    return () if body is None else of_tree(body)
