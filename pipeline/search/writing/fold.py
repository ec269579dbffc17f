"""One form for each way of writing a text: compatibility forms, case and accents no longer tell two words apart.

NFKC and casefold hold for every script. Accents go only from Latin, Greek and Cyrillic letters: elsewhere a mark is part of the letter, as
the vowel signs of Hindi are.
"""

from __future__ import annotations

import unicodedata

import regex

# Characters that are not seen: soft hyphen, zero-width characters, marks of direction, variants of emoji and skin tones.
UNSEEN = (
    0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
    *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0000, 0xE1000),
)  # fmt: skip
# Letters that stand for an apostrophe, and Hebrew's geresh and gershayim, which are as often typed as quotes.
APOSTROPHES = (0x2BB, 0x2BC, 0x5F3, 0x5F4)
_TABLE: dict[int, str | None] = {**dict.fromkeys(UNSEEN), **dict.fromkeys(APOSTROPHES, "'")}
_ACCENTS = regex.compile(r"(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+")
# What may become one character: a letter with its marks, and the parts of a Hangul syllable. Half-width kana have marks of their own.
_CLUSTER = regex.compile(r"[^\p{M}\u1160-\u11ff\uff9e\uff9f]?[\p{M}\u1160-\u11ff\uff9e\uff9f]*+", regex.DOTALL)


def fold(text: str) -> str:
    """The text in the form in which words are compared."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold()
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded)))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The same, and for each character of it where in the text it came from. It takes longer; it is for passages that are shown."""
    parts: list[str] = []
    places: list[int] = []
    for found in _CLUSTER.finditer(text):
        part = fold(found[0])
        parts.append(part)
        places += [found.start()] * len(part)
    return "".join(parts), places
