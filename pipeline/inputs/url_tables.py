"""Lists of URLs with what is known of each: CSV with column names in the first line, or JSON lines.

The columns or names are `url` and optionally `published`, `title` and `source`. Those of newsmill's own exports are accepted too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pipeline.inputs.lines import MAX_LINE_BYTES
from pipeline.inputs.model import Input, Item, Place, Refused, Source
from pipeline.jobs import GivenHints
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.text import one_line

BAD_LINE = "bad_line"  # the code of a line that cannot be read
NAMES = {
    "url": ("url", "link", "address"),
    "published": ("published", "published_at", "publish_date", "date"),
    "title": ("title", "headline"),
    "source": ("source", "site_name", "publication", "media_name"),
}
MAX_NAME = 500  # characters kept of a title or of a publication's name
_PARTED_BY = ",;\t"


def read(source: Source, at: int) -> Iterator[Item | Refused]:
    """Yield the lines in order. Raises Failure no_content or unsupported_type."""
    rows = _json_lines if source.name.lower().endswith((".jsonl", ".ndjson")) else _csv
    for number, after, row in rows(source.file, at):
        place = Place("line", number)
        if isinstance(row, str):
            yield Refused("", BAD_LINE, row, place, after)
            continue
        yield _judged(row, place, after)


INPUT = Input((".csv", ".tsv", ".jsonl", ".ndjson"), read, "the list", resumable=True)


def _judged(row: Mapping[str, str], place: Place, after: int) -> Item | Refused:
    text, published = _named(row, "url"), _named(row, "published")
    at = parse_date(published)
    if published and at is None:
        return Refused(text, BAD_LINE, f"{published[:60]!r} is not a readable date; write it as 2026-11-22T08:30:00Z.", place, after)
    try:
        url = parse(text)
    except Failure as failure:
        return Refused(text, failure.code, failure.detail, place, after)
    hints = GivenHints(one_line(_named(row, "title"), MAX_NAME), at, one_line(_named(row, "source"), MAX_NAME))
    return Item(text, url, hints=hints if hints != GivenHints() else None, place=place, after=after)


def _named(row: Mapping[str, str], field: str) -> str:
    return next((row[name].strip() for name in NAMES[field] if row.get(name)), "")


Row = tuple[int, int, dict[str, str] | str]  # line number, byte after it, values by name, or what is wrong


def _json_lines(file: BinaryIO, at: int) -> Iterator[Row]:
    lines = _Lines(file, at)
    for line in lines:
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError):
            yield lines.number, lines.after, "The line is not JSON."
            continue
        if isinstance(row, dict):
            yield lines.number, lines.after, {str(name).lower(): str(value) for name, value in row.items() if isinstance(value, str | int)}
        else:
            yield lines.number, lines.after, 'The line is not a JSON object such as {"url": "https://…"}.'


def _csv(file: BinaryIO, at: int) -> Iterator[Row]:
    lines = _Lines(file, 0)
    head = next(lines, "")
    if not head.strip():
        raise Failure("no_content", "The list is empty.")
    mark = max(_PARTED_BY, key=head.count)
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=mark))]
    if not set(names) & set(NAMES["url"]):
        raise Failure("unsupported_type", "The first line of the list must name the columns, and one of them must be url.")
    lines.go_to(at)
    rows = csv.reader(lines, delimiter=mark)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield lines.number, lines.after, f"The line cannot be read: {error}."
            continue
        if row is None:
            return
        if any(row):
            yield lines.number, lines.after, dict(zip(names, row, strict=False))


class _Lines:
    """The lines of a file as text, one at a time, with the number of the last one and the byte after it. Lines that are too long are cut."""

    def __init__(self, file: BinaryIO, at: int) -> None:
        self.number = 0
        self.after = 0
        self._file = file
        file.seek(0)
        self.go_to(at)

    def go_to(self, at: int) -> None:
        """Skip the lines before byte `at`, counting them."""
        while self.after < at and next(self, None) is not None:
            pass

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = rest = self._file.readline(MAX_LINE_BYTES)
        if not line:
            raise StopIteration
        self.number += 1
        self.after += len(line)
        while len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = self._file.readline(MAX_LINE_BYTES)
            self.after += len(rest)
        return line.decode("utf-8", "surrogateescape").removeprefix("\ufeff" if self.number == 1 else "")
