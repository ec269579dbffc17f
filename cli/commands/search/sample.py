"""`newsmill sample`: print random articles that match a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.commands.search import asking
from cli.commands.search.found import print_found
from cli.connection import database, settings
from cli.output import say


def sample(
    query: asking.QUERY,
    number: Annotated[int, typer.Option("--number", "-n", min=1, max=100_000, help="Maximum number of articles.")] = 20,
    seed: Annotated[str, typer.Option(help="Any text; the same gives the same articles again.")] = "1",
    forms: asking.FORMS = None,
    dedupe: asking.DEDUPE = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: asking.CSV = False,
) -> None:
    """Print random articles that match a query. All matches have the same chance."""
    from pipeline.store.search import results, sampling

    with database(settings()) as conn:
        question = asking.ask(conn, query, forms=forms, dedupe=dedupe)
        hits = sampling.sample(conn, question.tree, number, seed)
        if not hits and not (as_json or as_csv):
            say("No matching articles.")
            return
        print_found(results.results(conn, hits, texts=not as_csv), question.tree, as_json=as_json, as_csv=as_csv)


commands: dict[str, Callable[..., Any]] = {"sample": sample}
