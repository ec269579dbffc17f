"""What a page holds and does not show: terms behind a button, words for screen readers."""

from __future__ import annotations

from collections.abc import Set

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.page import select
from pipeline.extract.text import word_overlap

LONG = 200  # characters of hidden text that may be the article itself: some sites hide it until a reader has paid or pressed "more"
PARAGRAPH = 80  # characters of a paragraph that such a text may go on
HIDDEN = etree.XPath(
    """//body//*[(@hidden and @hidden != "until-found")
    or (@style and (contains(translate(@style, "DISPLAY ", "display"), "display:none")
        or contains(translate(@style, "VISIBLTYDEN ", "visibltyden"), "visibility:hidden")))
    or (@class and (contains(concat(" ", @class, " "), " sr-only ") or contains(concat(" ", @class, " "), " visually-hidden ")
        or contains(concat(" ", @class, " "), " visuallyhidden ") or contains(concat(" ", @class, " "), " screen-reader-text ")))]"""
)
HEADLINES = ("h1", "article", "main")


def take_out_hidden(tree: HtmlElement, title: str) -> None:
    """Take the hidden elements out of the tree. A long one stays that holds the headline, goes on a text, or has the title's words."""
    found = select(HIDDEN, tree)
    if not found:
        return
    told = word_overlap.words((title,))
    for element in found:
        if element.getparent() is not None and not _may_be_article(element, told):
            element.drop_tree()


def _may_be_article(element: HtmlElement, told: Set[str]) -> bool:
    if next(element.iter(*HEADLINES), None) is not None:
        return True
    text = " ".join("".join(element.itertext()).split())
    return len(text) >= LONG and (_goes_on(element) or word_overlap.share(text, told) >= word_overlap.FAR)


def _goes_on(element: HtmlElement) -> bool:
    """Whether paragraphs stand beside the element that are shown."""
    return any(len("".join(beside.itertext())) >= PARAGRAPH for beside in element.itersiblings("p", preceding=True))
