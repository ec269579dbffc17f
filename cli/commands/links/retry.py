"""`newsmill retry`: retry links that failed or wait for a late retry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli import arguments
from cli.commands.links.link_filter import Of_code, Of_feed, Of_host, chosen
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import many, say


def retry(
    code: Of_code = None,
    host: Of_host = None,
    feed: Of_feed = None,
    older_than: Annotated[
        float | None,
        typer.Option(help="Only links that ended longer ago than this, for example 2h.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    state: Annotated[str | None, typer.Option(help="failed or skipped. Default: failed, or the state that belongs to the code.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that failed.")] = False,
) -> None:
    """Retry links that failed or wait for a late retry, from the first attempt, selected by code, host, feed or age. With a code, feeds
    that failed with it are polled too."""
    from pipeline.outcomes import describe
    from pipeline.store.maintenance import retries

    if not (every or code or host or feed or older_than is not None or state):
        raise CliError("Say which links to retry: --code, --host, --feed, --older-than, --state, or --all.", WRONG_USAGE)
    if state not in (None, "failed", "skipped"):
        raise CliError(f"Only failed and skipped links can be retried, not {state} ones.", WRONG_USAGE)
    state = state or (str(describe(code).state) if code else "failed")
    with database(settings()) as conn:
        which = chosen(conn, state=state, code=code, host=host, feed=feed, older_than_s=older_than)
        retried = retries.retry(conn, which)
    again = [many(number, noun) for number, noun in ((retried.links, "link"), (retried.feeds, "feed")) if number]
    say(f"{' and '.join(again)} sent again" if again else "no matching links; nothing was sent again")


commands: dict[str, Callable[..., Any]] = {"retry": retry}
