"""Fold texts so that compatibility forms, case and accents do not distinguish words.

NFKC and casefold apply to every script. Accents are removed only from Latin, Greek and Cyrillic letters: elsewhere a mark is part of the
letter, like the vowel signs of Hindi.
"""

from __future__ import annotations

import unicodedata

import regex

# Invisible characters: soft hyphen, zero-width characters, direction marks, variants of emoji and skin tones.
UNSEEN = (
    0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
    *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0000, 0xE1000),
)  # fmt: skip
# Letters used as apostrophes, and Hebrew's geresh and gershayim, which are often typed as quotes.
APOSTROPHES = (0x2BB, 0x2BC, 0x5F3, 0x5F4)
_TABLE: dict[int, str | None] = {**dict.fromkeys(UNSEEN), **dict.fromkeys(APOSTROPHES, "'")}
_ACCENTS = regex.compile(r"(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+")
# Sequences that may fold to one character: a letter with its marks, the parts of a Hangul syllable. Half-width kana have marks of their
# own.
_CLUSTER = regex.compile(r"[^\p{M}\u1160-\u11ff\uff9e\uff9f]?[\p{M}\u1160-\u11ff\uff9e\uff9f]*+", regex.DOTALL)


def fold(text: str) -> str:
    """The text in the form in which words are compared."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold()
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded)))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the position in the original. Slower; meant for passages that are shown."""
    parts: list[str] = []
    places: list[int] = []
    for found in _CLUSTER.finditer(text):
        part = fold(found[0])
        parts.append(part)
        places += [found.start()] * len(part)
    return "".join(parts), places
