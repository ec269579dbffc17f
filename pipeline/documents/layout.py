"""Turn the lines of printed pages, with their positions and sizes, into paragraphs and headline. Pure geometry, in points.

PDFium returns lines in the order in which the page was created. Browsers, word processors and publishing systems write them in reading
order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

EDGE = 3  # lines at the top and bottom of a page that may be running heads
GAP = 1.35  # times the usual line distance; a larger one separates paragraphs
INDENT = (0.7, 6.0)  # times the letter size: the indent of a paragraph's first line; more is another column
SAME_SIZE = 0.07  # share by which letter sizes within a paragraph may differ
SHORT = 0.8  # of the column's width: a shorter line that ends a sentence ends its paragraph
LARGE = 1.15  # times the usual size: headlines
MIN_HEADLINE = 12  # characters
MIN_WORDS = 4  # of a headline; a newspaper's own name has fewer
MOST_LINES = 1000  # of a page, examined for the width of its columns; dense pages have 300
MAX_HEADLINE = 300  # characters
ADDRESS = re.compile(r"@\w|://")  # no headline contains these
ENDS = tuple(".!?…:。！？।؟\"'”’»)")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `left` and `right` edge, `bottom` of the letters above the page's bottom, `size` of the font."""

    left: float
    bottom: float
    right: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class LaidOutPages:
    """The text of printed pages: lines with an empty one between paragraphs; the headlines of the first page, the largest first; and the
    lines that repeat at the edges of pages."""

    pages: list[list[str]]
    headlines: list[str]
    running: tuple[str, ...] = ()


def read(pages: Sequence[Sequence[Line]]) -> LaidOutPages:
    """Find the paragraphs of the pages."""
    pages, running = _without_running(pages)
    usual = _usual_size(line for page in pages for line in page)
    leading = _usual_leading(pages, usual)
    found = [list(_paragraphs(page, leading)) for page in pages]
    return LaidOutPages([_with_blanks(paragraphs) for paragraphs in found], _headlines(found[0] if found else [], usual), running)


def _without_running(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[str, ...]]:
    """Remove lines that repeat at the same height of the pages' edges with the same words, numbers aside. Returns the pages, and each such
    line once."""
    edges = [sorted(page, key=lambda line: line.bottom) for page in pages]
    marks = [{_mark(line) for line in (*page[:EDGE], *page[-EDGE:])} for page in edges]
    counts = Counter(mark for page in marks for mark in page)
    often = {mark for mark, count in counts.items() if count >= max(2, len(pages) / 2)}
    once = {_mark(line): line.text for page in reversed(pages) for line in page if _mark(line) in often}
    return [[line for line in page if _mark(line) not in often] for page in pages], tuple(once.values())


def _mark(line: Line) -> tuple[int, str]:
    return round(line.bottom), re.sub(r"\d+", "#", line.text.casefold())


def _usual_size(lines: Iterable[Line]) -> float:
    """The most frequent letter size."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _usual_leading(pages: Sequence[Sequence[Line]], usual: float) -> float:
    """The usual distance of lines, as a multiple of their size."""
    steps = [
        (above.bottom - below.bottom) / usual
        for page in pages
        for above, below in pairwise(page)
        if above.size == below.size == usual and 0 < above.bottom - below.bottom < 3 * usual
    ]
    return sorted(steps)[len(steps) // 4] if steps else 1.2  # not the median: a page of short paragraphs has as many gaps as lines


def _paragraphs(page: Sequence[Line], leading: float) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    left = 0.0

    @cache
    def edge(start: float, size: float) -> float:
        """The right edge of the column whose lines start near here."""
        lines = islice(page, MOST_LINES)
        return max((line.right for line in lines if abs(line.left - start) <= INDENT[1] * size and line.size == size), default=0.0)

    for line in page:
        if paragraph and _parts(paragraph[-1], left, line, edge, leading):
            yield paragraph
            paragraph = []
        left = min(left, line.left) if paragraph else line.left
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _parts(last: Line, left: float, line: Line, edge: Callable[[float, float], float], leading: float) -> bool:
    """Whether a line starts a new paragraph. `left` is the left edge of the paragraph that ends with the line before."""
    step = last.bottom - line.bottom
    if abs(last.size - line.size) > SAME_SIZE * last.size or step < 0 or step > GAP * leading * line.size:
        return True
    moved = line.left - left
    if INDENT[0] * line.size <= moved <= INDENT[1] * line.size:
        return True
    return last.text.endswith(ENDS) and last.right - last.left < SHORT * (edge(last.left, last.size) - last.left)


def _with_blanks(paragraphs: list[list[Line]]) -> list[str]:
    """The lines, with an empty one after each paragraph."""
    return [text for paragraph in paragraphs for text in (*(line.text for line in paragraph), "")]


def _headlines(paragraphs: list[list[Line]], usual: float) -> list[str]:
    found = [(p[0].size, " ".join(line.text for line in p)) for p in paragraphs if p[0].size >= LARGE * usual]
    usable = [(size, text) for size, text in found if MIN_HEADLINE <= len(text) <= MAX_HEADLINE and not ADDRESS.search(text)]
    ranked = sorted(usable, key=lambda pair: (len(pair[1].split()) >= MIN_WORDS, pair[0]), reverse=True)
    return [text for _, text in ranked]
