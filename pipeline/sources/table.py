"""Read CSV with a header, record by record with line numbers. An unreadable record costs only itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

LONGEST_RECORD = 100  # lines; a quote that is never closed would include the rest of the file
_PARTED_BY = ",;\t"


class NoTable(ValueError):
    """The whole file is unusable. The message is one sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `line` is where it starts. `wrong` is why it cannot be read; empty if it can."""

    line: int
    values: dict[str, str]
    wrong: str = ""


def read(data: bytes, needed: Iterable[str], others: Iterable[str] = ()) -> Iterator[Record]:
    """The records. The columns `needed` must exist; `others` may. Raises NoTable."""
    lines = list(io.StringIO(data.decode("utf-8-sig", "surrogateescape"), newline=""))
    if not lines or not lines[0].strip():
        raise NoTable(f"The list is empty; its first line names the columns, such as {', '.join([*needed, *others])}.")
    mark = max(_PARTED_BY, key=lines[0].count)
    names = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=mark))]
    if missing := [name for name in needed if name not in names]:
        raise NoTable(f"The first line must name the columns, and {missing[0]} is not among them.")
    if unknown := [name for name in names if name not in {*needed, *others}]:
        raise NoTable(f"There is no column {unknown[0][:60]!r}; there are {', '.join([*needed, *others])}.")
    if len(set(names)) < len(names):
        raise NoTable("The first line names a column twice.")
    at = 1
    while at < len(lines):
        record, count = _record(lines, at, names, mark)
        if record is not None:
            yield record
        at += count


def _record(lines: list[str], at: int, names: list[str], mark: str) -> tuple[Record | None, int]:
    """The record that starts on a line, None if the line is blank; and how many lines it takes."""
    rows = csv.reader(islice(lines, at, at + LONGEST_RECORD), delimiter=mark, strict=True)
    try:
        cells = next(rows, [])
    except csv.Error as error:
        said = "a quote is not closed" if "end of data" in str(error) else str(error)
        return Record(at + 1, {}, f"the line cannot be read: {said}"), 1
    if not any(cell.strip() for cell in cells):
        return None, rows.line_num or 1
    if not all(map(_is_utf8, cells)):
        return Record(at + 1, {}, "the line is not UTF-8; convert the file first"), rows.line_num
    if len(cells) > len(names):
        # a quote that a later line's quote closed costs one line, not all of them
        return Record(at + 1, {}, f"the line has {len(cells)} cells and the first line {len(names)}"), 1
    return Record(at + 1, dict(zip(names, cells, strict=False))), rows.line_num


def _is_utf8(text: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in text)
