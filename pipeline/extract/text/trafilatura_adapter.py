"""What trafilatura finds on a page (https://trafilatura.readthedocs.io): the blocks from which the article's text is made."""

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

from pipeline.extract.html.block_context import Surroundings, is_foreign_by_name
from pipeline.extract.html.blocks import Placed, of_tree
from pipeline.extract.html.bounds import cut_off, fold_inline
from pipeline.extract.html.tags import BLOCKS
from pipeline.extract.text import plain_page
from pipeline.extract.text.hidden import take_out_hidden
from pipeline.extract.text.trim import is_prose, is_running, weight

SHORT_TEXT = 700  # characters; below it the quick, precise pass may have lost something, so the thorough one looks again,
NEARLY_ALL = 0.7  # unless so much of the prose on the page was found that there is nothing more to find
SCOPE = 0.95  # of the prose of a page that the part must hold which is searched
MIN_PROSE = 0.5  # of the running text; a page with less prose is one of short paragraphs, verses or lists, and these count then
MIN_OWN = 0.3  # of the running text that is not in boxes for other things by their names; where it is less, the names mean nothing
KEPT_OPEN = 0.7  # of the characters in paragraphs; what holds so much, and the headline, is no button or margin, whatever it is called
# What trafilatura and lxml raise on broken pages. Not Exception: a time limit that arrives meanwhile must get through.
BROKEN_PAGE = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
# Never part of a text. Trafilatura drops these too, but only after it has searched through them several times.
NEVER_TEXT = (
    "head", "script", "style", "svg", "noscript", "iframe", "template", "button", "select", "datalist", "input", "canvas", "audio", "video",
    "object", "embed", "source", "track", "map", "nav", "footer", "aside", "menu", "dialog", "img", "picture", "link", "meta", "rt", "rp",
)  # fmt: skip
# Of these, what a parser keeps open around an article where its end is missing or stands in the wrong place, or where an author put the article.
MAY_HOLD_ARTICLE = ("button", "nav", "aside", "footer", "menu", "dialog", "noscript", "template")
# Elements that, once empty, only make the searches longer: frames for scripts to fill.
FRAMES = ("div", "section", "ul", "ol")
HOLDERS = ("div", "section", "ul", "ol", "figure")


def make_lean(tree: HtmlElement, title: str = "") -> None:
    """Take out of the tree what is never text, what is hidden, and what holds nothing else. `title` is the article's."""
    _open_up(tree)
    _write_formulas(tree)
    take_out_hidden(tree, title)
    etree.strip_elements(tree, *NEVER_TEXT, with_tail=False)
    for element in reversed(list(tree.iter(*FRAMES))):  # inner ones first: what held only these is empty then
        if not len(element) and _is_blank(element.text) and _is_blank(element.tail) and _parts_nothing(element):
            element.getparent().remove(element)


def _open_up(tree: HtmlElement) -> None:
    """Make plain boxes of the elements that are never text by their names, and hold the article."""
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
    """Make plain text of MathML: its signs, without the source beside it and the copy that is drawn for the eye."""
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
    """Whether a block ends behind the element anyway: between words and inline elements even an empty one parts blocks."""
    after = element.getnext()
    return element.getparent() is not None and (after is None or after.tag in BLOCKS)


def find(lean: HtmlElement, placed: Sequence[Placed]) -> list[Placed]:
    """The blocks that are the article's, in order; their places are in a tree of trafilatura's own. `placed` are all blocks of the page."""
    around, lines = _where_text_is(placed)
    if not lines and (found := plain_page.blocks_of(placed, around)):
        return found
    found = _attempt(_scope(lean, around), precise=True)
    size = _size(found)
    if size >= SHORT_TEXT or size >= NEARLY_ALL * around.total > 0:
        return found
    return _better(found, _attempt(_scope(lean, around), precise=False), lines)


def _better(precise: list[Placed], thorough: list[Placed], lines: list[Placed]) -> list[Placed]:
    """Which of the passes to believe. Where the thorough one finds no article, it gives all the text that there is in one line."""
    if len(thorough) > 1 or 0 < _size(thorough) < _size(precise):
        return thorough
    return precise if len(precise) > 1 else lines or thorough or precise


def _size(places: Sequence[Placed]) -> int:
    return sum(len(place.text) for place in places)


def _where_text_is(placed: Sequence[Placed]) -> tuple[Surroundings, list[Placed]]:
    """Where the page's prose stands. Where it has next to none, where its running text does, and this: else a cookie notice is all that is
    searched."""
    running = [at for at, place in enumerate(placed) if is_running(place)]
    around = Surroundings(placed, running, most=1)
    own = [at for at in running if not around.foreign(placed[at])] or running
    if _weight(own, placed) < MIN_OWN * _weight(running, placed):
        own = running
    prose = [at for at in own if is_prose(placed[at])]
    if _weight(prose, placed) >= MIN_PROSE * _weight(own, placed):
        return Surroundings(placed, [at for at in running if is_prose(placed[at])], SCOPE), []
    return Surroundings(placed, own, SCOPE), [placed[at] for at in own]


def _weight(blocks: Sequence[int], placed: Sequence[Placed]) -> int:
    return sum(weight(placed[at].text) for at in blocks)


def _scope(lean: HtmlElement, around: Surroundings) -> HtmlElement:
    """A page of its own, without what stands around the element that holds next to all of its prose: menus and margins need not be searched."""
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
    """A copy of the element without what is in it that bears the name of something else and holds no prose."""
    clone = copy(container)
    gone = [
        double
        for own, double in zip(container.iter(*HOLDERS), clone.iter(*HOLDERS), strict=True)
        if not around.weights.get(own) and is_foreign_by_name(own)
    ]
    for element in gone:
        if element.getparent() is not None:
            element.drop_tree()
    return clone


def _bare(element: HtmlElement) -> HtmlElement:
    """The element without what is in it; a broken page's tags and attributes may have names that can be read and not be made."""
    try:
        return cast("HtmlElement", element.makeelement(element.tag, dict(element.attrib)))
    except ValueError:
        return cast("HtmlElement", element.makeelement("div"))


def find_bare(tree: HtmlElement) -> list[Placed]:
    """The blocks that trafilatura finds by itself on a page from which nothing was taken out before."""
    return _attempt(tree, precise=False)


@cache
def _options(precise: bool) -> Extractor:
    """What is asked of trafilatura, read from its configuration once. As XML: else it writes the text out too."""
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
