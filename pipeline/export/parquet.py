"""Parquet files, one a month. They need the extra `parquet` (pyarrow).

A file is written under a temporary name and renamed once it is complete. Only one is open at a time, with the rows of one group in
memory.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from pipeline.export.form import Row

GROUP = 2_000  # rows of a row group: a few tens of megabytes of text
SUFFIX = ".parquet"
# Texts are all different: a dictionary of them would be as large as the texts.
LONG = frozenset(("text", "markdown", "summary", "title", "dropped", "url", "final_url", "canonical_url", "url_key", "content_hash"))


class Missing(RuntimeError):
    """pyarrow is not installed. The message says what to do."""


def check() -> None:
    """Raise Missing if pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise Missing("Parquet needs pyarrow; install it where newsmill is installed, with `pip install pyarrow`.") from None


def file_name(month: date) -> str:
    """The name of a month's file."""
    return f"articles-{month:%Y-%m}{SUFFIX}"


class Months:
    """Write articles into the files of a folder, month by month. `types` are the types of the fields by name, as in `fields.Field`."""

    def __init__(self, folder: Path, types: dict[str, str]) -> None:
        import pyarrow

        self._folder = folder
        self._schema = pyarrow.schema([(name, _type(type_)) for name, type_ in types.items()])
        self._month: date | None = None
        self._writer: Any = None
        self._rows: list[Row] = []

    def write(self, month: date, rows: Sequence[Row]) -> date | None:
        """Add articles of one month. Returns the previous month once its file is complete."""
        ended = self.end() if self._month not in (None, month) else None
        self._month = month
        self._rows += rows
        while len(self._rows) >= GROUP:
            self._group(self._rows[:GROUP])
            del self._rows[:GROUP]
        return ended

    def end(self) -> date | None:
        """Complete the file of the last month. Returns the month."""
        month = self._month
        if month is None:
            return None
        if self._rows or self._writer is None:
            self._group(self._rows)
        self._rows, self._month = [], None
        self._writer.close()
        self._writer = None
        part = self._part(month)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(self._folder / file_name(month))
        return month

    def __enter__(self) -> Months:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
            if self._month is not None:
                self._part(self._month).unlink(missing_ok=True)

    def _group(self, rows: Sequence[Row]) -> None:
        import pyarrow
        from pyarrow import parquet

        assert self._month is not None
        if self._writer is None:
            short = [name for name in self._schema.names if name not in LONG]
            self._writer = parquet.ParquetWriter(self._part(self._month), self._schema, compression="zstd", use_dictionary=short)
        columns = list(zip(*rows, strict=True)) or [()] * len(self._schema)
        arrays = [pyarrow.array(column, type=field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))

    def _part(self, month: date) -> Path:
        return self._folder / (file_name(month) + ".part")


def _type(name: str) -> Any:
    """The Parquet type for a Python type. JSON stays text."""
    import pyarrow

    if "dict" in name:
        return pyarrow.string()
    if name.startswith("list"):
        return pyarrow.list_(pyarrow.string())
    if "datetime" in name:
        return pyarrow.timestamp("us", tz="UTC")
    if "float" in name:
        return pyarrow.float64()
    return pyarrow.int64() if "int" in name else pyarrow.string()
