"""`newsmill search`: print the articles that match a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.commands.search import asking
from cli.commands.search.found import print_found
from cli.connection import database, settings
from cli.output import complain, say

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.search.tree import Node
    from pipeline.store.search.results import Result

PAGE = 200  # articles read at once


def search(
    query: asking.QUERY,
    sort: Annotated[
        Literal["newest", "relevance"], typer.Option(help="newest first, or the most relevant of the newest 1,000 matches.")
    ] = "newest",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of articles.")] = 20,
    every: Annotated[bool, typer.Option("--all", help="All matches, the newest first.")] = False,
    forms: asking.FORMS = None,
    dedupe: asking.DEDUPE = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: asking.CSV = False,
) -> None:
    """Print the articles that match a query, the newest first, each with the passage that contains the words."""
    from pipeline.store.search import finding, results

    with database(settings()) as conn:
        question = asking.ask(conn, query, forms=forms, dedupe=dedupe)
        texts = not as_csv
        if sort == "relevance":
            hits = finding.relevant(conn, question.tree, limit)
            complain(f"These are the most relevant of the newest {finding.RANKED:,} matches.")
            found = iter(results.results(conn, hits, texts=texts))
        else:
            found = _newest(conn, question.tree, None if every else limit, texts=texts)
        first = next(found, None)
        if first is None and not (as_json or as_csv):
            say("No matching articles.")
            return
        print_found(() if first is None else _joined(first, found), question.tree, as_json=as_json, as_csv=as_csv)


commands: dict[str, Callable[..., Any]] = {"search": search}


def _newest(conn: Connection, query: Node, limit: int | None, *, texts: bool) -> Iterator[Result]:
    from pipeline.store.search import finding, results

    hits = islice(finding.everything(conn, query, PAGE if limit is None else min(limit, PAGE)), limit)
    while page := list(islice(hits, PAGE)):
        yield from results.results(conn, page, texts=texts)


def _joined(first: Result, others: Iterator[Result]) -> Iterator[Result]:
    yield first
    yield from others
