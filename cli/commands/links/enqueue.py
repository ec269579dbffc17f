"""`newsmill enqueue`: add URLs and files by hand, and wait for their results."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.commands.links.follow import follow
from cli.commands.links.intake_report import IntakeReport
from cli.commands.links.sources import Reader
from cli.connection import database, settings
from cli.errors import FAILED, CliError
from cli.local import user_settings
from cli.local.stop_signals import listening_for_stops
from cli.output import complain, many, progress

if TYPE_CHECKING:
    from psycopg import Connection
    from rich.progress import Progress

    from pipeline.settings import Settings
    from pipeline.store.links.links import Enqueued


def enqueue(
    what: Annotated[
        list[str],
        typer.Argument(
            help="URLs of articles, or files: saved articles (.html, .mhtml, .txt, .pdf, .eml), WARC archives (.warc, .warc.gz), lists of "
            "URLs with what is known of each (.csv, .tsv, .jsonl), and folders of saved articles and archives. "
            "- reads URLs and file names from standard input, one a line.",
            metavar="URL|FILE…",
        ),
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the results. Exit status 1 if one is not stored.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option(help="With --wait: stop waiting after this time, for example 10m.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put URLs first in their hosts' queues, and add files. Documents go straight to extraction; the same file is one article. If reading
    an archive or list was interrupted, it continues where it was."""
    found = settings()
    with database(found) as conn:
        taken = IntakeReport(every=as_json or not sys.stdout.isatty(), as_json=as_json, follow=wait)
        with progress(of="bytes") as bar, listening_for_stops():
            stopped = _take_in(conn, what, found, taken, bar)
        if stopped:
            raise CliError(f"Stopped after {many(taken.counts.total(), 'link')}, which are processed; the same command adds the rest.")
        taken.sum_up()
        if set(taken.counts) - {"stored"}:
            _warn_of_redis(found)
        ended_well = follow(conn, taken.followed, timeout, as_json) if taken.followed else True
    if not (taken.refused or taken.counts or taken.passed_over):
        complain("There was nothing to add.")
    if taken.refused or not ended_well:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"enqueue": enqueue}


def _warn_of_redis(found: Settings) -> None:
    """Say why what was added waits, if Redis takes no messages."""
    from workers.checks.unsent import notice

    if found.redis_url and (said := notice(found)):
        complain(said.detail)


def _take_in(conn: Connection, what: list[str], found: Settings, taken: IntakeReport, bar: Progress) -> bool:
    """Store one batch in a separate thread while reading the next. An interrupt reaches only the reading, so that each batch is stored
    completely or not at all. Returns whether there was an interrupt."""
    from pipeline.store.links import imports
    from workers import intake

    under_way: deque[Future[list[Enqueued]]] = deque()
    reminded = stopped = False
    with ThreadPoolExecutor(1) as taking:
        # Checked in the same thread, so never within a batch's transaction.
        reader = Reader(found, bar, taken.refuse, lambda reading: taking.submit(imports.reached, conn, reading).result())
        try:
            for batch in reader.batches(what):
                reminded = reminded or user_settings.remind(found, (item.text for item in batch.items if item.page is None))
                under_way.append(taking.submit(intake.take_in, conn, batch, found))
                if len(under_way) > 1:
                    items = under_way[0].result()
                    under_way.popleft()
                    taken.add(items)
        except KeyboardInterrupt:
            stopped = True
        for batch_taken in under_way:
            taken.add(batch_taken.result())
    return stopped
