"""Options with which commands select links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.links.links import LinkFilter


As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Of_code = Annotated[str | None, typer.Option(help="Failure code, for example http_404.", callback=arguments.code)]
Of_host = Annotated[str | None, typer.Option(help="Host, for example www.example.org.", callback=arguments.host)]
Of_feed = Annotated[str | None, typer.Option(help="Number or URL of a feed that lists them.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of links.")]


def chosen(conn: Connection, *, feed: str | None, **conditions: Any) -> LinkFilter:
    from pipeline.store.links.links import LinkFilter

    return LinkFilter(feed_id=arguments.feed(conn, feed).id if feed is not None else None, **conditions)
