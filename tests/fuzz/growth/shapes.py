"""Worst-case inputs of a pattern, from its own structure: long runs of whatever it repeats, behind whatever it wants before that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, permutations
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONG = 50  # a repeat that may be longer than this is a place where time can grow
MOST_LETTERS = 14  # of a pattern whose pairs are tried
OF_CATEGORY = {
    c.CATEGORY_DIGIT: "1", c.CATEGORY_NOT_DIGIT: "a", c.CATEGORY_SPACE: " \n", c.CATEGORY_NOT_SPACE: "a", c.CATEGORY_WORD: "aA1",
    c.CATEGORY_NOT_WORD: " -",
}  # fmt: skip
PALETTE = "a1 -.\n<>/\"'(:@,;=&?\\é\u4e00"  # taken from where a class says what it is not
ENDS = ("", "\0")
REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Shape:
    """A text of any length: a start, something again and again, an end."""

    start: str
    again: str
    end: str

    def of(self, length: int) -> str:
        return self.start + self.again * max(1, length // len(self.again)) + self.end

    def __str__(self) -> str:
        return f"{self.start[:40]!r} + {self.again[:40]!r}… + {self.end!r}"


def shapes(pattern: re.Pattern[Any]) -> list[Shape]:
    """Those of one pattern, most telling first, none twice."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~(re.UNICODE if isinstance(pattern.pattern, bytes) else 0))
    letters = list(dict.fromkeys(chain(_letters(tree), " \na1-")))[:MOST_LETTERS]
    found = [Shape(start, again, end) for before, again in _repeated(tree, "") for start in (before, "") for end in ENDS if again]
    found += [Shape("", before + again, end) for before, again in _repeated(tree, "") for end in ENDS if before + again]
    found += [Shape("", letter, end) for letter in letters for end in ENDS]
    found += [Shape("", one + other, "\0") for one, other in permutations(letters, 2)]
    if whole := _example(tree):
        found += [Shape("", whole, end) for end in ENDS]
    return list(dict.fromkeys(found))


def _repeated(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """For each long repeat: an example of what stands before it, and one of what is repeated."""
    for op, value in tree:
        if op in REPEATS:
            _, most, body = value
            if most is c.MAXREPEAT or most > LONG:
                for again in islice(_examples(body), 6):
                    yield before, again
            yield from _repeated(body, before)
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch, before)
        elif op is c.SUBPATTERN:
            yield from _repeated(value[3], before)
        elif op is c.ATOMIC_GROUP:
            yield from _repeated(value, before)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _repeated(value[1], before)
        before += next(_of(op, value))


def _examples(tree: Any) -> Iterator[str]:
    """Texts that a sequence matches: each way to begin, and each way of each later part once."""
    parts = [list(islice(_of(op, value), 4)) for op, value in tree]
    usual = [part[0] for part in parts]
    yield "".join(usual)
    for place, part in enumerate(parts):
        for other in part[1:]:
            yield "".join([*usual[:place], other, *usual[place + 1 :]])


def _example(tree: Any) -> str:
    return next(_examples(tree))


def _of(op: Any, value: Any) -> Iterator[str]:
    if op is c.LITERAL:
        yield chr(value)
    elif op is c.NOT_LITERAL:
        yield from (letter for letter in PALETTE if ord(letter) != value)
    elif op is c.ANY:
        yield from "a "
    elif op is c.IN:
        yield from _members(value)
    elif op is c.BRANCH:
        for branch in value[1]:
            yield _example(branch)
    elif op is c.SUBPATTERN:
        yield from _examples(value[3])
    elif op is c.ATOMIC_GROUP:
        yield from _examples(value)
    elif op in REPEATS:
        least, _, body = value
        for example in _examples(body):
            yield example * max(1, least)
    else:  # assertions, places, references to groups
        yield ""


def _members(items: Any) -> Iterator[str]:
    if items[0][0] is c.NEGATE:
        mine = set(chain.from_iterable(_held(item) for item in items[1:]))
        yield from [letter for letter in PALETTE if letter not in mine] or ["\x01"]
    else:
        for item in items:
            yield from _held(item)


def _held(item: Any) -> Iterator[str]:
    op, value = item
    if op is c.LITERAL:
        yield chr(value)
    elif op is c.RANGE:
        yield chr(value[0])
        yield from (letter for letter in PALETTE if value[0] < ord(letter) <= value[1])
    elif op is c.CATEGORY:
        yield from OF_CATEGORY[value]


def _letters(tree: Any) -> Iterator[str]:
    """Characters of the kinds that the pattern speaks of; not the letters of the words that it looks for."""
    for op, value in tree:
        if op in (c.LITERAL, c.NOT_LITERAL):
            if not chr(value).isalnum():
                yield chr(value)
        elif op is c.IN:
            yield from islice(_members(value), 3)
        elif op in REPEATS:
            yield from _letters(value[2])
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _letters(branch)
        elif op is c.SUBPATTERN:
            yield from _letters(value[3])
        elif op is c.ATOMIC_GROUP:
            yield from _letters(value)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _letters(value[1])
