"""Remove what a page contains but does not show: terms behind a button, words for screen readers."""

from __future__ import annotations

import re
from collections.abc import Set

from lxml.html import HtmlElement

from pipeline.extract.text import word_overlap

LONG = 200  # characters of hidden text that may be the article itself: some sites hide it until a reader has paid or pressed "more"
PARAGRAPH = 80  # characters of a paragraph that such a text may continue
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
UNSEEN_CLASSES = frozenset(("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"))
HEADLINES = ("h1", "article", "main")


def take_out_hidden(tree: HtmlElement, title: str) -> None:
    """Remove the hidden elements from the tree. A long one stays if it contains the headline, continues a text, or has the title's words."""
    body = next(tree.iter("body"), None)
    found = [element for element in body.iterdescendants("*") if _is_hidden(element)] if body is not None else []
    if not found:
        return
    known = word_overlap.words((title,))
    for element in found:
        if element.getparent() is not None and not _may_be_article(element, known):
            element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    """Whether the element is hidden by its attributes. Called for every element of a page, so it must be fast."""
    style, names = element.get("style"), element.get("class")
    return bool(
        (style and UNSEEN.search(style))
        or (names and not UNSEEN_CLASSES.isdisjoint(names.split()))
        or element.get("hidden", "until-found").strip().lower() != "until-found"
    )


def _may_be_article(element: HtmlElement, known: Set[str]) -> bool:
    if next(element.iter(*HEADLINES), None) is not None:
        return True
    text = " ".join("".join(element.itertext()).split())
    return len(text) >= LONG and (_goes_on(element) or word_overlap.share(text, known) >= word_overlap.FAR)


def _goes_on(element: HtmlElement) -> bool:
    """Whether there are visible paragraphs beside the element."""
    return any(len("".join(beside.itertext())) >= PARAGRAPH for beside in element.itersiblings("p", preceding=True))
