"""`newsmill show` and `newsmill export`: the articles, read and taken out."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import values
from cli.connection import database, settings
from cli.errors import CliError
from cli.output import fields, many, moment, progress, say, say_json, to_json, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.articles import Stored

# Other programs may count on these names and their order.
FIELDS = (
    "id", "url", "final_url", "canonical_url", "url_key", "title", "authors", "published_at", "modified_at", "text", "language", "site_name",
    "summary", "image_url", "tags", "word_count", "content_hash", "story_id", "feed_urls", "fetched_at", "extractor", "flags",
)  # fmt: skip
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def show(
    which: Annotated[str, typer.Argument(help="Number of an article, or its URL.", metavar="ARTICLE|URL")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """One article: its fields and its text."""
    from pipeline.store import articles

    with database(settings()) as conn:
        article = articles.get(conn, int(which) if which.isdigit() else _article_of(conn, which))
    if article is None:
        raise CliError(f"There is no article {which}; `newsmill links --state stored` lists those there are.")
    if as_json:
        say_json(article_json(article) | {"sources": article.sources, "link_id": article.link_id})
        return
    fields(_described(article))
    say()
    say(article.text)


def export(
    format_: Annotated[
        Literal["jsonl", "csv", "opml"], typer.Option("--format", help="jsonl and csv give articles, opml gives the feeds.")
    ] = "jsonl",
    since: Annotated[
        datetime | None,
        typer.Option(
            help="Only articles stored since then: a date such as 2026-11-22, or a length of time such as 7d.",
            parser=values.since,
            metavar="TIME",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write, whole or not at all; else standard output.")] = None,
) -> None:
    """All articles as JSON lines or CSV, or all feeds as OPML."""
    from pipeline.store import articles

    with database(settings()) as conn, _target(output) as out:
        if format_ == "opml":
            out.write(_opml(conn))
            return
        form = as_csv if format_ == "csv" else as_jsonl
        with progress(hidden=output is None and sys.stdout.isatty()) as bar:
            total = None if bar.disable else articles.count(conn, since)
            for text in form(bar.track(articles.export(conn, since), total=total, description="exporting")):
                out.write(text)


commands: dict[str, Callable[..., Any]] = {"show": show, "export": export}


def article_json(article: Stored) -> dict[str, object]:
    """One article as other programs get it."""
    return {name: getattr(article, name) for name in FIELDS}


def as_jsonl(articles: Iterable[Stored]) -> Iterator[str]:
    for article in articles:
        yield to_json(article_json(article)) + "\n"


def as_csv(articles: Iterable[Stored]) -> Iterator[str]:
    """CSV after RFC 4180, a header first. Lists are joined with `; `; what a spreadsheet would run gets a ' before it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(FIELDS)
    for article in articles:
        writer.writerow([cell(value) for value in article_json(article).values()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def cell(value: object) -> object:
    match value:
        case None:
            return ""
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            text = "; ".join(map(str, value))
        case int() | float():
            return value
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _opml(conn: Connection) -> str:
    from pipeline.feeds import opml
    from pipeline.store import feeds

    outlines = [opml.Outline(feed.url, feed.title, feed.site_url, tuple(feed.tags)) for feed in feeds.listing(conn, limit=1_000_000)]
    return opml.write(outlines).decode()


@contextlib.contextmanager
def _target(output: Path | None) -> Iterator[Any]:
    if output is None:
        # Not through the text layer of the terminal's encoding: what is exported is UTF-8 wherever it is made.
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
        try:
            yield out
            out.flush()
        finally:
            out.detach()
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _article_of(conn: Connection, which: str) -> int:
    from pipeline.store import links

    link = links.find(conn, which)
    if link is None:
        raise CliError(f"newsmill has never heard of {url(which)}; `newsmill enqueue` takes it in.")
    if link.article_id is None:
        why = f"{link.state} ({link.code}: {link.detail})" if link.code else link.state
        raise CliError(
            f"There is no article of {url(which)}: the link is {url(why.rstrip('.'))}; `newsmill trace {link.id}` tells the whole story."
        )
    return link.article_id


def _described(article: Stored) -> list[tuple[str, object]]:
    return [
        ("article", article.id),
        ("title", article.title),
        ("authors", "; ".join(article.authors)),
        ("published", moment(article.published_at)),
        ("modified", moment(article.modified_at)),
        ("site", article.site_name),
        ("language", article.language),
        ("length", many(article.word_count, "word")),
        ("tags", "; ".join(article.tags)),
        ("summary", article.summary),
        ("url", url(article.url)),
        ("ended at", url(article.final_url) if article.final_url != article.url else ""),
        ("canonical", url(article.canonical_url) if article.canonical_url not in (article.url, article.final_url) else ""),
        ("image", url(article.image_url)),
        ("feeds", "; ".join(map(url, article.feed_urls))),
        ("fetched", moment(article.fetched_at)),
        ("extractor", article.extractor),
        ("flags", "; ".join(article.flags)),
        ("from", "; ".join(f"{name}: {source}" for name, source in article.sources.items())),
    ]
