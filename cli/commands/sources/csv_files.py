"""CSV files of sources and collections: read with line numbers, written so that spreadsheets are safe."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import CliError
from cli.output import say

if TYPE_CHECKING:
    from pipeline.sources.table import Record

FILE = Annotated[str, typer.Argument(help="CSV; - is standard input.", metavar="FILE")]
OUTPUT = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else standard output.")]


def records(file: str, needed: Sequence[str], others: Sequence[str] = ()) -> list[Record]:
    """The lines of a file. Raises CliError if it is no such list."""
    from pipeline.sources.table import NoTable, read

    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        return list(read(data, needed, others))
    except NoTable as error:
        raise CliError(str(error)) from None


def write(output: Path | None, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from pipeline.export.csv_cells import cell

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    if output is None:
        say(text.getvalue().removesuffix("\n"))
    else:
        output.write_text(text.getvalue(), encoding="utf-8", newline="")
