"""`newsmill export`: articles, feeds and pages, taken out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import arguments
from cli.commands.articles import chosen
from cli.commands.articles.export_files import whole
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import complain, many, progress

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings
    from pipeline.store.articles.article_lists import ArticleFilter

Format = Literal["jsonl", "csv", "parquet", "csl", "bibtex", "ris", "opml", "warc"]
CITATIONS = ("csl", "bibtex", "ris")


def export(
    query: Annotated[
        list[str] | None, typer.Argument(help="Which articles, as for `newsmill search`; all where nothing is said.", metavar="QUERY")
    ] = None,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="Articles as jsonl, csv, parquet (a folder with a file a month) or citations (csl, bibtex, ris); opml gives the feeds, warc the pages as they were fetched.",
        ),
    ] = "jsonl",
    columns: Annotated[
        str | None,
        typer.Option(help="Fields of articles with commas between, in this order, for example id,published_at,title.", metavar="NAMES"),
    ] = None,
    feed: chosen.Feed = None,
    site: chosen.Site = None,
    language: chosen.Language = None,
    tag: chosen.Tag = None,
    published_since: chosen.PublishedSince = None,
    published_before: chosen.PublishedBefore = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            "--stored-since",
            help=f"Articles stored, or pages fetched, since then: {chosen.TIME}.",
            parser=arguments.since,
            metavar="TIME",
        ),
    ] = None,
    stored_before: chosen.StoredBefore = None,
    exclude_reserved: Annotated[
        bool, typer.Option("--exclude-reserved", help="Leave out articles whose publisher reserves archiving, indexing or mining.")
    ] = False,
    bom: Annotated[bool, typer.Option("--bom", help="CSV with the mark by which Excel knows UTF-8.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, whole or not at all, or folder for parquet; else standard output.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an export to this file or folder that was stopped.")] = False,
) -> None:
    """Export articles, feeds as OPML, or pages as WARC 1.1.

    Example: newsmill export 'election country:DE' --format csv --columns id,published_at,title --output election.csv
    """
    from cli.commands.articles.export_articles import Wish, articles

    found = settings()
    with database(found) as conn:
        which = chosen.wanted(conn, feed, site, language, tag, published_since, published_before, since, stored_before)
        if format_ in ("opml", "warc"):
            _refuse(format_, query, columns, which, exclude_reserved=exclude_reserved, resume=resume)
            _opml(conn, output) if format_ == "opml" else _warc(conn, found, since, output)
            return
        _check(format_, columns, output, bom=bom, resume=resume)
        names = tuple(name.strip() for name in columns.split(",")) if columns is not None else None
        articles(conn, Wish(format_, " ".join(query or []), names, which, exclude_reserved, bom, output, resume))


commands: dict[str, Callable[..., Any]] = {"export": export}


def _check(format_: str, columns: str | None, output: Path | None, *, bom: bool, resume: bool) -> None:
    """Raises CliError where options do not go together."""
    if columns is not None and format_ in CITATIONS:
        raise CliError("Citations have fields of their own; leave out --columns.", WRONG_USAGE)
    if bom and format_ != "csv":
        raise CliError("--bom is for --format csv.", WRONG_USAGE)
    if output is None and format_ == "parquet":
        raise CliError("Parquet is a file a month; name a folder for them with --output.", WRONG_USAGE)
    if output is None and resume:
        raise CliError("--resume goes on with a file; name it with --output.", WRONG_USAGE)


def _refuse(
    format_: str, query: list[str] | None, columns: str | None, which: ArticleFilter, *, exclude_reserved: bool, resume: bool
) -> None:
    """Raises CliError for options that are for articles."""
    if exclude_reserved:
        raise CliError("--exclude-reserved is for articles; use it with --format jsonl or csv.", WRONG_USAGE)
    if query or columns is not None or resume or replace(which, stored_since=None) != type(which)():
        raise CliError(f"--format {format_} gives no articles: of the options that choose, only --since is for it.", WRONG_USAGE)


def _opml(conn: Connection, output: Path | None) -> None:
    from pipeline.feeds import opml
    from pipeline.store.feeds import feeds

    with whole(output) as out:
        outlines = list(feeds.outlines(conn))
        if secret := sum(bool(outline.options.headers) for outline in outlines):
            complain(f"The list contains the request headers of {many(secret, 'feed')}, which may be secrets; do not pass it on.")
        out.write(opml.write(outlines))


def _warc(conn: Connection, found: Settings, since: datetime | None, output: Path | None) -> None:
    from pipeline import warc
    from pipeline.store.articles import pages
    from workers.version import VERSION

    if output is None and sys.stdout.isatty():
        raise CliError("A WARC file cannot be shown on a terminal; name a file with --output, such as pages.warc.gz.")
    compressed = output is None or output.suffix == ".gz"
    with whole(output) as out, progress() as bar:
        writer = warc.Writer(out, found.fetch, software=f"newsmill/{VERSION}", name=output.name if output else "", compressed=compressed)
        total = None if bar.disable else pages.count(conn, since)
        with contextlib.closing(pages.export(conn, since)) as found_pages:
            for exported in bar.track(found_pages, total=total, description="exporting"):
                writer.write(exported)
