"""`newsmill words`: print the words typical of the articles that match a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.commands.search import asking
from cli.connection import database, settings
from cli.output import Column, say, say_json, table

COLUMNS = ("word", "texts", "share", "times")


def words(
    query: asking.QUERY,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of words.")] = 30,
    seed: Annotated[str, typer.Option(help="Any text; the same reads the same articles again.")] = "1",
    forms: asking.FORMS = None,
    dedupe: asking.DEDUPE = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    as_csv: asking.CSV = False,
) -> None:
    """Print the words that are more frequent in 1,000 matches than in 1,000 random articles."""
    from pipeline.store.search import sampling

    with database(settings()) as conn:
        question = asking.ask(conn, query, forms=forms, dedupe=dedupe)
        found = sampling.words(conn, question.tree, limit, seed)
    if as_json:
        say_json(
            {"query": question.text, "warnings": question.warnings, "sample": found.texts, "words": [asdict(word) for word in found.words]}
        )
    elif as_csv:
        asking.say_csv(COLUMNS, ([getattr(word, name) for name in COLUMNS] for word in found.words))
    else:
        say(f"of {found.texts:,} articles that match:")
        columns = [Column("word"), Column("articles", number=True), Column("share", number=True), Column("times as often", number=True)]
        table(
            columns,
            ([word.word, word.texts, f"{word.share:.1%}", f"{word.times:,.1f}"] for word in found.words),
            empty="No word stands out.",
        )


commands: dict[str, Callable[..., Any]] = {"words": words}
