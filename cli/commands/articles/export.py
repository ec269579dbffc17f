"""`newsmill export`: write articles as JSON lines or CSV, feeds as OPML, pages as WARC."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from cli import arguments
from cli.commands.articles.csv_cells import as_csv
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import complain, many, progress, to_json

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings
    from pipeline.store.articles.fields import Stored


def export(
    format_: Annotated[
        Literal["jsonl", "csv", "opml", "warc"],
        typer.Option("--format", help="jsonl and csv give articles, opml gives the feeds, warc gives the pages as they were fetched."),
    ] = "jsonl",
    since: Annotated[
        datetime | None,
        typer.Option(
            help="Only articles stored, or pages fetched, since then: a date such as 2026-11-22, or a length of time such as 7d.",
            parser=arguments.since,
            metavar="TIME",
        ),
    ] = None,
    exclude_reserved: Annotated[
        bool, typer.Option("--exclude-reserved", help="Leave out articles whose publisher reserves archiving, indexing or mining.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write, whole or not at all; else standard output.")] = None,
) -> None:
    """Export articles as JSON lines or CSV, feeds as OPML, or pages as WARC 1.1."""
    if format_ == "warc" and output is None and sys.stdout.isatty():
        raise CliError("A WARC file cannot be shown on a terminal; name a file with --output, such as pages.warc.gz.")
    if exclude_reserved and format_ not in ("jsonl", "csv"):
        raise CliError("--exclude-reserved is for articles; use it with --format jsonl or csv.", WRONG_USAGE)
    found = settings()
    with database(found) as conn, _target(output) as out:
        if format_ == "warc":
            _warc(conn, found, out, since, output)
            return
        # Always UTF-8, whatever the terminal's encoding.
        text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        try:
            if format_ == "opml":
                text.write(_opml(conn))
            else:
                form = as_csv if format_ == "csv" else as_jsonl
                hidden = output is None and sys.stdout.isatty()
                _articles(conn, text, form, since, exclude_reserved=exclude_reserved, hidden=hidden)
        finally:
            text.detach()  # flushed, but not closed


commands: dict[str, Callable[..., Any]] = {"export": export}


def as_jsonl(articles: Iterable[Stored]) -> Iterator[str]:
    from pipeline.store.articles.fields import as_json

    for article in articles:
        yield to_json(as_json(article)) + "\n"


def _opml(conn: Connection) -> str:
    from pipeline.feeds import opml
    from pipeline.store.feeds import feeds

    outlines = list(feeds.outlines(conn))
    if secret := sum(bool(outline.options.headers) for outline in outlines):
        complain(f"The list contains the request headers of {many(secret, 'feed')}, which may be secrets; do not pass it on.")
    return opml.write(outlines).decode()


def _articles(
    conn: Connection,
    out: io.TextIOBase,
    form: Callable[[Iterable[Stored]], Iterator[str]],
    since: datetime | None,
    *,
    exclude_reserved: bool,
    hidden: bool,
) -> None:
    from pipeline.store.articles import articles

    with progress(hidden=hidden) as bar:
        total = None if bar.disable else articles.count(conn, since, exclude_reserved=exclude_reserved)
        with contextlib.closing(articles.export(conn, since, exclude_reserved=exclude_reserved)) as found:
            for text in form(bar.track(found, total=total, description="exporting")):
                out.write(text)


def _warc(conn: Connection, found: Settings, out: BinaryIO, since: datetime | None, output: Path | None) -> None:
    from pipeline import warc
    from pipeline.store.articles import pages
    from workers.version import VERSION

    compressed = output is None or output.suffix == ".gz"
    writer = warc.Writer(out, found.fetch, software=f"newsmill/{VERSION}", name=output.name if output else "", compressed=compressed)
    with progress() as bar:
        total = None if bar.disable else pages.count(conn, since)
        with contextlib.closing(pages.export(conn, since)) as found_pages:
            for exported in bar.track(found_pages, total=total, description="exporting"):
                writer.write(exported)


@contextlib.contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
