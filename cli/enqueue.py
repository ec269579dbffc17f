"""`newsmill enqueue`: take in URLs by hand, and follow them to their end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import values
from cli.connection import database, settings
from cli.errors import FAILED
from cli.links import link_json
from cli.output import complain, many, printable, progress, say, say_json, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.normalise.urls import Url
    from pipeline.settings import Settings
    from pipeline.store.links import Enqueued, Link

# URLs put in line in one go: few enough that the first are on their way while the others are still read.
BATCH = 500
LOOK_S = 0.5
SILENT_S = 60
WORDS = {"new": "enqueued", "again": "again", "waiting": "on its way", "stored": "stored"}


def enqueue(
    urls: Annotated[list[str], typer.Argument(help="Addresses of articles; - reads them from standard input, one a line.", metavar="URL…")],
    wait: Annotated[bool, typer.Option("--wait", help="Follow them to their end; exit status 1 when one is not stored.")] = False,
    timeout: Annotated[
        float | None, typer.Option(help="With --wait: give up after so long, for example 10m.", parser=values.seconds, metavar="TIME")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put URLs first in line."""
    found = settings()
    with database(found) as conn:
        refused: list[str] = []
        enqueued: list[Enqueued] = []
        for batch in _batches(_parsed(_given(urls), refused)):
            taken = _enqueue(conn, batch, found)
            enqueued += taken
            if not wait:
                for item in taken:
                    _report_enqueued(item, as_json)
        ended_well = _follow(conn, enqueued, timeout, as_json) if wait and enqueued else True
    if refused or not ended_well:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"enqueue": enqueue}


def _given(urls: list[str]) -> Iterator[str]:
    for text in urls:
        if text == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield text


def _parsed(texts: Iterable[str], refused: list[str]) -> Iterator[Url]:
    from pipeline.normalise.urls import parse
    from pipeline.outcomes import Failure

    for text in texts:
        try:
            yield parse(text)
        except Failure as failure:
            refused.append(text)
            complain(f"refused: {url(printable(text))}: {failure.detail}")


def _batches(urls: Iterable[Url]) -> Iterator[list[Url]]:
    batch: list[Url] = []
    for one in urls:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _enqueue(conn: Connection, urls: list[Url], found: Settings) -> list[Enqueued]:
    from workers import dispatch

    return dispatch.enqueue(conn, urls, found)


def _report_enqueued(item: Enqueued, as_json: bool) -> None:
    if as_json:
        say_json(item)
    else:
        say(f"{WORDS[item.what]}: {url(item.url)} is link {item.id}")


def _follow(conn: Connection, enqueued: list[Enqueued], timeout: float | None, as_json: bool) -> bool:
    """Say how each link ends, as it ends. True when all were stored in time."""
    from pipeline.outcomes import ENDED, State
    from pipeline.store import links, workers

    if all(worker.silent_s > SILENT_S for worker in workers.listing(conn)):
        complain("No worker has reported in the last minute, so nothing moves; start them with `newsmill up`.")
    pending = {item.id for item in enqueued}
    until = time.monotonic() + timeout if timeout is not None else None
    stored = 0
    with progress() as bar:
        task = bar.add_task("waiting", total=len(pending))
        while True:
            for link in links.by_ids(conn, sorted(pending)):
                if link.state in ENDED:
                    pending.discard(link.id)
                    stored += link.state == State.STORED
                    _report_end(link, as_json)
                    bar.advance(task)
            if not pending or (until is not None and time.monotonic() > until):
                break
            time.sleep(LOOK_S)
    if pending:
        complain(f"{many(len(pending), 'link')} not ended after {timeout:g} s; `newsmill links` shows where they are.")
    return stored == len({item.id for item in enqueued})


def _report_end(link: Link, as_json: bool) -> None:
    if as_json:
        say_json(link_json(link))
    elif link.article_id:
        say(f"stored: {url(link.url)} is article {link.article_id}")
    else:
        say(f"{link.state}: {url(link.url)}: {link.code}: {url(link.detail)}")
