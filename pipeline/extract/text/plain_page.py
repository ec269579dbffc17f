"""Find the article on a simply built page: nearly all of its running text is paragraphs next to each other in one element.

Four in ten pages are built so. Their article is beyond doubt, and the cost of trafilatura's search is saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from lxml.html import HtmlElement

from pipeline.extract.html.block_context import Surroundings
from pipeline.extract.html.blocks import Placed
from pipeline.extract.text.trim import MAX_LINKED, is_prose

MIN_TEXT = 700  # characters of prose in the element; with less, a single box would matter too much
# Of 0.7, 0.8, 0.85, 0.9 and 0.95, smaller values lose lists and boxes of articles; larger ones gain nothing and cover half as many pages.
MIN_COVERED = 0.9  # of the surrounding text that the element must contain
MIN_DIRECT = 0.7  # of the surrounding prose that must be directly in the element
STRUCTURE = frozenset(
    ("ul", "ol", "li", "dl", "blockquote", "table", "thead", "tbody", "tr", "td")
)  # elements that may be between it and a block
MAX_BETWEEN = 10  # of these


def blocks_of(placed: Sequence[Placed], around: Surroundings) -> list[Placed]:
    """The blocks of the article; empty if the page is not built so. `around` knows where the page's prose is."""
    own = [place for place in placed if around.inside(place.element) and not around.unrelated(place)]
    held: dict[HtmlElement, int] = defaultdict(int)
    for place in own:
        if is_prose(place):
            held[holder(place.element)] += len(place.text)
    if not held:
        return []
    home = max(held, key=held.__getitem__)
    if held[home] < max(MIN_TEXT, MIN_DIRECT * sum(held.values())):
        return []
    found = [place for place in own if place.linked < MAX_LINKED * len(place.text) and is_in({home}, place.element)]
    return found if _size(found) >= MIN_COVERED * _size(own) else []


def holder(element: HtmlElement) -> HtmlElement:
    """The element that contains the block's element: the element itself, if it contains loose text."""
    parent = element.getparent()
    return element if parent is None or element.tag not in ("p", "div") else parent


def is_in(homes: Container[HtmlElement | None], element: HtmlElement) -> bool:
    """Whether a block is in one of the elements, with only lists, quotes and tables in between."""
    at: HtmlElement | None = element
    if at in homes:
        return True
    for _ in range(MAX_BETWEEN):
        at = at.getparent() if at is not None else None
        if at is None or at in homes:
            return at is not None
        if at.tag not in STRUCTURE:
            return False
    return False


def _size(places: Sequence[Placed]) -> int:
    return sum(len(place.text) for place in places)
