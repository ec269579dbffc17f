"""Output of the command line: tables, JSON lines, times for people. Text from the web is made harmless first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TextIO

import typer

from pipeline import json_text
from pipeline.text import UNPRINTABLE
from pipeline.wording.number_words import from_now
from pipeline.wording.number_words import many as many
from pipeline.wording.number_words import size as size
from pipeline.wording.number_words import span as span

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress

# Wider than any row: output into a file or a program is never cut or folded.
UNLIMITED = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `number` aligns right; `long` may be folded on a narrow terminal, others never are."""

    name: str
    number: bool = False
    long: bool = False


def console(file: TextIO | None = None) -> Console:
    from rich.console import Console

    target = file or sys.stdout
    found = Console(file=target, highlight=False, markup=False, emoji=False)
    return found if found.is_terminal else Console(file=target, highlight=False, markup=False, emoji=False, width=UNLIMITED, no_color=True)


def say(text: str = "") -> None:
    typer.echo(printable(text, lines=True))


def complain(text: str) -> None:
    """Print one or more sentences to standard error."""
    typer.echo(printable(text, lines=True), err=True)


def printable(text: object, *, lines: bool = False) -> str:
    """The text without control characters; without `lines`, on one line."""
    plain = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return plain if lines else " ".join(plain.split())


def url(text: str) -> str:
    """A URL as people may see it: without passwords and tokens."""
    from pipeline.logs import mask

    return mask(text)


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows with their column names, or the sentence `empty` if there are none."""
    built, count = build_table(columns, rows)
    if count:
        show(built)
    else:
        say(empty)


def build_table(columns: Sequence[Column], rows: Iterable[Sequence[object]], title: str = "") -> tuple[RenderableType, int]:
    from rich.table import Table
    from rich.text import Text

    built = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", title=title or None, title_justify="left", title_style="bold"
    )
    for column in columns:
        built.add_column(column.name, justify="right" if column.number else "left", no_wrap=not column.long, overflow="fold")
    for row in rows:
        built.add_row(*(Text(printable("" if cell is None else cell)) for cell in row))
    return built, built.row_count


def show(*what: RenderableType) -> None:
    """Print rich renderables; into a pipe without colours and trailing blanks."""
    target = console()
    if target.is_terminal:
        for one in what:
            target.print(one)
        return
    with target.capture() as captured:
        for one in what:
            target.print(one)
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one a line, without empty ones."""
    kept = [(name, value) for name, value in pairs if value not in (None, "", [], ())]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        say(f"{name + ':':<{width + 1}} {printable(value)}")


def to_json(value: Any) -> str:
    """One line of JSON in characters that the encoding of standard output supports."""
    return json_text.to_json(value, ascii_only=(getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") != "utf8")


def say_json(value: Any) -> None:
    typer.echo(to_json(value))


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else ""


def when(at: datetime | None, now: datetime | None = None) -> str:
    """A time relative to now: `3 min ago`, `in 2 h`, `never`."""
    return from_now(at, now) if at is not None else "never"


def progress(*, hidden: bool = False, of: Literal["things", "bytes"] = "things") -> Progress:
    """A progress bar on standard error, only if a person watches."""
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    target = console(sys.stderr)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn() if of == "things" else DownloadColumn(),
        TimeElapsedColumn(),
    )
    # Standard output goes around the bar only if both are one terminal; otherwise it would end up in standard error.
    both = sys.stdout.isatty()
    return Progress(*columns, console=target, disable=hidden or not target.is_terminal, transient=True, redirect_stdout=both)


def harden_streams() -> None:
    """Keep a character that the terminal's encoding lacks from ending a command."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
