"""Find where the words of a query occur in a text, and the passages that show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.search.near import units
from pipeline.search.tokens import Asked, Seen, asked, seen
from pipeline.search.tree import Near, Phrase

WIDTH = 240  # characters of a passage; two or three lines of a terminal
READ = 100_000  # characters of a text that are searched: a short book's length, read in a tenth of a second


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text, with the ranges of the words to mark. `cut` says whether the text continues before and after it."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    cut: tuple[bool, bool] = (False, False)


def marks(text: str, words: Iterable[Phrase | Near]) -> list[tuple[int, int]]:
    """The ranges in a text where the words of a query occur, in order and without overlaps."""
    there = seen(text[:READ])
    places: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(there):
        places[one.word].append(place)
    spans = {span for one in words for phrase in _phrases(one) for span in _found(phrase, there, places)}
    return _joined(sorted(spans))


def passage(text: str, words: Iterable[Phrase | Near], width: int = WIDTH) -> Passage:
    """The part of a text with the most marks; its beginning if there are none."""
    found = marks(text, words)
    start = 0
    if found:
        start = _word_start(text, max(0, _densest(found, width * 3 // 4) - width // 4))
    end = min(len(text), start + width)
    if end < len(text):
        end = max(text.rfind(" ", start, end), max((to for at, to in found if start <= at and to <= end), default=start + width // 2))
    kept = tuple((at - start, to - start) for at, to in found if start <= at and to <= end)
    return Passage(
        " ".join(text[start:end].split()) if not kept else text[start:end].replace("\n", " "), kept, (start > 0, end < len(text))
    )


def _densest(found: list[tuple[int, int]], width: int) -> int:
    """Where the densest group of marks within `width` characters starts."""
    most, best, first = 0, found[0][0], 0
    for last, (_, end) in enumerate(found):
        while first < last and end - found[first][0] > width:
            first += 1
        if last - first + 1 > most:
            most, best = last - first + 1, found[first][0]
    return best


def _phrases(one: Phrase | Near) -> list[list[Asked]]:
    if isinstance(one, Phrase):
        return [asked(one.text, prefix=one.prefix)]
    return [list(unit.asked) for unit in units(one.text)]


def _found(phrase: list[Asked], there: list[Seen], places: Mapping[str, list[int]]) -> list[tuple[int, int]]:
    first = phrase[0]
    starts = (
        [at for word, known in places.items() if word.startswith(first.word) for at in known]
        if first.prefix
        else places.get(first.word, [])
    )
    spans = []
    for at in starts:
        ends = [at + one.place for one in phrase]
        if ends[-1] < len(there) and all(_is(there[end].word, one) for end, one in zip(ends, phrase, strict=True)):
            spans.append((there[at].start, there[ends[-1]].end if phrase[-1].prefix else there[ends[-1]].through))
    return spans


def _is(word: str, one: Asked) -> bool:
    return word.startswith(one.word) if one.prefix else word == one.word


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _word_start(text: str, at: int) -> int:
    if at == 0:
        return 0
    space = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at))
    return space + 1 if space >= 0 and at - space < 40 else at
