"""`newsmill add`: add feeds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.errors import FAILED, WRONG_USAGE, CliError
from cli.local import user_settings
from cli.output import complain, many, printable, progress, say, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.feeds.discovery.feed_search import Found
    from pipeline.fetch.client import Client
    from pipeline.settings import Settings


class SeveralFeeds(Exception):
    """The site has several feeds, and nobody can be asked which to add."""


def add(
    urls: Annotated[list[str], typer.Argument(help="Feeds, or sites whose feeds are to be found.", metavar="URL…")],
    first: Annotated[bool, typer.Option("--first", help="If a site has several feeds, take the first.")] = False,
    every: Annotated[bool, typer.Option("--all", help="If a site has several feeds, take all.")] = False,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Check that it is a feed before adding it.")] = True,
    tag: Annotated[list[str] | None, typer.Option(help="Tag for the feeds, known ones too. Repeatable.")] = None,
) -> None:
    """Add feeds. For the address of a site, its feeds are found; if there are several, you are asked which."""
    from pipeline.feeds.formats.addresses import without_feed_scheme
    from pipeline.fetch.client import Client
    from pipeline.outcomes import Failure

    found = settings()
    exit_code = 0
    client = Client(found.fetch)
    with database(found) as conn, progress() as bar:
        adder = _Adder(conn, client, found, tuple(tag or ()), check=check)
        if not check:
            user_settings.remind(found, (without_feed_scheme(given) for given in urls))
        task = bar.add_task("looking", total=len(urls), visible=len(urls) > 1)
        for given in urls:
            given = without_feed_scheme(given)
            address = given if "://" in given else f"https://{given}"
            bar.update(task, description=printable(url(address))[:60])
            try:
                several = adder.look(address)
                if len(several) > 1 and not every:
                    bar.stop()
                    several = several[:1] if first else _ask(address, several)
                    bar.start()
                adder.take(several)
                for dead, why in adder.dead if every else ():
                    adder.refused(dead, why)
            except SeveralFeeds:
                exit_code = WRONG_USAGE
            except (Failure, CliError) as problem:
                adder.refused(address, problem.detail if isinstance(problem, Failure) else str(problem))
            finally:
                bar.advance(task)
    client.close()
    if exit_code or adder.failed:
        raise typer.Exit(exit_code or FAILED)


@dataclass
class _Adder:
    """Add feeds one after another. `failed` counts those that could not be added."""

    conn: Connection
    client: Client
    settings: Settings
    tags: tuple[str, ...]
    check: bool
    failed: int = 0
    dead: tuple[tuple[str, str], ...] = ()  # addresses that the last page announces as feeds but are none, with the reason

    def look(self, address: str) -> list[Found]:
        """The feeds at the address. A known address is not fetched. Raises Failure, or CliError if there is no feed."""
        from pipeline.feeds.discovery import feed_search
        from pipeline.store.feeds import feeds

        self.dead = ()
        if not self.check or feeds.find(self.conn, address):
            return [feed_search.Found(address)]
        looked = feed_search.search(self.client, address, self.settings, known=lambda one: feeds.find(self.conn, one) is not None)
        self.dead = looked.dead
        if not looked.found:
            raise CliError(f"no feed was found; tried {', '.join(looked.tried)}. Give the address of the feed itself.")
        return list(looked.found)

    def take(self, several: list[Found]) -> None:
        from pipeline.feeds.discovery import feed_search
        from pipeline.outcomes import Failure
        from pipeline.store.feeds import feeds

        for one in several:
            try:
                if known := feeds.find(self.conn, one.url):
                    self._known(one.url, known.id)
                    continue
                read = feed_search.read(self.client, one.url, self.settings) if self.check and one.feed is None else one
                self._add(replace(read, announced_by=one.announced_by))
            except Failure as failure:
                self.refused(one.url, failure.detail)

    def refused(self, address: str, why: str) -> None:
        self.failed += 1
        complain(f"not added: {url(address)}: {url(why)}")

    def _add(self, found: Found) -> None:
        from pipeline.store.feeds import announcements, feeds
        from workers.steps import polls

        about: dict[str, Any] = {"title": found.title, "tags": self.tags, "site_url": found.site_url}
        index = found.feed is not None and found.feed.sitemaps  # its entries are in other documents, which the first poll reads
        if found.response is not None and not index:
            number, is_new = polls.subscribe(self.conn, self.settings, found.url, found.response, announced_by=found.announced_by, **about)
        else:
            number, is_new = feeds.add(self.conn, found.url, **about)
            if found.announced_by:
                announcements.note(self.conn, [number], found.announced_by)
        seen = (
            [printable(found.title), many(len(found.feed.sitemaps), "sitemap") if index else many(len(found.feed.entries), "entry")]
            if found.feed
            else []
        )
        words = f" ({', '.join(filter(None, seen))})" if seen else ""
        if is_new:
            say(f"added: {url(found.url)} is feed {number}{words}")
        else:
            self._known(found.url, number)

    def _known(self, address: str, number: int) -> None:
        from pipeline.store.feeds import feeds

        tagged = ""
        if self.tags:
            feeds.add_tags(self.conn, [number], self.tags)
            tagged = f", now tagged {printable('; '.join(self.tags))}"
        say(f"known: {url(address)} is feed {number}{tagged}")


def _ask(address: str, several: list[Found]) -> list[Found]:
    for number, found in enumerate(several, 1):
        say(f"{number:>3}  {url(found.url)}{f' ({printable(found.title)})' if found.title else ''}")
    if not somebody_is_there():
        site = url(address)
        complain(
            f"not added: {site} has {len(several)} feeds; type `newsmill add --first {site}` for the first, `newsmill add --all {site}` for all,"
            f" or `newsmill add` with the addresses of those you want."
        )
        raise SeveralFeeds
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


commands: dict[str, Callable[..., Any]] = {"add": add}
