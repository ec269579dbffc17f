"""Limit structures that no article needs but that cost parsers quadratic time: endless nesting, tens of thousands of elements, thousands of
inline elements in one block.

libxml2, lxml and trafilatura walk up from elements and along their siblings. Pages within these limits are not changed.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.tags import BLOCKS, CELLS, SILENT

MAX_DEPTH = 200  # nested elements; normal pages have under 60
MAX_WRAPPED = 100  # the same, for elements that say nothing about the text's structure
FEW = 1000  # elements of a page so small that nothing is slow
MAX_ELEMENTS = 20_000  # of the part of a page that is searched; the longest articles have a tenth
MAX_INLINE = 500  # inline elements of one block; a normal one with many footnotes has a hundred
TEXTUAL = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "td", "th", "pre", "blockquote", "a", "br", "article", "main")
)
IS_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 2)})")  # goes level by level, which is twice as fast as asking elements
_GONE = "gone"  # the name that elements get before they are stripped


def flatten(tree: HtmlElement) -> None:
    """Strip the tags of elements nested too deep; all text stays, even in the innermost paragraphs."""
    if not IS_DEEP(tree):
        return
    depths: dict[HtmlElement | None, int] = {None: -1}
    for element in tree.iter("*"):
        depth = depths.get(element.getparent(), 0) + 1
        if depth > (MAX_DEPTH if element.tag in TEXTUAL or element.tag in SILENT else MAX_WRAPPED):
            if element.tag in SILENT:
                element.clear(keep_tail=True)
            else:
                element.tag = _GONE
            depth -= 1
        depths[element] = depth
    etree.strip_tags(tree, _GONE)


def cut_off(tree: HtmlElement) -> None:
    """Remove what follows the first thousands of elements. Blocks after them are found by their likeness to earlier ones."""
    last = next(islice(tree.iter("*"), MAX_ELEMENTS, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        place = parent.index(last)
        del parent[place + 1 :]
        last = parent


def fold_inline(tree: HtmlElement) -> None:
    """Strip the inline tags of blocks that contain thousands of them; the text stays. The first links stay too, because lists are
    recognised by them."""
    if tree.xpath("count(.//*)") <= FEW:
        return
    holders: dict[HtmlElement, HtmlElement] = {}
    counts: Counter[HtmlElement] = Counter()
    for element in tree.iter("*"):
        parent = element.getparent()
        if parent is not None and element.tag not in BLOCKS and element.tag not in CELLS:
            holder = holders[element] = holders.get(parent, parent)
            counts[holder] += 1
    crowded = {holder for holder, count in counts.items() if count > MAX_INLINE}
    if not crowded:
        return
    links: Counter[HtmlElement] = Counter()
    for element, holder in holders.items():
        if holder in crowded and element.tag not in SILENT:
            links[holder] += element.tag == "a"
            if element.tag != "a" or links[holder] > MAX_INLINE:
                element.tag = _GONE
    etree.strip_tags(tree, _GONE)
    for holder in crowded:  # what is left is one text again, not thousands of pieces
        holder.text = holder.text
        for element in holder.iter("*"):
            element.tail = element.tail
