"""Where the blocks of a page stand: which of them an extraction chose, the element that holds most of these, and what an element is for.

An extractor gives texts without their elements. They are found again by their words, so that what surrounds a block on the page can be judged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.extract.blocks import Placed

IN_FIGURES = frozenset(("quote", "row", "code"))  # kinds of blocks that figures may hold as a part of the text
CORE = 0.85  # of the chosen text that the container must hold
MAX_SHARE = 0.4  # of the chosen text; an element that holds more is the article, whatever it is called
MIN_PART = 20  # characters of a block that is looked for as a part of another
EDGE = 10  # characters at the begin and the end of a block by which it is known again
WHOLE = 0.85  # of a block's characters; what an extractor took out of more was a part of it (ruby, screen readers' words)
WINDOW = 400  # blocks of the page that are searched for one that was found in another form
# What class names and ids call the things that stand in and around an article and are none of it.
FOREIGN = re.compile(
    r"newsletter|sign-?up|subscri(?:be|ption)|abonn|(?<![a-z])(?:related|recirc|recommend|promo(?!t)|outbrain|taboola|advert|sponsor|banner|cookie|consent|breadcrumb|share|sharing|social|comment(?!ary)|disqus)"
    r"|read-?(?:more|next|also)|more-?(?:on|from|stories|news)|most-?(?:read|popular|viewed)|trending|(?:^|[\s_-])(?:cta|rail|teasers|sidebar|pushdown|toolbar|tags?|ads?|author-?(?:bio|box|info|card)|bio|byline|caption|credit|copyright|donat(?:e|ion)|paywall-?(?:box|teaser|offer)|overlay|modal|popup|tooltip|whatsapp[a-z-]*)(?=$|[\s_-])"
    r"|(?:^|\s|(?<!has)(?<!with)[_-])(?:images?|img|photos?|picture|gallery|slideshow)(?=$|[\s_-]|box)|(?<![a-z])print-(?:header|footer|only|tools?)"
    r"|(?:Related|Recirc|Promo|Newsletter|SignUp|Caption|Credit|Share|Social|Advert|Teasers|Recommend|Byline)(?=[A-Z_\s-]|$)"
)  # fmt: skip
FOREIGN_TAGS = frozenset(("aside", "nav", "footer", "figure", "figcaption", "form", "label"))


class Surroundings:
    """The blocks of a page, and which are chosen. Answers are kept, as many blocks share their ancestors."""

    def __init__(self, placed: Sequence[Placed], chosen: Collection[int], share: float = CORE) -> None:
        self.placed = placed
        sizes: dict[HtmlElement, int] = defaultdict(int)
        for at in chosen:
            sizes[placed[at].element] += len(placed[at].text)
        self.total = sum(sizes.values())
        self.weights: dict[HtmlElement, int] = defaultdict(int)
        for start, size in sizes.items():
            self.weights[start] += size
            for element in start.iterancestors():
                self.weights[element] += size
        core = [element for element, weight in self.weights.items() if weight >= share * self.total]
        self.container = max(core, key=_depth) if core else None
        self._inside: dict[HtmlElement, bool] = {}
        self._foreign: dict[HtmlElement, bool] = {}

    def inside(self, element: HtmlElement) -> bool:
        """Whether the element stands in the container."""
        return _remembered(self._inside, element, lambda e: e is self.container)

    def foreign(self, place: Placed) -> bool:
        """Whether an element around the block says by its name that it is none of the article, and does not hold much of it."""
        start = place.element
        if place.kind in IN_FIGURES:
            figure = next((e for e in _up(start) if e.tag == "figure"), None)
            start = start if figure is None else figure.getparent()
        return start is not None and _remembered(self._foreign, start, self._is_foreign)

    def _is_foreign(self, element: HtmlElement) -> bool:
        if self.weights.get(element, 0) > MAX_SHARE * self.total:
            return False
        if element.tag in FOREIGN_TAGS:
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        return len(names) > 1 and FOREIGN.search(names) is not None


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
    cursor = -1
    for block in found:
        key = _key(block.text)
        same = [at for at in by_text.get(key, ()) if at not in taken]
        if same:
            cursor = next((at for at in same if at > cursor), same[-1])
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


def _parts(key: str, keys: Sequence[str], cursor: int) -> list[int]:
    """The blocks of the page behind the cursor that the found one is made of, or that it is a part of."""
    for start in range(cursor + 1, min(cursor + 1 + WINDOW, len(keys))):
        own = keys[start]
        if len(own) >= MIN_PART and (key.startswith(own) or (len(key) >= MIN_PART and key in own)):
            parts, rest = [start], key.removeprefix(own) if key.startswith(own) else ""
            for at in range(start + 1, len(keys)):
                if not rest or not rest.startswith(keys[at]):
                    break
                parts.append(at)
                rest = rest.removeprefix(keys[at])
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


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _up(element: HtmlElement | None) -> Iterator[HtmlElement]:
    while element is not None:
        yield element
        element = element.getparent()


def _remembered(answers: dict[HtmlElement, bool], element: HtmlElement, holds: Callable[[HtmlElement], bool]) -> bool:
    """Whether something holds for an element or one around it."""
    path = []
    answer = False
    for one in _up(element):
        if one in answers:
            answer = answers[one]
            break
        path.append(one)
        if holds(one):
            answer = True
            break
    for one in path:
        answers[one] = answer
    return answer
