"""Run trafilatura (https://trafilatura.readthedocs.io) on a page: it finds the blocks from which the article's text is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from functools import cache
from itertools import pairwise
from typing import cast

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from pipeline.extract.html.block_context import Surroundings, is_unrelated_by_name
from pipeline.extract.html.blocks import Placed, of_tree
from pipeline.extract.html.bounds import cut_off, fold_inline
from pipeline.extract.html.tags import BLOCKS
from pipeline.extract.text import plain_page
from pipeline.extract.text.hidden import take_out_hidden
from pipeline.extract.text.trim import is_prose, is_running, weight

SHORT_TEXT = 700  # characters; below it the fast, precise pass may have lost something, so the thorough one runs too,
NEARLY_ALL = 0.7  # unless this share of the page's prose was found
SCOPE = 0.95  # of a page's prose that the searched part must contain
MIN_PROSE = 0.5  # of the running text; with less prose the page has short paragraphs, verses or lists, and these count instead
MIN_OWN = 0.3  # of the running text outside boxes whose names mean something else; with less, the names mean nothing
KEPT_OPEN = 0.7  # of the characters in paragraphs; an element with so much, and the headline, is no button or margin, whatever its name
# Exceptions of trafilatura and lxml on broken pages. Not Exception: a time limit that arrives meanwhile must get through.
BROKEN_PAGE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
# Never part of a text. Trafilatura drops these too, but only after searching them several times.
NEVER_TEXT = (
    "head", "script", "style", "svg", "noscript", "iframe", "template", "button", "select", "datalist", "input", "canvas", "audio", "video",
    "object", "embed", "source", "track", "map", "col", "colgroup", "nav", "footer", "aside", "menu", "dialog", "img", "picture", "link", "meta", "rt", "rp",
)  # fmt: skip
# Of these, elements that a parser keeps open around an article if their end tag is missing or misplaced, or in which an author put the
# article.
MAY_HOLD_ARTICLE = ("button", "nav", "aside", "footer", "menu", "dialog", "noscript", "template")
# Elements that only lengthen the search once they are empty: frames for scripts to fill.
FRAMES = ("div", "section", "ul", "ol")
HOLDERS = ("div", "section", "ul", "ol", "figure")


def make_lean(tree: HtmlElement, title: str = "") -> None:
    """Remove from the tree what is never text, what is hidden, and elements that contain nothing else. `title` is the article's."""
    _open_up(tree)
    _write_formulas(tree)
    take_out_hidden(tree, title)
    etree.strip_elements(tree, *NEVER_TEXT, with_tail=False)
    for element in reversed(list(tree.iter(*FRAMES))):  # inner ones first: what contained only these is empty then
        if not len(element) and _is_blank(element.text) and _is_blank(element.tail) and _parts_nothing(element):
            element.getparent().remove(element)


def _open_up(tree: HtmlElement) -> None:
    """Turn elements that contain the article into plain boxes, although by their names they are never text."""
    holding = {outer for inner in tree.iter("h1", "article", "main") for outer in inner.iterancestors(*MAY_HOLD_ARTICLE)}
    if not holding:
        return
    held: Counter[HtmlElement] = Counter()
    total = 0
    for paragraph in tree.iter("p"):
        size = sum(len(text) for text in paragraph.itertext() if not text.isspace())
        total += size
        for element in paragraph.iterancestors(*MAY_HOLD_ARTICLE):
            held[element] += size
    for element in holding:
        if held[element] >= KEPT_OPEN * total > 0:
            element.tag = "div"


def _write_formulas(tree: HtmlElement) -> None:
    """Turn MathML into plain text: its signs, without the source and the copy that is drawn on screen."""
    for formula in list(tree.iter("math")):
        for source in list(formula.iter("annotation", "annotation-xml")):
            source.drop_tree()
        text = "".join("".join(formula.itertext()).split())
        holder = formula.getparent()
        for beside in list(holder.itersiblings("span")) if holder.tag == "span" else ():
            if beside.get("aria-hidden") == "true":
                beside.drop_tree()
        tail = formula.tail
        formula.clear()
        formula.tag, formula.text, formula.tail = "span", text, tail


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def _parts_nothing(element: HtmlElement) -> bool:
    """Whether a block ends after the element anyway. Between words and inline elements, even an empty element separates blocks."""
    after = element.getnext()
    return element.getparent() is not None and (after is None or after.tag in BLOCKS)


