"""`newsmill feeds list`: list feeds with their health and next poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.commands.feeds import feed_health as cli_health
from cli.connection import database, settings
from cli.output import Column, console, say_json, span, table, url, when

if TYPE_CHECKING:
    from pipeline.store.feeds.feeds import Feed


As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Of_state = Annotated[str | None, typer.Option(help="active, paused, stopped or failing.", callback=arguments.feed_state)]
By_health = Annotated[bool, typer.Option("--health", help="Their health: healthy, quiet, failing or stopped, and why.")]


def listing(
    state: Of_state = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of feeds.")] = 1000,
    health: By_health = False,
    as_json: As_json = False,
) -> None:
    """List feeds, their health and when they are polled next."""
    if health:
        cli_health.listing(state, limit, as_json)
        return
    from pipeline.store.feeds import feeds

    with database(settings()) as conn:
        found = feeds.listing(conn, state=state, limit=limit)
    if as_json:
        for feed in found:
            say_json(feed)
        return
    columns = [
        Column("id", number=True),
        Column("feed", long=True),
        Column("state"),
        Column("stored", number=True),
        Column("links", number=True),
    ]
    columns += [Column("every"), Column("polled"), Column("next"), Column("last result")]
    table(columns, map(_row, found), empty="There are no feeds; `newsmill add URL` adds one." if state is None else f"No feed is {state}.")


def _row(feed: Feed) -> tuple[object, ...]:
    name = f"{feed.title}\n{url(feed.url)}" if feed.title and console().is_terminal else url(feed.url)
    last = feed.code and f"{feed.code} ({feed.failures} in a row)"
    due = when(feed.next_poll_at) if feed.state == "active" else "never"
    return (
        feed.id,
        name,
        feed.state,
        feed.stored,
        feed.links,
        span(feed.interval_s) if feed.interval_s else "-",
        when(feed.last_polled_at),
        due,
        last or ("ok" if feed.last_polled_at else ""),
    )
