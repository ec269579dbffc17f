"""`newsmill feeds move`: poll a feed at another address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import printable, say, url

if TYPE_CHECKING:
    from pipeline.settings import Settings


def move(
    which: Annotated[str, typer.Argument(help="Number or URL of a feed.", metavar="FEED")],
    to: Annotated[str | None, typer.Argument(help="Its new address; by default the one that its site announces.", metavar="URL")] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check/--no-check", " /--force", help="Check that there is a feed before moving. Skip the check if the site is down."
        ),
    ] = True,
) -> None:
    """Poll a feed at another address from now on. It keeps what it has listed."""
    from pipeline.feeds.formats.addresses import without_feed_scheme
    from pipeline.store.feeds import feeds

    found = settings()
    with database(found) as conn:
        feed = arguments.feed(conn, which)
        if not (address := to or feed.successor):
            raise CliError(f"No other address of {url(feed.url)} is known; give it as `newsmill feeds move {feed.id} URL`.", WRONG_USAGE)
        address = without_feed_scheme(address)
        known = feeds.find(conn, address)
        if check and known is None:
            address = _looked_at(address, found, feed.id)
        holder = feeds.move(conn, feed.id, address)
        if holder != feed.id:
            raise CliError(f"{url(address)} is feed {holder} already; `newsmill feeds remove {feed.id}` removes this one.")
        feed = arguments.feed(conn, str(feed.id))
    say(f"moved: feed {feed.id} is {url(feed.url)}")


def _looked_at(address: str, found: Settings, feed_id: int) -> str:
    """The address to store: where the feed was found, if redirects there are permanent. Raises CliError if there is no feed."""
    from pipeline.feeds.discovery import feed_search
    from pipeline.fetch.client import Client
    from pipeline.outcomes import Failure

    client = Client(found.fetch)
    try:
        return feed_search.read(client, address, found).url
    except Failure as failure:
        raise CliError(
            f"Not moved: there is no feed at {url(address)}: {url(printable(failure.detail)).rstrip('.')}; "
            f"`newsmill feeds move --no-check {feed_id} {url(address)}` moves it anyway."
        ) from None
    finally:
        client.close()
