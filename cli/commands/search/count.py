"""`newsmill count`: count the articles that match a query, over time, by source and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.commands.search import asking
from cli.commands.search.sparkline import sparkline
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, say, say_json, table

if TYPE_CHECKING:
    from pipeline.store.search.counting import Counted, Group

By = Literal["day", "week", "month", "year", "source", "country", "language", "author", "tag", "section"]


def count(
    query: asking.QUERY,
    by: Annotated[By | None, typer.Option(help="Also by this.")] = None,
    share: Annotated[
        bool, typer.Option("--share", help="Also the share among all articles of the same days, sources and languages.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of rows, unless they are days, weeks, months or years.")] = 20,
    seconds: Annotated[
        float, typer.Option(min=0, help="Time for an exact count; after that the count is estimated.", metavar="SECONDS")
    ] = 2.0,
    forms: asking.FORMS = None,
    dedupe: asking.DEDUPE = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    as_csv: asking.CSV = False,
) -> None:
    """Count the articles that match a query. An estimate is marked as such, with the range that contains the true number 95 times in 100."""
    from pipeline.store.search import counting

    if share and by not in counting.ROW:
        raise CliError(
            f"Shares exist for days, weeks, months, years, sources, countries and languages; write --by with one of {', '.join(counting.ROW)}.",
            WRONG_USAGE,
        )
    with database(settings()) as conn:
        question = asking.ask(conn, query, forms=forms, dedupe=dedupe)
        counted = counting.count(conn, question.tree, by or "", share=share, limit_s=seconds)
        rows, _ = counting.rows(counted, by, limit) if by else ([], 0)
    if as_json:
        total = {
            "total": counted.total.value,
            "low": counted.total.low,
            "high": counted.total.high,
            "relation": "exact" if counted.exact else "estimate",
        }
        say_json(
            {"query": question.text, "warnings": question.warnings, **total, "by": by, "rows": [_as_json(row, share=share) for row in rows]}
        )
    elif as_csv:
        asking.say_csv(
            ["total", "low", "high", "relation"] if by is None else [by, "articles", "low", "high", *(["of", "share"] if share else [])],
            _cells(counted, rows, by, share=share),
        )
    else:
        _print(counted, rows, by, share=share)


commands: dict[str, Callable[..., Any]] = {"count": count}


def _as_json(row: Group, *, share: bool) -> dict[str, object]:
    found: dict[str, object] = {"key": row.key, "articles": row.number.value, "low": row.number.low, "high": row.number.high}
    return {**found, "of": row.of or 0, "share": row.share} if share else found


def _cells(counted: Counted, rows: list[Group], by: str | None, *, share: bool) -> list[list[object]]:
    if by is None:
        return [[counted.total.value, counted.total.low, counted.total.high, "exact" if counted.exact else "estimate"]]
    return [[row.key, row.number.value, row.number.low, row.number.high, *([row.of or 0, row.share] if share else [])] for row in rows]


def _print(counted: Counted, rows: list[Group], by: str | None, *, share: bool) -> None:
    total = counted.total
    say(
        f"{total.value:,} articles"
        if counted.exact
        else f"about {total.value:,} articles, between {total.low:,} and {total.high:,}; estimated from one in twenty"
    )
    if by is None or not rows:
        return
    if by in ("day", "week", "month", "year"):
        say(sparkline([row.number.value for row in rows]))
    columns = [Column(by), Column("articles", number=True), *([Column("of", number=True), Column("share", number=True)] if share else [])]
    table(
        columns,
        ([row.key or "(none)", f"{row.number.value:,}", *([f"{row.of or 0:,}", _percent(row.share)] if share else [])] for row in rows),
        empty="",
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.3%}"
