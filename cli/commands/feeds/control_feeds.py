"""`newsmill feeds pause`, `resume`, `poll` and `remove`, for named feeds, all feeds, or those with a tag."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import many, say, url, when

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.feeds.feeds import Feed, StoredCounts

Which = Annotated[list[str] | None, typer.Argument(help="Numbers or URLs of feeds.", metavar="FEED…")]
Every = Annotated[bool, typer.Option("--all", help="All feeds.")]
Of_tag = Annotated[str | None, typer.Option(help="All feeds with this tag.")]
# Feeds that are named one by one before they are removed.
MAX_NAMED = 5


def pause(which: Which = None, every: Every = False, tag: Of_tag = None) -> None:
    """Stop polling until `resume`. --all and --tag choose among active feeds."""
    from pipeline.store.feeds import feeds

    _change(which, every, tag, "active", lambda conn, ids: feeds.pause(conn, *ids), "paused")


def resume(which: Which = None, every: Every = False, tag: Of_tag = None) -> None:
    """Poll paused or stopped feeds again. --all and --tag choose among paused feeds."""
    from pipeline.store.feeds import feeds

    _change(which, every, tag, "paused", lambda conn, ids: feeds.resume(conn, *ids), "resumed")


def poll(which: Which = None, every: Every = False, tag: Of_tag = None) -> None:
    """Poll as soon as possible. The host's gap and pauses and the site's Retry-After still hold."""
    from pipeline.store.feeds import feeds

    floor_s = settings().poll.by_hand_s
    with database(settings()) as conn:
        named, ids = _chosen(conn, which, every, tag, "active")
        due = feeds.poll_all(conn, ids, floor_s)
    now = datetime.now(UTC)
    later = {number for number, at in due.items() if at > now}
    for feed in named:
        if feed.state != "active":
            say(f"due now: {url(feed.url)} (but it is {feed.state}; `newsmill feeds resume {feed.id}`)")
        elif feed.id in later:
            say(f"due {when(due[feed.id])}, not earlier: {url(feed.url)}")
        else:
            say(f"due now: {url(feed.url)}")
    if not named:
        say(
            f"due now: {many(len(due) - len(later), 'feed')}"
            + (f"; {len(later):,} later: just polled, or the site asks to wait" if later else "")
        )


def remove(
    which: Annotated[list[str], typer.Argument(help="Numbers or URLs of feeds.", metavar="FEED…")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove feeds with their settings, polls and sightings. Links and articles stay."""
    from pipeline.store.feeds import feeds

    with database(settings()) as conn:
        found = [arguments.feed(conn, one) for one in which]  # look up all before removing the first
        about = _about(found, feeds.holdings(conn, [feed.id for feed in found]))
        if not yes:
            if not sys.stdin.isatty():
                raise CliError(f"{about} Nobody can be asked here; use --yes to remove them.", WRONG_USAGE)
            typer.confirm(f"{about} Forget them?", abort=True)
        for feed in found:
            feeds.remove(conn, feed.id)
            say(f"removed: {url(feed.url)}")
    if yes:
        say(about)


def _about(found: Sequence[Feed], held: StoredCounts) -> str:
    """A sentence about what is deleted and what stays."""
    names = ", ".join(f"feed {feed.id} ({url(feed.url)})" for feed in found[:MAX_NAMED])
    names += f" and {len(found) - MAX_NAMED:,} more" if len(found) > MAX_NAMED else ""
    goes = f"settings and tags, {many(held.polls, 'past poll')} and sightings of {many(held.sightings, 'entry')} are deleted"
    return f"Of {names}, the {goes}; {many(held.links, 'link')} and {many(held.articles, 'article')} stay."


def _change(
    which: list[str] | None, every: bool, tag: str | None, state: str, change: Callable[[Connection, list[int]], object], done: str
) -> None:
    with database(settings()) as conn:
        named, ids = _chosen(conn, which, every, tag, state)
        change(conn, ids)
    for feed in named:
        say(f"{done}: {url(feed.url)}")
    if not named:
        say(f"{done}: {many(len(ids), 'feed')}")


def _chosen(conn: Connection, which: list[str] | None, every: bool, tag: str | None, state: str) -> tuple[list[Feed], list[int]]:
    """The named feeds, and the ids of those selected. Raises CliError if a feed does not exist or none is selected."""
    from pipeline.store.feeds import feeds

    if sum((bool(which), every, tag is not None)) != 1:
        raise CliError("Say which feeds: give numbers or URLs, --tag, or --all.", WRONG_USAGE)
    if which:
        named = [arguments.feed(conn, one) for one in which]
        return named, [feed.id for feed in named]
    return [], feeds.numbers(conn, state=state, tag=tag)
