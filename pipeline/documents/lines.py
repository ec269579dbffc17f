"""Join the lines of a text, from files or printed pages, to whole paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.text import clean

TAG = re.compile(r"</?(?:u|b|i|em|strong|a|span|sup|sub|br|p|div|font)\b[^<>]{0,300}>", re.IGNORECASE)
# "Page 2 of 5", "2 / 5", "- 2 -": such a line separates two pages anywhere. A bare number does so only at the edge of a page.
PAGE_MARK = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|strona|стр\w*\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/|von|van|de|di|sur|z|из)\s*\d{1,4})?|\d{1,4}\s*(?:of|/|von|sur)\s*\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—])\W*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxlc]{1,7})\W*")
SENTENCE_END = re.compile(r"[.!?…:;。！？।؟][\"'”’»«)\]】」]*$")
# A paragraph that ends in one of these has lost its end.
OPEN_END = re.compile(
    r"(?:[,–—]|[^\W\d_]-|\b(?:a|an|the|and|or|of|to|in|on|at|by|for|with|from|as|that|which|der|die|das|und|oder|von|zu|mit|le|la|les|un|une|et|ou|de|du|des|à|el|los|las|y|o|del|en|il|lo|gli|e|di|het|een|van))$"
)
ADDRESS = re.compile(r"<?(?:https?://|www\.)", re.IGNORECASE)
FIRST_SENTENCE = re.compile(r"^[\"'“‘«(]*+(\S+)(?:\s+(\S+))?[.!?][\"'”’»)]*(?:\s|$)")
HEAD, TAIL = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[-\u00ad]$"), re.compile(r"[^\W\d_]+")  # of a hyphenated word
SOFT_HYPHEN = "\u00ad"  # marks where a word may be hyphenated
EDGE = 3  # lines at the top and bottom of a page with running heads, page numbers and addresses
MIN_PAGES = 3  # with fewer pages, a line repeated at the edges is not a running head
WRAPPED = 140  # characters; texts with longer lines have one line a paragraph
FULL = 0.7  # of the usual width: a line this long continues in the next
MIN_PROSE = 60  # characters; a shorter paragraph without an end may be a heading
END = 300  # characters at the end of a paragraph that show whether it continues


@dataclass(frozen=True, slots=True)
class Text:
    """Whole paragraphs in order, and the lines that repeated at the edges of pages."""

    paragraphs: tuple[str, ...]
    running: tuple[str, ...] = ()


def read(text: str) -> Text:
    """The paragraphs of a plain text. Lines split by wrapping or by a page's end are joined."""
    found = [[_line(line) for line in page.splitlines()] for page in text.split("\f")]
    return mended([part for page in found for part in _parted(page)])


def mended(pages: list[list[str]], *, laid_out: bool = False) -> Text:
    """The paragraphs of pages of lines. An empty line separates paragraphs; with `laid_out` nothing else does, because the positions of the
    lines are known."""
    words = Counter(word for page in pages for line in page for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.casefold()))
    plain, running = _without_running_lines(pages)
    width = 0 if laid_out else _width(line for page in plain for line in page)
    whole: list[_Paragraph] = []
    for page in plain:
        for number, paragraph in enumerate(_paragraphs(page, width, words)):
            if whole and _goes_on(whole[-1].end, paragraph, over_page=number == 0):
                whole[-1].join(paragraph, words)
            else:
                whole.append(_Paragraph(paragraph))
    return Text(tuple(paragraph.text for paragraph in whole), running)


def _line(line: str) -> str:
    line = " ".join(clean(TAG.sub("", line)).split())
    return line[:-1].replace(SOFT_HYPHEN, "") + line[-1:]


def _parted(lines: list[str]) -> list[list[str]]:
    """Split the lines where one marks the end of a page."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if line and PAGE_MARK.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if any(part)]


def _without_running_lines(pages: list[list[str]]) -> tuple[list[list[str]], tuple[str, ...]]:
    """Remove page numbers and lines that repeat at the edge of most pages. On the first page such a line may be the title: it stays if it
    contains no digits or address and does not occur again below."""
    edges = [_edges(page) for page in pages]
    if len(pages) == 1:
        return pages, ()
    counts = Counter(mark for page, numbers in zip(pages, edges, strict=True) for mark in {_mark(page[n]) for n in numbers})
    often = {mark for mark, count in counts.items() if count >= max(2, len(pages) // 2) and (len(pages) >= MIN_PAGES or _is_dated(mark))}
    kept: list[list[str]] = []
    running: dict[str, str] = {}
    for page_number, (page, numbers) in enumerate(zip(pages, edges, strict=True)):
        out = {n for n in numbers if NUMBER.fullmatch(page[n]) or PAGE_MARK.fullmatch(page[n])}
        for n in numbers:
            if _mark(page[n]) in often and not (page_number == 0 and _may_be_title(n, page)):
                running.setdefault(_mark(page[n]), page[n])
                out.add(n)
        kept.append([line for n, line in enumerate(page) if n not in out])
    return kept, tuple(running.values())


def _edges(page: list[str]) -> list[int]:
    filled = [number for number, line in enumerate(page) if line]
    return sorted({*filled[:EDGE], *filled[-EDGE:]})


def _mark(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _is_dated(mark: str) -> bool:
    return "#" in mark or "://" in mark


def _may_be_title(number: int, page: list[str]) -> bool:
    line = page[number]
    return not _is_dated(_mark(line)) and line not in page[number + 1 :]


def _width(lines: Iterable[str]) -> int:
    """The usual width of full lines, in characters."""
    sizes = sorted(len(line) for line in lines if line)
    return sizes[len(sizes) * 9 // 10] if sizes else 0


def _paragraphs(page: list[str], width: int, words: Counter[str]) -> list[str]:
    """Join lines to paragraphs if the text is wrapped and the previous line is full."""
    found: list[_Paragraph] = []
    before = ""
    for line in page:
        if line and before and width <= WRAPPED and len(before) >= FULL * width:
            found[-1].join(line, words)
        elif line:
            found.append(_Paragraph(line))
        before = line
    return [paragraph.text for paragraph in found]


def _goes_on(before: str, after: str, *, over_page: bool) -> bool:
    """Whether a paragraph continues the one before."""
    if SENTENCE_END.search(before) or ADDRESS.match(after):
        return False
    if OPEN_END.search(before):
        return True
    if len(before) < MIN_PROSE:
        return False
    if after[:1].islower() or over_page:
        return len(after) >= MIN_PROSE or after[:1].islower() or bool(SENTENCE_END.search(after))
    return bool(FIRST_SENTENCE.match(after)) and len(after) >= MIN_PROSE


class _Paragraph:
    """A paragraph under construction. Only its end is examined as it grows, because a text may be one paragraph of a hundred thousand
    lines."""

    __slots__ = ("_pieces", "end")

    def __init__(self, text: str) -> None:
        self._pieces, self.end = [text], text[-END:]

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def join(self, after: str, words: Counter[str]) -> None:
        """Append the next line. A hyphenated word is joined, unless the text writes it with the hyphen elsewhere."""
        head, tail = HEAD.search(self.end), TAIL.match(after)
        if not head or not tail or not tail[0][:1].islower():
            self._add(after if self.end.endswith(SOFT_HYPHEN) else f" {after}")
            return
        parted = f"{head[1]}-{tail[0]}".casefold()
        if self.end.endswith(SOFT_HYPHEN) or words[parted] <= words[parted.replace("-", "")]:
            self._pieces[-1], self.end = self._pieces[-1][:-1], self.end[:-1]
        self._add(after)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self.end = (self.end + text)[-END:]
