"""The words of a text, as they are stored and as queries ask for them.

Words end where Unicode says (UAX #29), with two exceptions: apostrophes and colons always separate words, so that "ukraine" finds
"l'Ukraine" and "Ukraine's". Scripts without spaces give overlapping pairs of letters. Nothing is stemmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from pipeline.search.writing import alphabets, letters
from pipeline.search.writing.fold import fold, fold_with_places

# Postgres refuses words of 2,047 bytes or more, and nobody types 100 characters; at four bytes each they are far below.
LONGEST = 100
KNOWN, KNOWN_CHARS = 20_000, 30  # pieces cached with their words, about 5 MB, and the longest of them
LONGEST_LETTER = 20  # of one letter of a pair, with its marks; more is no writing

_MARKS = f"{letters.MARK}*+"
_WORD = regex.compile(
    rf"""
    (?P<word> (?: (?:{letters.LETTER}{_MARKS})++ (?:{letters.IN_WORDS}{_MARKS}(?={letters.LETTER}))?+
                | (?:{letters.DIGIT}{_MARKS})++ (?:{letters.IN_NUMBERS}{_MARKS}(?={letters.DIGIT}))?+
                | {letters.JOINER}{_MARKS} )++ )
    | (?P<run> (?:{letters.COMMON}++{_MARKS}|{letters.UNSPACED}{_MARKS})++ )
    | {letters.FLAG}{{2}}
    | {letters.EMOJI}
    """,
    regex.VERBOSE | regex.VERSION1,
)
_LETTER_OF_RUN = regex.compile(rf"{letters.UNSPACED}{_MARKS}", regex.VERSION1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of a query, its position in the phrase, and whether longer words that start with it match too."""

    word: str
    place: int
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A word of a text and its range in it. A pair has the position of its first letter and extends `through` its second."""

    word: str
    start: int
    end: int
    through: int


def tokens(text: str) -> list[str]:
    """The words of a text in order; a word's position is its index."""
    found = alphabets.words(text)
    if found is None:
        found = [word for line in text.splitlines() for word in _of_line(line)]
    if "_" in text or max(map(len, found), default=0) > LONGEST:
        return [bare[:LONGEST] for word in found if (bare := word.strip("_"))]
    return found


def _of_line(line: str) -> list[str]:
    """The words of one line, by the simplest rules that suffice."""
    simple = alphabets.words(line)
    if simple is not None:
        return simple
    found: list[str] = []
    for piece in line.split():
        if piece.isascii() and piece.isalpha():
            found.append(piece.lower())
        else:
            found += _known(piece) if len(piece) <= KNOWN_CHARS else _words(piece)
    return found


def _words(piece: str) -> tuple[str, ...]:
    """The words of a piece, by the full rules."""
    found: list[str] = []
    for match in _WORD.finditer(fold(piece)):
        if match.lastgroup == "run":
            found += _pairs(match[0])
        elif word := match[0].strip("_"):
            found.append(word[:LONGEST])
    return tuple(found)


# Texts repeat words: most pieces between spaces have occurred before.
_known = lru_cache(KNOWN)(_words)


def asked(text: str, *, prefix: bool = False) -> list[Asked]:
    """The words of a query. A run of letters is searched by its pairs, a single letter by the pairs that start with it."""
    found: list[Asked] = []
    place = 0
    for match in _WORD.finditer(fold(text)):
        if match.lastgroup == "run":
            letters = _LETTER_OF_RUN.findall(match[0])
            if len(letters) == 1:
                found.append(Asked(_pair(letters[0], ""), place, prefix=True))
            found += [Asked(_pair(one, other), place + at) for at, (one, other) in enumerate(pairwise(letters))]
            place += len(letters)
        elif word := match[0].strip("_"):
            found.append(Asked(word[:LONGEST], place))
            place += 1
    if prefix and found and not _is_pair(found[-1].word):
        found[-1] = Asked(found[-1].word, found[-1].place, prefix=True)
    return found


def seen(text: str) -> list[Seen]:
    """The words of a passage with their positions, for highlights: the same words as `tokens` returns."""
    folded, places = fold_with_places(text)
    places.append(len(text))
    found: list[Seen] = []
    for match in _WORD.finditer(folded):
        if match.lastgroup == "run":
            first = match.start()
            letters = list(_LETTER_OF_RUN.finditer(match[0]))
            for one, other in zip(letters, [*letters[1:], None], strict=True):
                end = _after(places, first + one.end())
                through = _after(places, first + other.end()) if other else end
                found.append(Seen(_pair(one[0], other[0] if other else ""), places[first + one.start()], end, through))
        elif word := match[0].strip("_"):
            start = match.start() + len(match[0]) - len(match[0].lstrip("_"))
            end = _after(places, start + len(word))
            found.append(Seen(word[:LONGEST], places[start], end, end))
    return found


def _pairs(run: str) -> list[str]:
    """Each letter of a run with the next one. The last is alone, so that it can be found too."""
    if run.isalpha():  # no marks
        return [run[at : at + 2] for at in range(len(run))]
    letters = _LETTER_OF_RUN.findall(run)
    return list(map(_pair, letters, [*letters[1:], ""]))


def _pair(one: str, other: str) -> str:
    return one[:LONGEST_LETTER] + other[:LONGEST_LETTER]


def _is_pair(word: str) -> bool:
    return _LETTER_OF_RUN.match(word) is not None


def _after(places: list[int], end: int) -> int:
    """The position in the text that corresponds to `end` of its folded form: before the next character that differs there."""
    last = places[end - 1]
    while end < len(places) - 1 and places[end] == last:
        end += 1
    return places[end]


def written(text: str) -> str:
    """The words of a text in writing: folded, separated by single spaces. It has the same words as the text."""
    return " ".join(word for match in _WORD.finditer(fold(text)) if (word := match[0].strip("_")))