def find(lean: HtmlElement, placed: Sequence[Placed]) -> list[Placed]:
    """The article's blocks in order, with elements in trafilatura's own tree. `placed` are all blocks of the page."""
    around, lines = _where_text_is(placed)
    if not lines and (found := plain_page.blocks_of(placed, around)):
        return found
    found = _attempt(_scope(lean, around), precise=True)
    size = _size(found)
    if size >= SHORT_TEXT or size >= NEARLY_ALL * around.total > 0:
        return found
    return _better(found, _attempt(_scope(lean, around), precise=False), lines)


def _better(precise: list[Placed], thorough: list[Placed], lines: list[Placed]) -> list[Placed]:
    """Choose between the passes. If the thorough one finds no article, it returns all text in a single line."""
    if len(thorough) > 1 or 0 < _size(thorough) < _size(precise):
        return thorough
    return precise if len(precise) > 1 else lines or thorough or precise


def _size(places: Sequence[Placed]) -> int:
    return sum(len(place.text) for place in places)


def _where_text_is(placed: Sequence[Placed]) -> tuple[Surroundings, list[Placed]]:
    """Where the page's prose is. If it has almost none, where its running text is, and that text: otherwise only a cookie notice would be
    searched."""
    running = [at for at, place in enumerate(placed) if is_running(place)]
    around = Surroundings(placed, running, most=1)
    own = [at for at in running if not around.unrelated(placed[at])] or running
    if _weight(own, placed) < MIN_OWN * _weight(running, placed):
        own = running
    prose = [at for at in own if is_prose(placed[at])]
    if _weight(prose, placed) >= MIN_PROSE * _weight(own, placed):
        return Surroundings(placed, [at for at in running if is_prose(placed[at])], SCOPE), []
    return Surroundings(placed, own, SCOPE), [placed[at] for at in own]


def _weight(blocks: Sequence[int], placed: Sequence[Placed]) -> int:
    return sum(weight(placed[at].text) for at in blocks)


def _scope(lean: HtmlElement, around: Surroundings) -> HtmlElement:
    """A separate page without what surrounds the element that contains nearly all prose, so that menus and margins are not searched."""
    if around.container is None:
        return copy(lean)
    path = [*reversed(list(around.container.iterancestors())), around.container]
    own = page = _bare(lean)
    for node, below in pairwise(path):
        next_own = _pruned(below, around) if below is around.container else _bare(below)
        own.extend(next_own if child is below else copy(child) for child in node if child is below or around.weights.get(child))
        own = next_own
    return page


def _pruned(container: HtmlElement, around: Surroundings) -> HtmlElement:
    """A copy of the element without parts whose name means something else and that contain no prose."""
    clone = copy(container)
    gone = [
        double
        for own, double in zip(container.iter(*HOLDERS), clone.iter(*HOLDERS), strict=True)
        if not around.weights.get(own) and is_unrelated_by_name(own)
    ]
    for element in gone:
        if element.getparent() is not None:
            element.drop_tree()
    return clone


def _bare(element: HtmlElement) -> HtmlElement:
    """The element without its content. Tags and attributes of a broken page may have names that can be parsed but not created."""
    try:
        return cast("HtmlElement", element.makeelement(element.tag, dict(element.attrib)))
    except ValueError:
        return cast("HtmlElement", element.makeelement("div"))


def find_bare(tree: HtmlElement) -> list[Placed]:
    """The blocks that trafilatura finds by itself on an unchanged page."""
    return _attempt(tree, precise=False)


@cache
def _options(precise: bool) -> Extractor:
    """trafilatura's options, read from its configuration once. XML output, because otherwise it writes the text too."""
    return Extractor(fast=precise, precision=precise, comments=False, with_metadata=False, output_format="xml")


def _attempt(lean: HtmlElement, *, precise: bool) -> list[Placed]:
    cut_off(lean)
    fold_inline(lean)
    try:
        found = bare_extraction(lean, options=_options(precise))
    except BROKEN_PAGE:
        return []
    body = getattr(found, "body", None)
    return [] if body is None else of_tree(body)
