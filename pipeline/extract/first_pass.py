"""What trafilatura finds on a page (https://trafilatura.readthedocs.io): the blocks from which the article's text is made."""

from __future__ import annotations

from copy import copy

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipeline.extract.blocks import Placed, of_tree

SHORT_TEXT = 700  # characters; below it the quick, precise pass may have lost something, so the thorough one looks again
# What trafilatura and lxml raise on broken pages. Not Exception: a time limit that arrives meanwhile must get through.
BROKEN_PAGE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
# Never part of a text. Trafilatura drops these too, but only after it has searched through them several times.
NEVER_TEXT = (
    "head", "script", "style", "svg", "noscript", "iframe", "template", "button", "select", "datalist", "input", "canvas", "audio", "video",
    "object", "embed", "source", "track", "map", "nav", "footer", "aside", "menu", "dialog",
)  # fmt: skip


def lean_copy(tree: HtmlElement) -> HtmlElement:
    """The tree without what is never text."""
    lean = copy(tree)
    etree.strip_elements(lean, *NEVER_TEXT, with_tail=False)
    return lean


def find(lean: HtmlElement) -> list[Placed]:
    """The blocks that are the article's, in order; their places are in a tree of trafilatura's own."""
    found = _attempt(lean, precise=True)
    if sum(len(place.text) for place in found) >= SHORT_TEXT:
        return found
    return _attempt(lean, precise=False) or found


def _attempt(lean: HtmlElement, *, precise: bool) -> list[Placed]:
    try:  # as XML: else it writes the text out too
        found = bare_extraction(
            lean, fast=precise, favor_precision=precise, include_comments=False, with_metadata=False, output_format="xml"
        )
    except BROKEN_PAGE:
        return []
    body = getattr(found, "body", None)
    return [] if body is None else of_tree(body)
