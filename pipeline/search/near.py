"""Words near each other, in any order: all the ways in which they may occur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from math import comb, factorial

from pipeline.search.tokens import Asked, asked, tokens

MOST_WAYS = 500  # of one "…"~N; Postgres tests each for every candidate


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of the phrase. In scripts with pairs it has several tokens. `length` is the number of positions that it takes."""

    asked: tuple[Asked, ...]
    length: int


def units(text: str) -> list[Unit]:
    """The words of a text, each with the number of its tokens."""
    return [Unit(tuple(asked(piece)), len(tokens(piece))) for piece in text.split()]


def check_near(text: str, between: int) -> str:
    """What is wrong with a "…"~N; empty if nothing is."""
    words = len(text.split())
    if not 2 <= words <= 4:
        return 'Two to four words can be near each other; write them like "first second"~5.'
    most = _most_between(words)
    if between > most:
        return f"At most {most} other words can stand between {words} words; write ~{most} or less."
    return ""


def ways(text: str, between: int) -> Iterator[list[Asked]]:
    """Each order of the words with each distribution of the words in between, as one phrase."""
    found = units(text)
    for order in dict.fromkeys(permutations(found)):
        for gaps in product(range(between + 1), repeat=len(order) - 1):
            if sum(gaps) <= between:
                yield _phrase(order, (*gaps, 0))


def _phrase(order: tuple[Unit, ...], gaps: tuple[int, ...]) -> list[Asked]:
    phrase: list[Asked] = []
    place = 0
    for unit, gap in zip(order, gaps, strict=True):
        phrase += [Asked(one.word, place + one.place, one.prefix) for one in unit.asked]
        place += unit.length + gap
    return phrase


def _most_between(words: int) -> int:
    """The largest N for which there are not too many ways."""
    between = 0
    while factorial(words) * comb(between + words, words - 1) <= MOST_WAYS and between < 100:
        between += 1
    return between
