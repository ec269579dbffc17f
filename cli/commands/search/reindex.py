"""`newsmill reindex`: make articles searchable that are not yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.connection import database, settings
from cli.output import many, progress, say


def reindex(
    every: Annotated[bool, typer.Option("--all", help="All articles again, not only those without words.")] = False,
) -> None:
    """Make articles of earlier versions searchable. It may be stopped at any time; the next run continues."""
    from pipeline.store.search import daily, filling, months

    with database(settings()) as conn, progress() as bar:
        if every:
            filling.forget(conn)
        task = bar.add_task("writing words", total=filling.missing(conn))
        done = 0
        for written in filling.fill(conn):
            bar.advance(task, written)
            done += written
        months.make(conn)
        months.settle(conn)
        daily.recount(conn)
    say(f"{many(done, 'article')} made searchable" if done else "all articles are searchable")


commands: dict[str, Callable[..., Any]] = {"reindex": reindex}
