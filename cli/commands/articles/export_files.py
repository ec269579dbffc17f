"""The files of an export: written under temporary names, and renamed once they are complete. A cursor stores the progress of an interrupted
export."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from cli.errors import WRONG_USAGE, CliError

KEPT_EVERY = 32 * 2**20  # bytes between two records of the progress: a second's work or two


@dataclass(frozen=True, slots=True)
class Cursor:
    """The progress of an export: `rows` articles in the first `length` bytes, the last of them in `month` with the id `id`. `asked`
    identifies the export; `upto` is the highest article id when it started."""

    asked: dict[str, Any]
    upto: int
    month: str | None = None
    id: int = 0
    rows: int = 0
    length: int = 0

    @property
    def of_month(self) -> date | None:
        return date.fromisoformat(self.month) if self.month else None


@contextlib.contextmanager
def whole(output: Path | None) -> Iterator[BinaryIO]:
    """A file that appears completely or not at all; standard output if none is named."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = part_of(output)
    try:
        with part.open("wb") as out:
            yield out
            _sync(out)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def part_of(output: Path) -> Path:
    return output.with_name(output.name + ".part")


def cursor_of(output: Path) -> Path:
    return output.with_name(output.name + ".cursor")


def read(output: Path, asked: dict[str, Any]) -> Cursor | None:
    """The cursor of an interrupted export. Raises CliError if it belongs to another export."""
    path = cursor_of(output)
    try:
        found = Cursor(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise CliError(f"{path} cannot be read; leave out --resume to begin anew.") from None
    # Times given as lengths, such as 7d, have changed by now: those at the start still apply.
    same = {name for name in {*asked, *found.asked} if asked.get(name) != found.asked.get(name)}
    if any(not name.endswith(("_since", "_before")) or not (name in asked and name in found.asked) for name in same):
        raise CliError(f"{path} is of an export of other articles or columns; leave out --resume to begin anew.", WRONG_USAGE)
    return found


def keep(output: Path, cursor: Cursor) -> None:
    """Write the cursor, completely or not at all."""
    path = cursor_of(output)
    part = part_of(path)
    with part.open("w", encoding="utf-8") as out:
        json.dump(asdict(cursor), out)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def forget(output: Path) -> None:
    """Take the cursor away, and what a killed export left of a new one."""
    cursor_of(output).unlink(missing_ok=True)
    part_of(cursor_of(output)).unlink(missing_ok=True)


class Growing:
    """A file that an export appends to, and its cursor."""

    def __init__(self, output: Path, cursor: Cursor, *, resumed: bool) -> None:
        self._output = output
        self._kept = cursor
        self.cursor = cursor
        self._out = part_of(output).open("r+b" if resumed else "wb")
        self._out.truncate(cursor.length)
        self._out.seek(cursor.length)

    def write(self, data: bytes, cursor: Cursor) -> None:
        """Append the data that bring the export to this position."""
        self._out.write(data)
        self.cursor = cursor
        if cursor.length - self._kept.length >= KEPT_EVERY:
            self.keep()

    def keep(self) -> None:
        """Flush to disk, and store the progress."""
        if self.cursor is not self._kept:
            _sync(self._out)
            keep(self._output, self.cursor)
            self._kept = self.cursor

    def end(self, foot: bytes) -> None:
        """Finish the file."""
        self._out.write(foot)
        _sync(self._out)
        self._out.close()
        part_of(self._output).replace(self._output)
        forget(self._output)

    def stop(self) -> None:
        """Leave the file where it is, to continue later; an empty file is deleted."""
        with contextlib.suppress(OSError):
            if self.cursor.rows:
                self.keep()
            self._out.close()
        if not self._kept.rows:
            part_of(self._output).unlink(missing_ok=True)
            forget(self._output)


def _sync(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())
