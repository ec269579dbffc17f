"""`newsmill failures`: count links without an article, by code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli import arguments
from cli.commands.links.link_filter import As_json, Limit
from cli.commands.links.link_output import link_json, waiting
from cli.connection import database, settings
from cli.output import Column, say_json, table, url, when


def failures(
    code: Annotated[str | None, typer.Option(help="List the links that ended with this code.", callback=arguments.code)] = None,
    limit: Limit = 50,
    as_json: As_json = False,
) -> None:
    """Count by code the links that ended without an article or wait for a late retry."""
    from pipeline.outcomes import describe
    from pipeline.store.links import links as store
    from pipeline.store.maintenance import status

    with database(settings()) as conn:
        if code is not None:
            which = [
                store.LinkFilter(state="failed", code=code),
                store.LinkFilter(state="skipped", code=code),
                store.LinkFilter(late=True, code=code),
            ]
            found = [link for one in which for link in store.listing(conn, one, limit=limit)][:limit]
            if as_json:
                for link in found:
                    say_json(link_json(link))
            else:
                columns = [Column("link"), Column("when"), *(Column(name, long=True) for name in ("url", "detail", "waits for"))]
                rows = ((f"link {x.id}", when(x.updated_at), url(x.url), url(x.detail), waiting(x)) for x in found)
                table(columns, rows, empty=f"No link ended with {code}.")
            return
        counts = status.late(conn) + status.failures(conn)
    if as_json:
        for count in counts:
            say_json(asdict(count) | {"meaning": describe(count.code).meaning})
        return
    columns = [Column("links", number=True), Column("state"), Column("code"), Column("last"), Column("meaning", long=True)]
    lines = [(f"{c.count:,}", c.state, c.code, when(c.last_at), describe(c.code).meaning) for c in counts]
    table(columns, lines, empty="Nothing has failed.")


commands: dict[str, Callable[..., Any]] = {"failures": failures}
