"""How much of an article's text is expected to be right, from what its blocks and the rest of the page look like.

The weights were fitted on pages with known texts; docs/explanation/extraction.md says how, and how often they are right.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass

from lxml.html import HtmlElement

from pipeline.extract.html.blocks import Placed
from pipeline.extract.text.plain_page import holder
from pipeline.extract.text.trim import PROSE, is_prose, is_running, weight

ENOUGH = 1500  # characters; shorter texts are more often wrong
MANY_KINDS = 20  # kinds of elements; more tell nothing more
MOST_LINKED = 0.3  # of the text
WEIGHTS = (5.11, -1.33, -0.72, -1.44, -1.59, -1.03, -0.22, -0.34, -1.38, -2.79)  # the first is what a text without any sign gets


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks against a text, each from 0 (nothing does) to 1 or a little more. In the order of WEIGHTS."""

    gaps: float  # running text between the blocks that was not taken, as a share of the text
    kinds: float  # how many kinds of elements hold the text
    brief: float  # how much shorter it is than ENOUGH
    lines: float  # share of the text in short lines
    away: float  # disagreement with the element that holds most of the page's prose
    linked: float  # share of the text that is links
    added: float  # share of the text that the search did not find and the rules added
    far: float  # share of the words of title and description that the text does not have
    left: float  # share of the page's prose that was not taken


def confidence(signs: Signs) -> float:
    """The share of the text that is expected to be right, from 0 to 1."""
    first, *weights = WEIGHTS
    against = sum(each * sign for each, sign in zip(weights, astuple(signs), strict=True))
    return round(1 / (1 + math.exp(-first - against)), 3)


def signs_of(chosen: Collection[int], placed: Sequence[Placed], found: Collection[int], overlap: float) -> Signs:
    """The signs of the chosen blocks. `found` are those that the search gave; `overlap` is the share of the words of title and description
    that the text has."""
    weights = [weight(place.text) for place in placed]
    prose = {at for at, place in enumerate(placed) if is_prose(place)}
    first, last = min(chosen, default=0), max(chosen, default=-1)
    between = [at for at in range(first, last + 1) if at not in chosen and is_running(placed[at])]
    kinds = {(placed[at].element.tag, placed[at].element.get("class")) for at in chosen}
    length = sum(len(placed[at].text) for at in chosen)

    def size(blocks: Collection[int]) -> int:
        return sum(weights[at] for at in blocks)

    total = size(chosen) or 1
    taken = {at for at in chosen if at in prose}
    return Signs(
        gaps=min(1.0, size(between) / total),
        kinds=math.log(min(MANY_KINDS, max(1, len(kinds)))),
        brief=max(0.0, 1 - length / ENOUGH),
        lines=sum(len(placed[at].text) for at in chosen if len(placed[at].text) < PROSE) / (length or 1),
        away=1 - _agreement(size, taken, _in_home(placed, prose, weights)),
        linked=min(MOST_LINKED, sum(placed[at].linked for at in chosen) / (length or 1)),
        added=1 - size([at for at in chosen if at in found]) / total,
        far=1 - overlap,
        left=1 - size(taken) / (size(prose) or 1),
    )


def _agreement(size: Callable[[Collection[int]], int], first: set[int], second: set[int]) -> float:
    return 2 * size(first & second) / ((size(first) + size(second)) or 1)


def _in_home(placed: Sequence[Placed], prose: set[int], weights: Sequence[int]) -> set[int]:
    """The prose in the element that holds most of it side by side."""
    held: dict[HtmlElement, int] = defaultdict(int)
    for at in prose:
        held[holder(placed[at].element)] += weights[at]
    if not held:
        return set()
    home = max(held, key=held.__getitem__)
    return {at for at in prose if home is placed[at].element or home in placed[at].element.iterancestors()}
