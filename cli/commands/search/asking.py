"""The query of a command, with warnings about it, and the options that all search commands have."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import WRONG_USAGE, CliError
from cli.output import complain

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.search.asking import Question

QUERY = Annotated[
    list[str],
    typer.Argument(
        help='What to look for: words, "a phrase", elect*, a OR b, NOT a, title:word, source:example.org, published:[2026-01-01 TO *]; see docs/reference/search.md.',
        metavar="QUERY",
        show_default=False,
    ),
]
FORMS = Annotated[
    str | None,
    typer.Option("--forms", help="All forms of each word in this language, such as en: elect, elected, elections.", metavar="LANGUAGE"),
]
DEDUPE = Annotated[bool, typer.Option("--dedupe", help="Each story once: its original, without the copies on other sites.")]
JSON = Annotated[bool, typer.Option("--json", help="JSON.")]
CSV = Annotated[bool, typer.Option("--csv", help="CSV with a header.")]


def ask(conn: Connection, words: Sequence[str], *, forms: str | None = None, dedupe: bool = False) -> Question:
    """Parse what was typed; warnings go to standard error. Raises CliError."""
    from pipeline.search.errors import QueryError
    from pipeline.store.search import asking

    typed = " ".join(words)
    try:
        question = asking.ask(conn, typed, forms=forms, dedupe=dedupe)
    except QueryError as error:
        place = typed[error.start : error.end]
        at = f" (character {error.start + 1}: {place[:40]})" if place.strip() else ""
        raise CliError(f"{error.message}{at}", WRONG_USAGE) from None
    for warning in question.warnings:
        complain(f"Note: {warning}")
    return question


def say_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print CSV that is safe for spreadsheets."""
    from pipeline.export.csv_cells import cell

    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])
