"""`newsmill enqueue`: take in URLs and files by hand, and follow them to their end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import files, values
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
    what: Annotated[
        list[str],
        typer.Argument(
            help="Addresses of articles, or saved articles: .html, .mhtml, .txt, .pdf and .eml files, and folders of such. "
            "- reads addresses and names of files from standard input, one a line.",
            metavar="URL|FILE…",
        ),
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Follow them to their end; exit status 1 when one is not stored.")] = False,
    timeout: Annotated[
        float | None, typer.Option(help="With --wait: give up after so long, for example 10m.", parser=values.seconds, metavar="TIME")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put URLs first in line, and take in files. A file is read here and goes straight to the extraction; the same file is one article."""
    found = settings()
    with database(found) as conn:
        refused: list[str] = []
        enqueued: list[Enqueued] = []
        for batch in _batches(_judged(_given(what), refused)):
            for taken in _enqueue(conn, batch, found, refused):
                enqueued.append(taken)
                if not wait:
                    _report_enqueued(taken, as_json)
        ended_well = _follow(conn, enqueued, timeout, as_json) if wait and enqueued else True
    if refused or not ended_well:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"enqueue": enqueue}


def _given(what: list[str]) -> Iterator[str]:
    for text in what:
        if text == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield text


def _judged(texts: Iterator[str], refused: list[str]) -> Iterator[Url | Path]:
    """What each text stands for; those that are neither a file nor a usable URL are refused aloud."""
    from pipeline.normalise.urls import parse
    from pipeline.outcomes import Failure

    for text in texts:
        paths = files.found(text)
        if paths is not None:
            yield from paths
            continue
        try:
            yield parse(text)
        except Failure as failure:
            _refuse(text, failure.detail, refused)


def _batches(items: Iterator[Url | Path]) -> Iterator[list[Url | Path]]:
    """URLs by the batch, each file by itself, in the order in which they came."""
    batch: list[Url | Path] = []
    for one in items:
        if isinstance(one, Path) or len(batch) == BATCH:
            if batch:
                yield batch
            batch = []
        if isinstance(one, Path):
            yield [one]
        else:
            batch.append(one)
    if batch:
        yield batch


def _enqueue(conn: Connection, batch: list[Url | Path], found: Settings, refused: list[str]) -> list[Enqueued]:
    from workers import dispatch

    urls = [one for one in batch if not isinstance(one, Path)]
    taken = dispatch.enqueue(conn, urls, found) if urls else []
    return taken + [item for one in batch if isinstance(one, Path) and (item := _take(conn, one, found, refused))]


def _take(conn: Connection, path: Path, found: Settings, refused: list[str]) -> Enqueued | None:
    from pipeline.outcomes import Failure
    from workers import dispatch

    try:
        return dispatch.take_file(conn, files.page(path, found.files.max_bytes), str(path), found)
    except OSError as error:
        _refuse(str(path), f"The file cannot be read: {error.strerror or error}.", refused)
    except Failure as failure:
        _refuse(str(path), failure.detail, refused)
    return None


def _refuse(text: str, why: str, refused: list[str]) -> None:
    refused.append(text)
    complain(f"refused: {url(printable(text))}: {why}")


def _report_enqueued(item: Enqueued, as_json: bool) -> None:
    if as_json:
        say_json(item)
    else:
        say(f"{WORDS[item.what]}: {url(item.file or item.url)} is link {item.id}")


def _follow(conn: Connection, enqueued: list[Enqueued], timeout: float | None, as_json: bool) -> bool:
    """Say how each link ends, as it ends. True when all were stored in time."""
    from pipeline.outcomes import ENDED, State
    from pipeline.store import links, workers

    if all(worker.silent_s > SILENT_S for worker in workers.listing(conn)):
        complain("No worker has reported in the last minute, so nothing moves; start them with `newsmill up`.")
    origins = {item.id: item.file for item in enqueued}
    pending = set(origins)
    until = time.monotonic() + timeout if timeout is not None else None
    stored = 0
    with progress() as bar:
        task = bar.add_task("waiting", total=len(pending))
        while True:
            for link in links.by_ids(conn, sorted(pending)):
                if link.state in ENDED:
                    pending.discard(link.id)
                    stored += link.state == State.STORED
                    _report_end(link, origins[link.id], as_json)
                    bar.advance(task)
            if not pending or (until is not None and time.monotonic() > until):
                break
            time.sleep(LOOK_S)
    if pending:
        complain(f"{many(len(pending), 'link')} not ended after {timeout:g} s; `newsmill links` shows where they are.")
    return stored == len(origins)


def _report_end(link: Link, file: str, as_json: bool) -> None:
    if as_json:
        say_json(link_json(link) | ({"file": file} if file else {}))
    elif link.article_id:
        say(f"stored: {url(file or link.url)} is article {link.article_id}")
    else:
        say(f"{link.state}: {url(file or link.url)}: {link.code}: {url(link.detail)}")
