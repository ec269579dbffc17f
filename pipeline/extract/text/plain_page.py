"""The article of a page that is built plainly: nearly all of its running text is paragraphs beside each other, in one element.

On four pages of ten that is so. Where an article stands there can be no doubt then, and what the search of trafilatura costs is saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from lxml.html import HtmlElement

from pipeline.extract.html.block_context import Surroundings
from pipeline.extract.html.blocks import Placed
from pipeline.extract.text.trim import MAX_LINKED, is_prose

MIN_TEXT = 700  # characters of prose in the element; of less, one box more or less is a large part
# Of 0.7, 0.8, 0.85, 0.9 and 0.95 this and less lose lists and boxes of articles; more gains nothing and holds for half as many pages.
MIN_COVERED = 0.9  # of the text around that the element must hold
MIN_DIRECT = 0.7  # of the prose around that must stand in the element itself
STRUCTURE = frozenset(
    ("ul", "ol", "li", "dl", "blockquote", "table", "thead", "tbody", "tr", "td")
)  # what may stand between it and a block
MAX_BETWEEN = 10  # of these


def blocks_of(placed: Sequence[Placed], around: Surroundings) -> list[Placed]:
    """The blocks of the article; none where the page is not built so. `around` knows where the page's prose stands."""
    own = [place for place in placed if around.inside(place.element) and not around.foreign(place)]
    held: dict[HtmlElement, int] = defaultdict(int)
    for place in own:
        if is_prose(place):
            held[_holder(place.element)] += len(place.text)
    if not held:
        return []
    home = max(held, key=held.__getitem__)
    if held[home] < max(MIN_TEXT, MIN_DIRECT * sum(held.values())):
        return []
    found = [place for place in own if place.linked < MAX_LINKED * len(place.text) and is_in({home}, place.element)]
    return found if _size(found) >= MIN_COVERED * _size(own) else []


def _holder(element: HtmlElement) -> HtmlElement:
    """The element that holds the block's: itself, where it holds loose text."""
    parent = element.getparent()
    return element if parent is None or element.tag not in ("p", "div") else parent


def is_in(homes: Container[HtmlElement | None], element: HtmlElement) -> bool:
    """Whether a block stands in one of the elements, with nothing between but lists, quotes and tables."""
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
