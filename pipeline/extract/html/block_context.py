"""Where the blocks of a page are: which of them an extractor chose, the element that contains most of these, and what an element is for.

An extractor returns texts without their elements. This module finds the elements again by the words, so that a block's surroundings can
be judged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.extract.html.blocks import Placed

IN_FIGURES = frozenset(("quote", "row", "code"))  # kinds of blocks that figures may contain as part of the text
CORE = 0.85  # of the chosen text that the container must contain
MAX_SHARE = 0.4  # of the chosen text; an element that contains more is the article, whatever its name
MIN_PART = 20  # characters of a block that is searched as part of another
EDGE = 10  # characters at the start and end of a block by which it is recognised
WHOLE = 0.85  # of a block's characters; an extractor that removed more of it returned only a part (ruby, words for screen readers)
LONGEST = 20_000  # characters of a block in which a found one is searched
WINDOW = 400  # blocks of the page that are searched for one found in another form
# Class names and ids of things around or inside an article that do not belong to it.
FOREIGN = re.compile(
    r"newsletter|sign-?up|subscri(?:be|ption)|abonn|(?<![a-z])(?:related|recirc|recommend|promo(?!t)|outbrain|taboola|advert|sponsor|banner|cookie|consent|breadcrumb|share|sharing|social|comment(?!ary)|disqus|disclaimer|audio-?player)"
    r"|read-?(?:more|next|also)|more-?(?:on|from|stories|news)|most-?(?:read|popular|viewed)|trending|(?:^|[\s_-])(?:cta|rail|teasers|sidebar|pushdown|toolbar|tags?|ads?|author-?(?:bio|box|info|card)|bio|byline|caption|credit|copyright|donat(?:e|ion)|paywall-?(?:box|teaser|offer)|overlay|modal|popup|tooltip|whatsapp[a-z-]*)(?=$|[\s_-])"
    r"|(?<![a-z])print-(?:header|footer|only|tools?)"
    r"|(?:Related|Recirc|Promo|Newsletter|SignUp|Caption|Credit|Share|Social|Advert|Teasers|Recommend|Byline)(?=[A-Z_\s-]|$)"
)  # fmt: skip
# What they call pictures, and sections with one.
PICTURE = re.compile(r"(?:^|\s|(?<!has)(?<!with)(?<!text)[_-])(?:images?|img|photos?|picture|gallery|slideshow)(?=$|[\s_-]|box)")
ENTRY = "hentry"  # of the microformat hAtom, in most themes of WordPress
SUBHEADS = ("h2", "h3", "h4")
FOREIGN_TAGS = frozenset(("aside", "nav", "footer", "figure", "figcaption", "form", "label"))


class Surroundings:
    """The blocks of a page, and which are chosen. Results are cached, because blocks share ancestors."""

    def __init__(self, placed: Sequence[Placed], chosen: Collection[int], share: float = CORE, most: float = MAX_SHARE) -> None:
        """The container must contain `share` of the chosen text. An element with more than `most` of it is the article, whatever its name."""
        self.placed = placed
        self._most = most
        self.weights: dict[HtmlElement, int] = defaultdict(int)
        for at in chosen:
            self.weights[placed[at].element] += len(placed[at].text)
        self.total = sum(self.weights.values())
        self.container = self._add_up(share * self.total)
        self._inside: dict[HtmlElement, HtmlElement | None] = {}
        self._unrelated: dict[HtmlElement, HtmlElement | None] = {}
        self._figures: dict[HtmlElement, HtmlElement | None] = {}

    def inside(self, element: HtmlElement) -> bool:
        """Whether the element is in the container."""
        return _around(self._inside, element, lambda e: e is self.container) is not None

    def unrelated(self, place: Placed) -> bool:
        """Whether an element around the block has a name that excludes it from the article, and contains little of it."""
        start = place.element
        if place.kind in IN_FIGURES:
            figure = _around(self._figures, start, lambda e: bool(e.tag == "figure"))
            start = start if figure is None else figure.getparent()
        return start is not None and _around(self._unrelated, start, self._is_unrelated) is not None

    def _add_up(self, enough: float) -> HtmlElement | None:
        """Add up the text of all elements, step by step towards the root. Returns the innermost element that contains enough."""
        wave, self.weights = self.weights, defaultdict(int)
        while wave:
            above: dict[HtmlElement, int] = defaultdict(int)
            for element, weight in wave.items():
                self.weights[element] += weight
                if (parent := element.getparent()) is not None:
                    above[parent] += weight
            wave = above
        heavy = [element for element, weight in self.weights.items() if weight >= enough]
        outer = {element.getparent() for element in heavy}
        return next((element for element in heavy if element not in outer), None)

    def _is_unrelated(self, element: HtmlElement) -> bool:
        if self.weights.get(element, 0) > self._most * self.total:
            return False
        if element.tag in FOREIGN_TAGS:
            return True
        return is_unrelated_by_name(element)


def is_unrelated_by_name(element: HtmlElement) -> bool:
    """Whether the element's class or id names something that is not part of an article."""
    own, number = element.get("class"), element.get("id")
    if not own and not number:
        return False
    named = _named(f"{own or ''} {number or ''}")
    return named is FOREIGN or (named is PICTURE and next(element.iter(*SUBHEADS), None) is None)


