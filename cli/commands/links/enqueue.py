"""`newsmill enqueue`: take in URLs and files by hand, and follow them to their end."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.commands.links import enqueue_files, input_lines
from cli.commands.links.links import link_json
from cli.commands.links.wait_reasons import WaitsTold
from cli.connection import database, settings
from cli.errors import FAILED, CliError
from cli.local import user_settings
from cli.local.stop_signals import listening_for_stops
from cli.output import complain, many, printable, progress, say, say_json, to_json, url

if TYPE_CHECKING:
    from psycopg import Connection
    from rich.progress import Progress

    from pipeline.normalise.urls import Url
    from pipeline.settings import Settings
    from pipeline.store.links.links import Enqueued, Link

# URLs put in line in one statement: enough that statements cost little, few enough that the first are on their way while others are read.
BATCH = 5000
# Links told one by one on a terminal; of more there is only the count.
TOLD = 20
LOOK_S = 0.5
SILENT_S = 60
WORDS = {"new": "enqueued", "again": "again", "waiting": "on its way", "stored": "stored"}


@dataclass(frozen=True, slots=True)
class Given:
    """An address or the name of a file, as it was given; `line` is 0 where it was no line of a list."""

    text: str
    line: int = 0


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
        float | None, typer.Option(help="With --wait: give up after so long, for example 10m.", parser=arguments.seconds, metavar="TIME")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put URLs first in line, and take in files. A file is read here and goes straight to the extraction; the same file is one article."""
    found = settings()
    with database(found) as conn:
        taken = Taken(every=as_json or not sys.stdout.isatty(), as_json=as_json, follow=wait)
        with progress(of="bytes") as bar, listening_for_stops():
            stopped = _take_in(conn, _batches(_judged(_given(what, bar), taken)), found, taken)
        if stopped:
            raise CliError(f"Stopped after {many(taken.counts.total(), 'link')}, which go on; the same command takes in the rest.")
        taken.sum_up()
        if set(taken.counts) - {"stored"}:
            _warn_of_redis(found)
        ended_well = _follow(conn, taken.followed, timeout, as_json) if taken.followed else True
    if not taken.refused and not taken.counts:
        complain("There was nothing to take in.")
    if taken.refused or not ended_well:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"enqueue": enqueue}


def _warn_of_redis(found: Settings) -> None:
    """Say why what was taken in waits, where Redis takes no messages."""
    from workers.checks.unsent import notice

    if found.redis_url and (said := notice(found)):
        complain(said.detail)


@dataclass(slots=True)
class Taken:
    """What became of what was given, told as it is known: `every` one, or the first `TOLD`. What is to be followed is told at its end."""

    every: bool
    as_json: bool
    follow: bool
    counts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    followed: list[Enqueued] = field(default_factory=list)

    def add(self, items: list[Enqueued]) -> None:
        told = items if self.every else items[: max(0, TOLD - self.counts.total())]
        self.counts.update(item.what for item in items)
        if self.follow:
            self.followed += items
        elif told:
            say("\n".join(to_json(item) if self.as_json else _sentence(item) for item in told))

    def refuse(self, given: Given, code: str, why: str) -> None:
        self.refused += 1
        text = url(printable(given.text))
        if self.as_json:
            say_json({"id": None, "url": text, "what": "refused", "line": given.line or None, "code": code, "detail": why})
        else:
            complain(f"refused: {f'line {given.line}: ' if given.line else ''}{text}: {why} ({code})")

    def sum_up(self) -> None:
        """The counts, where not every link was told."""
        if not (self.every or self.follow) and self.counts.total() > TOLD:
            words = [f"{self.counts[what]:,} {word}" for what, word in WORDS.items() if self.counts[what]]
            say(f"{', '.join(words)}, {self.refused:,} refused; `newsmill status` shows how far they are.")


def _sentence(item: Enqueued) -> str:
    return printable(f"{WORDS[item.what]}: {url(item.file or item.url)} is link {item.id}")


def _given(what: list[str], bar: Progress) -> Iterator[Given]:
    for text in what:
        if text != "-":
            yield Given(text)
            continue
        stream = sys.stdin.buffer
        task = bar.add_task("reading", total=input_lines.size(stream))
        for number, line, done in input_lines.numbered(stream):
            if number % 500 == 0:
                bar.update(task, completed=done)
            yield Given(line, number)


