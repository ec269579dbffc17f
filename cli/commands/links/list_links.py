"""`newsmill links`: list links by state, code, host or feed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.commands.links.link_filter import As_json, Limit, Of_code, Of_feed, Of_host, chosen
from cli.commands.links.link_output import link_json, row
from cli.connection import database, settings
from cli.output import Column, moment, printable, say, say_json, table, to_json, url

if TYPE_CHECKING:
    from pipeline.store.links.links import Link


COLUMNS = [
    Column("link"),
    Column("state"),
    Column("code"),
    Column("tries", number=True),
    Column("changed"),
    Column("article"),
    Column("waits for", long=True),
    Column("url", long=True),
]


def links(
    state: Annotated[
        str | None, typer.Option(help="waiting, dispatched, running, fetched, stored, skipped or failed.", callback=arguments.link_state)
    ] = None,
    code: Of_code = None,
    host: Of_host = None,
    feed: Of_feed = None,
    limit: Limit = 50,
    late: Annotated[bool, typer.Option("--late", help="Only links that wait for a late retry because their site was down.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All links, oldest first.")] = False,
    as_json: As_json = False,
) -> None:
    """List links by state, code, host or feed, newest first."""
    from pipeline.store.links import links as store

    with database(settings()) as conn:
        which = chosen(conn, state=state, code=code, host=host, feed=feed, late=late or None)
        if as_json and not every:
            for link in store.listing(conn, which, limit=limit):
                say_json(link_json(link))
        elif every:
            with closing(store.export(conn, which)) as found:
                for link in found:
                    say(to_json(link_json(link)) if as_json else _tabbed(link))
        else:
            table(COLUMNS, map(row, store.listing(conn, which, limit=limit)), empty="No matching links.")


def _tabbed(link: Link) -> str:
    cells = (f"link {link.id}", link.state, link.code, str(link.attempts), moment(link.updated_at), printable(url(link.url)))
    return "\t".join(cells)


commands: dict[str, Callable[..., Any]] = {"links": links}