@lru_cache(maxsize=4096)  # elements share few names, and each is tested several times
def _named(names: str) -> re.Pattern[str] | None:
    """What the names say about the element: something foreign, a picture, or neither. An entry bears the names of its tags and sections too."""
    if ENTRY in names.split():
        return None
    return next((kind for kind in (FOREIGN, PICTURE) if kind.search(names)), None)


@dataclass(frozen=True, slots=True)
class Located:
    """Blocks that were found, by their index on the page. Blocks that are not on the page as such have the index of the block before."""

    taken: dict[int, Placed]
    strays: dict[int, list[Placed]]


def located(found: Sequence[Placed], placed: Sequence[Placed]) -> Located:
    """Find an extractor's blocks on the page, by their words, even if the extractor joined, cut or thinned them."""
    keys = [_key(place.text) for place in placed]
    by_text: dict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(keys):
        by_text[own].append(at)
    taken: dict[int, Placed] = {}
    strays: dict[int, list[Placed]] = {}
    free = {own: _Free(places, taken) for own, places in by_text.items()}
    cursor = -1
    for block in found:
        key = _key(block.text)
        if key in free and (same := free[key].next(cursor)) is not None:
            cursor = same
            taken[cursor] = placed[cursor]
        elif parts := [at for at in _parts(key, keys, cursor) if at not in taken]:
            taken |= {at: placed[at] for at in parts}
            cursor = parts[-1]
        elif (near := _near(key, keys, cursor)) >= 0 and near not in taken:
            taken[near] = placed[near] if len(key) >= WHOLE * len(keys[near]) else block
            cursor = near
        else:
            strays.setdefault(cursor, []).append(block)
    return Located(taken, strays)


class _Free:
    """The unused places of blocks with the same text. A page may have a hundred thousand identical blocks."""

    __slots__ = ("_ahead", "_places", "_taken")

    def __init__(self, places: list[int], taken: Collection[int]) -> None:
        self._places, self._taken = places, taken
        self._ahead = list(range(len(places) + 1))  # for each place, where to look for the next unused one

    def next(self, cursor: int) -> int | None:
        """The first unused place after the cursor, else the last one."""
        at = self._free_from(bisect_right(self._places, cursor))
        if at < len(self._places):
            return self._places[at]
        while self._places and self._places[-1] in self._taken:
            self._places.pop()
        return self._places[-1] if self._places else None

    def _free_from(self, at: int) -> int:
        start = at
        while at < len(self._places) and (self._ahead[at] != at or self._places[at] in self._taken):
            at = self._ahead[at] if self._ahead[at] != at else at + 1
        self._ahead[start] = at
        return at


def _parts(key: str, keys: Sequence[str], cursor: int) -> list[int]:
    """The blocks after the cursor that make up the found one, or the block that contains it."""
    for start in range(cursor + 1, min(cursor + 1 + WINDOW, len(keys))):
        own = keys[start]
        begins = len(own) >= MIN_PART and key.startswith(own)
        if begins or (len(key) >= MIN_PART and own.find(key, 0, LONGEST) >= 0):
            parts, size = [start], len(own) if begins else len(key)
            for at in range(start + 1, len(keys)):
                if size >= len(key) or not key.startswith(keys[at], size):
                    break
                parts.append(at)
                size += len(keys[at])
            return parts
    return []


def _near(key: str, keys: Sequence[str], cursor: int) -> int:
    """The block after the cursor that starts and ends like the found one, which lost something in between; -1 if there is none."""
    head, tail = key[:EDGE], key[-EDGE:]
    for at in range(cursor + 1, min(cursor + 1 + WINDOW, len(keys))):
        own = keys[at]
        if own.startswith(head) and own.endswith(tail) and 2 * EDGE <= len(key) <= len(own) <= 2 * len(key):
            return at
    return -1


def _key(text: str) -> str:
    return text.replace(" ", "")


def _around(
    answers: dict[HtmlElement, HtmlElement | None], element: HtmlElement, holds: Callable[[HtmlElement], bool]
) -> HtmlElement | None:
    """The element, or the nearest ancestor, for which the condition holds. Results are cached for all elements on the way."""
    path = []
    one: HtmlElement | None = element
    answer = None
    while one is not None:
        if one in answers:
            answer = answers[one]
            break
        path.append(one)
        if holds(one):
            answer = one
            break
        one = one.getparent()
    for one in path:
        answers[one] = answer
    return answer
