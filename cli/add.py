"""`newsmill add` and `newsmill import`: take in feeds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.errors import FAILED, CliError
from cli.output import complain, many, printable, progress, say, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.feeds.discover import FeedLink
    from pipeline.fetch.client import Client, Response
    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """A feed to be added; `about` is what was seen of it, for people."""

    url: str
    title: str = ""
    site_url: str = ""
    about: str = ""


def add(
    urls: Annotated[list[str], typer.Argument(help="Feeds, or sites whose feeds are to be found.", metavar="URL…")],
    first: Annotated[bool, typer.Option("--first", help="Where a site has several feeds, take the first.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Where a site has several feeds, take all.")] = False,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Look whether it is a feed before adding it.")] = True,
    tag: Annotated[list[str] | None, typer.Option(help="Tag of the feeds; may be given more than once.")] = None,
) -> None:
    """Add feeds. A site's address does too: its feed is found."""
    from pipeline.fetch.client import Client
    from pipeline.outcomes import Failure

    found = settings()
    failed = 0
    client = Client(found.fetch)
    with database(found) as conn, progress() as bar:
        task = bar.add_task("looking", total=len(urls), visible=len(urls) > 1)
        for given in urls:
            address = given if "://" in given else f"https://{given}"
            bar.update(task, description=printable(url(address))[:60])
            try:
                if known := _known(conn, address):
                    say(f"known: {url(address)} is feed {known}")
                    continue
                chosen = _look(client, address, found) if check else [Found(address)]
                if len(chosen) > 1 and not every:
                    bar.stop()
                    chosen = chosen[:1] if first else _ask(address, chosen)
                    bar.start()
                for feed in chosen:
                    _add(conn, feed, tag or [])
            except (Failure, CliError) as problem:
                failed += 1
                complain(f"not added: {url(address)}: {problem.detail if isinstance(problem, Failure) else problem}")
            finally:
                bar.advance(task)
    client.close()
    if failed:
        raise typer.Exit(FAILED)


def import_(
    file: Annotated[str, typer.Argument(help="OPML, CSV or a list of URLs; - is standard input.", metavar="FILE")],
    tag: Annotated[
        list[str] | None, typer.Option(help="Tag of all these feeds, beside those in the file; may be given more than once.")
    ] = None,
) -> None:
    """Add the feeds of an OPML file, a CSV file or a list of URLs."""
    from pipeline.feeds import opml
    from pipeline.outcomes import Failure
    from pipeline.store import feeds

    outlines, problems = opml.read(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    new = known = 0
    with database(settings()) as conn, progress() as bar:
        for outline in bar.track(outlines, description="importing"):
            try:
                tags = [*outline.tags, *(tag or [])]
                _, is_new = feeds.add(conn, outline.url, title=outline.title, tags=tags, site_url=outline.site_url)
            except Failure as failure:
                problems = [*problems, f"{outline.url}: {failure.detail}"]
            else:
                new, known = new + is_new, known + (not is_new)
    for problem in problems:
        complain(url(problem))
    say(f"{new:,} new, {known:,} known, {len(problems):,} refused")
    if problems:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"add": add, "import": import_}


def _known(conn: Connection, address: str) -> int | None:
    from pipeline.store import feeds

    feed = feeds.find(conn, address)
    return feed.id if feed else None


def _add(conn: Connection, feed: Found, tags: list[str]) -> None:
    from pipeline.store import feeds

    number, is_new = feeds.add(conn, feed.url, title=feed.title, tags=tags, site_url=feed.site_url)
    say(f"added: {url(feed.url)} is feed {number}{feed.about}" if is_new else f"known: {url(feed.url)} is feed {number}")


def _look(client: Client, address: str, found: Settings) -> list[Found]:
    """The feed at the address, or those that its page names. Raises Failure, or CliError where there is none."""
    from pipeline.feeds import discover, parse
    from pipeline.fetch.client import failure_of
    from pipeline.outcomes import Failure

    response = client.get(address, kind="feed", max_bytes=found.poll.max_bytes)
    if failure := failure_of(response):
        raise failure
    try:
        kind = response.headers.get("content-type", "")
        feed = parse.parse(response.body, url=response.final_url, content_type=kind, max_entries=found.poll.max_entries)
    except Failure as failure:
        links = discover.find(response.body, response.final_url)
        if not links:
            raise CliError(f"{failure.detail.rstrip('.')}, and the page names no feed; give the address of the feed itself.") from None
        return [Found(link.url, link.title, response.final_url, _named(link)) for link in links]
    about = ", ".join(part for part in (printable(feed.title), many(len(feed.entries), "entry")) if part)
    return [Found(_lasting(response), feed.title, feed.site_url, f" ({about})")]


def _lasting(response: Response) -> str:
    """The address to keep: the new one where every redirect on the way says that the move is for good."""
    return response.final_url if all(hop.status in (301, 308) for hop in response.hops) else response.url


def _named(link: FeedLink) -> str:
    return f" ({printable(link.title)})" if link.title else ""


def _ask(address: str, several: list[Found]) -> list[Found]:
    for number, feed in enumerate(several, 1):
        say(f"{number:>3}  {url(feed.url)}{feed.about}")
    if not somebody_is_there():
        raise CliError("the site has several feeds; choose with --first or --all, or add one of them by its own address.")
    answer = typer.prompt(f"Which feeds of {url(address)}? Numbers, all or none", default="1").strip()
    if answer in ("all", "none"):
        return several if answer == "all" else []
    numbers = answer.replace(",", " ").split()
    if not all(number.isdecimal() and 0 < int(number) <= len(several) for number in numbers):
        raise CliError(f"{answer!r} names none of these feeds.")
    return [several[int(number) - 1] for number in numbers]


def somebody_is_there() -> bool:
    """Whether there is a person who can answer."""
    return sys.stdin.isatty()