def _judged(givens: Iterator[Given], taken: Taken) -> Iterator[tuple[Given, Url | Path]]:
    """What each text stands for; those that are neither a file nor a usable URL are refused aloud."""
    from pipeline.documents.kinds import KNOWN
    from pipeline.normalise.urls import parse
    from pipeline.outcomes import Failure

    for given in givens:
        paths = enqueue_files.found(given.text)
        if paths is not None:
            path = None
            for path in paths:
                yield Given(str(path), given.line), path
            if path is None:
                taken.refuse(given, "empty_folder", f"No {KNOWN} files lie in this folder.")
            continue
        try:
            yield given, parse(given.text)
        except Failure as failure:
            taken.refuse(given, failure.code, failure.detail)


def _take_in(conn: Connection, batches: Iterator[list[tuple[Given, Url | Path]]], found: Settings, taken: Taken) -> bool:
    """While one batch is taken in by a thread of its own, the next is read. A request to stop reaches only the reading, so that a batch is taken
    in whole or not at all. Returns whether there was one."""
    under_way: deque[Future[list[Enqueued]]] = deque()
    reminded = stopped = False
    with ThreadPoolExecutor(1) as taking:
        try:
            for batch in batches:
                reminded = reminded or user_settings.remind(found, (given.text for given, one in batch if not isinstance(one, Path)))
                under_way.append(taking.submit(_enqueue, conn, batch, found, taken))
                if len(under_way) > 1:
                    items = under_way[0].result()
                    under_way.popleft()
                    taken.add(items)
        except KeyboardInterrupt:
            stopped = True
        for batch_taken in under_way:
            taken.add(batch_taken.result())
    return stopped


def _enqueue(conn: Connection, batch: list[tuple[Given, Url | Path]], found: Settings, taken: Taken) -> list[Enqueued]:
    from workers import dispatch

    urls = [one for _, one in batch if not isinstance(one, Path)]
    items = dispatch.enqueue(conn, urls, found) if urls else []
    return items + [item for given, one in batch if isinstance(one, Path) and (item := _take(conn, given, one, found, taken))]


def _take(conn: Connection, given: Given, path: Path, found: Settings, taken: Taken) -> Enqueued | None:
    from pipeline.outcomes import Failure
    from workers import dispatch

    try:
        return dispatch.take_file(conn, enqueue_files.page(path, found.files.max_bytes), str(path), found)
    except OSError as error:
        taken.refuse(given, "unreadable_file", f"The file cannot be read: {error.strerror or error}.")
    except Failure as failure:
        taken.refuse(given, failure.code, failure.detail)
    return None


def _batches(items: Iterator[tuple[Given, Url | Path]]) -> Iterator[list[tuple[Given, Url | Path]]]:
    """URLs by the batch, each file by itself, in the order in which they came."""
    batch: list[tuple[Given, Url | Path]] = []
    for given, one in items:
        if batch and (isinstance(one, Path) or len(batch) == BATCH):
            yield batch
            batch = []
        if isinstance(one, Path):
            yield [(given, one)]
        else:
            batch.append((given, one))
    if batch:
        yield batch


def _follow(conn: Connection, enqueued: list[Enqueued], timeout: float | None, as_json: bool) -> bool:
    """Say how each link ends, as it ends. True when all were stored in time."""
    from pipeline.outcomes import ENDED, State
    from pipeline.store import workers
    from pipeline.store.links import links

    if all(worker.silent_s > SILENT_S for worker in workers.listing(conn)):
        complain("No worker has reported in the last minute, so nothing moves; start them with `newsmill up`.")
    origins = {item.id: item.file for item in enqueued}
    pending = set(origins)
    until = time.monotonic() + timeout if timeout is not None else None
    stored, waits = 0, WaitsTold()
    with progress() as bar:
        task = bar.add_task("waiting", total=len(pending))
        while True:
            looked = links.by_ids(conn, sorted(pending))
            for link in looked:
                if link.state in ENDED:
                    pending.discard(link.id)
                    stored += link.state == State.STORED
                    _report_end(link, origins[link.id], as_json)
                    bar.advance(task)
            waits.tell(link for link in looked if link.id in pending)
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
