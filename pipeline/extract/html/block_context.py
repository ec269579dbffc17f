"""Where the blocks of a page stand: which of them an extraction chose, the element that holds most of these, and what an element is for.

An extractor gives texts without their elements. They are found again by their words, so that what surrounds a block on the page can be judged.
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

IN_FIGURES = frozenset(("quote", "row", "code"))  # kinds of blocks that figures may hold as a part of the text
CORE = 0.85  # of the chosen text that the container must hold
MAX_SHARE = 0.4  # of the chosen text; an element that holds more is the article, whatever it is called
MIN_PART = 20  # characters of a block that is looked for as a part of another
EDGE = 10  # characters at the begin and the end of a block by which it is known again
WHOLE = 0.85  # of a block's characters; what an extractor took out of more was a part of it (ruby, screen readers' words)
LONGEST = 20_000  # characters of a block in which the found one is looked for
WINDOW = 400  # blocks of the page that are searched for one that was found in another form
# What class names and ids call the things that stand in and around an article and are none of it.
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
    """The blocks of a page, and which are chosen. Answers are kept, as many blocks share their ancestors."""

    def __init__(self, placed: Sequence[Placed], chosen: Collection[int], share: float = CORE, most: float = MAX_SHARE) -> None:
        """`share` of the chosen text makes the container; an element with more than `most` is the article, whatever it is called."""
        self.placed = placed
        self._most = most
        self.weights: dict[HtmlElement, int] = defaultdict(int)
        for at in chosen:
            self.weights[placed[at].element] += len(placed[at].text)
        self.total = sum(self.weights.values())
        self.container = self._add_up(share * self.total)
        self._inside: dict[HtmlElement, HtmlElement | None] = {}
        self._foreign: dict[HtmlElement, HtmlElement | None] = {}
        self._figures: dict[HtmlElement, HtmlElement | None] = {}

    def inside(self, element: HtmlElement) -> bool:
        """Whether the element stands in the container."""
        return _around(self._inside, element, lambda e: e is self.container) is not None

    def foreign(self, place: Placed) -> bool:
        """Whether an element around the block says by its name that it is none of the article, and does not hold much of it."""
        start = place.element
        if place.kind in IN_FIGURES:
            figure = _around(self._figures, start, lambda e: bool(e.tag == "figure"))
            start = start if figure is None else figure.getparent()
        return start is not None and _around(self._foreign, start, self._is_foreign) is not None

    def _add_up(self, enough: float) -> HtmlElement | None:
        """Give each element the weight of all that is in it, a step up at a time. Returns the innermost that weighs enough."""
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

    def _is_foreign(self, element: HtmlElement) -> bool:
        if self.weights.get(element, 0) > self._most * self.total:
            return False
        if element.tag in FOREIGN_TAGS:
            return True
        return is_foreign_by_name(element)


def is_foreign_by_name(element: HtmlElement) -> bool:
    """Whether the element's class or id calls it something that is none of an article."""
    own, number = element.get("class"), element.get("id")
    if not own and not number:
        return False
    named = _named(f"{own or ''} {number or ''}")
    return named is FOREIGN or (named is PICTURE and next(element.iter(*SUBHEADS), None) is None)


@lru_cache(maxsize=4096)  # the elements of a page have few names, and each is asked about several times
def _named(names: str) -> re.Pattern[str] | None:
    """What the names call the element: something foreign, a picture, or neither. An entry bears the names of its tags and sections too."""
    if ENTRY in names.split():
        return None
    return next((kind for kind in (FOREIGN, PICTURE) if kind.search(names)), None)


@dataclass(frozen=True, slots=True)
class Located:
    """Blocks that were found, by their index on the page; and those that are not on the page as such, by the index of the block before."""

    taken: dict[int, Placed]
    strays: dict[int, list[Placed]]


def located(found: Sequence[Placed], placed: Sequence[Placed]) -> Located:
    """Which of a page's blocks those are that an extractor found: by their words, also where it joined, cut or thinned them."""
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
    """The places of blocks with one text that are not taken yet. A page may have a hundred thousand blocks that are all the same."""

    __slots__ = ("_ahead", "_places", "_taken")

    def __init__(self, places: list[int], taken: Collection[int]) -> None:
        self._places, self._taken = places, taken
        self._ahead = list(range(len(places) + 1))  # of each of the places: where to look for the next that is free

    def next(self, cursor: int) -> int | None:
        """The first free place behind the cursor, else the last that there is."""
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
    """The blocks of the page behind the cursor that the found one is made of, or that it is a part of."""
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
    """The block of the page behind the cursor that begins and ends like the found one, which lost something between; -1 where none does."""
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
    """The element, or the nearest one around it, for which something holds; answers are kept for all that were looked at."""
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
