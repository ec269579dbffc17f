"""Find texts that are near copies of each other: candidates by bands of MinHash, decided by comparing the texts.

A text is the set of its shingles, all runs of a few words. MinHash (Broder 1997) estimates the Jaccard similarity of two sets. Texts
that share a band, a few MinHash values in a row, are candidates (locality-sensitive hashing; Leskovec, Rajaraman, Ullman, Mining of
Massive Datasets, chapter 3). `same_story` then decides on the texts themselves.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass

from rensa import RMinHash

# MinHash values in a band. Three find copies that share a third of all shingles, and practically never unrelated texts (1 in 1,000).
ROWS = 3
# Bands over the whole text, and bands of its beginning alone, because copies are cut at the end.
WHOLE_BANDS, HEAD_BANDS = 12, 4
HEAD = 150  # tokens
SEED = 1
# The version of how bands are made; bands of different versions never match.
VERSION = 1
# Characters read of a text; the rest of a longer one (a book, a live blog of days) adds nothing.
SAMPLE = 60_000
# Tokens. A shorter text is a copy only if it has the same words under the same title.
MIN_TOKENS = 40
WORDS_A_SHINGLE = 3
# In scripts without spaces between words a token is one character.
CHARACTERS_A_SHINGLE = 6
# Share of all shingles that two copies have in common at least.
ALIKE = 0.5
# Share of the shorter text's shingles that the longer one has, if a copy was cut; and how short the shorter may be.
CUT, CUT_TO, MIN_CUT = 0.75, 0.25, 60
# Share of the shorter text's first half that the longer one must have: texts that only end alike share boilerplate.
OPENING = 0.55
# Template texts (markets, weather, fixtures) share words but not facts. Facts are compared if there are so many.
MIN_NUMBERS, MIN_NAMES = 4, 8
SAME_FACTS = 0.5

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# Vowel signs of Indic scripts are marks, not letters, and occur inside words.
_WORD = re.compile("[\\w\u0300-\u036f\u0900-\u0dff]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a text. `opening` are the shingles of its first half; `names` are its capitalised words, if the script has
    capitals."""

    shingles: frozenset[str]
    opening: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]


def bands(title: str, text: str) -> tuple[int, ...]:
    """The bands of a text, signed 64-bit numbers in ascending order. Near copies share at least one. A short text has a single one, of
    title and text."""
    tokens, size = _tokens(text)
    if len(tokens) < MIN_TOKENS:
        return (_number("short", *_WORD.findall(title.casefold()), "", *tokens),) if tokens else ()
    whole = _bands(_shingles(tokens, size), WHOLE_BANDS, "whole")
    head = _bands(_shingles(tokens[:HEAD], size), HEAD_BANDS, "head")
    return tuple(sorted({*whole, *head}))


def profile(text: str) -> Profile:
    """What is compared of a text: its shingles, numbers and names."""
    tokens, size = _tokens(text)
    words = set(_WORD.findall(text[:SAMPLE]))
    return Profile(
        frozenset(_shingles(tokens, size)),
        frozenset(_shingles(tokens[: len(tokens) // 2], size)),
        frozenset(word for word in words if any(map(str.isdigit, word))),
        frozenset(word.casefold() for word in words if word[0].isupper()),
    )


def same_story(one: Profile, other: Profile) -> float:
    """The share of shingles that two copies of one text have in common, 0 to 1; 0 if they are no copies.

    Short texts are never copies here: for them only identical words count.
    """
    if len(one.shingles) > len(other.shingles):
        one, other = other, one
    shorter = len(one.shingles)
    if shorter < MIN_TOKENS - CHARACTERS_A_SHINGLE:
        return 0.0
    common = len(one.shingles & other.shingles)
    union = shorter + len(other.shingles) - common
    cut = shorter >= MIN_CUT and common >= CUT * shorter and shorter >= CUT_TO * len(other.shingles)
    if common < ALIKE * union and not cut:
        return 0.0
    if len(one.opening & other.shingles) < OPENING * len(one.opening):
        return 0.0
    if not (_same(one.numbers, other.numbers, MIN_NUMBERS) and _same(one.names, other.names, MIN_NAMES)):
        return 0.0
    return common / union


def _same(one: frozenset[str], other: frozenset[str], enough: int) -> bool:
    fewer = min(len(one), len(other))
    return fewer < enough or len(one & other) >= SAME_FACTS * fewer


def _tokens(text: str) -> tuple[list[str], int]:
    """The words of a text in order, and how many make a shingle."""
    sample = text[:SAMPLE].casefold()
    apart, characters = _UNSPACED.subn(r" \g<0> ", sample)
    tokens = _WORD.findall(apart)
    return tokens, CHARACTERS_A_SHINGLE if characters * 2 > len(tokens) else WORDS_A_SHINGLE


def _shingles(tokens: list[str], size: int) -> set[str]:
    return set(map(" ".join, zip(*(tokens[start:] for start in range(size)), strict=False)))


def _bands(shingles: set[str], count: int, kind: str) -> list[int]:
    sketch = RMinHash(num_perm=count * ROWS, seed=SEED)
    sketch.update(list(shingles))
    values = [str(value) for value in sketch.digest()]
    return [_number(kind, str(place), *values[place * ROWS : (place + 1) * ROWS]) for place in range(count)]


def _number(*parts: str) -> int:
    digest = hashlib.blake2b("\0".join((str(VERSION), *parts)).encode("utf-8", "replace"), digest_size=8).digest()
    return int(struct.unpack(">q", digest)[0])
