"""`newsmill explain`: show what a query means and how it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.commands.search import asking
from cli.connection import database, settings
from cli.output import fields, say_json


def explain(query: asking.QUERY, forms: asking.FORMS = None, dedupe: asking.DEDUPE = False, as_json: asking.JSON = False) -> None:
    """Show what a query means: its normal form, which is the form to cite, the words that are looked up, and the conditions."""
    from pipeline.store.search import finding
    from pipeline.store.search.compile import compiled

    with database(settings()) as conn:
        question = asking.ask(conn, query, forms=forms, dedupe=dedupe)
        made = compiled(question.tree)
        months = finding.parts(conn, made)
    values = {name: value if isinstance(value, int) else str(value) for name, value in made.values.items()}
    led_by = "words" if made.by_words else "time"
    if as_json:
        say_json(
            {"query": question.text, "warnings": question.warnings, "sql": made.sql, "values": values, "led_by": led_by, "months": months}
        )
        return
    ways = {
        "words": "the index of words finds the matches",
        "time": "articles are checked from the newest on, because no word finds all matches",
    }
    bindings = "; ".join(f"{name} = {value}" for name, value in values.items())
    fields([("query", question.text), ("condition", made.sql), ("values", bindings), ("way", ways[led_by]), ("months", len(months))])


commands: dict[str, Callable[..., Any]] = {"explain": explain}
