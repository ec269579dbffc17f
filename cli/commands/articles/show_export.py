"""`newsmill show` and `newsmill export`: articles, feeds and pages, read and taken out."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import complain, fields, many, moment, printable, progress, say, say_json, to_json, url
from cli.record_lookup import Which
from cli.record_lookup import article as one_article

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings
    from pipeline.store.articles.fields import Stored

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection): also behind quotes, separators,
# blanks and marks that are not seen, of whatever kind. Cells that begin with one of the second line are cut up by some.
FORMULA = (*"=+-@|＝＋－＠", "DDE (")
BREAKS = ("\t", "\r", "\n", "\0")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"))  # categories of Unicode


def show(
    which: Which,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The text alone, as Markdown.")] = False,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="List what was left out of the text as the site's boilerplate, one line each.")
    ] = False,
) -> None:
    """Show one article, fields and text. For a link, its article is shown."""
    with database(settings()) as conn:
        article = one_article(conn, which)
    if as_json:
        say_json(article)
        return
    if markdown:
        say(article.markdown or article.text)
        return
    if dropped:
        for line in article.dropped:
            say(printable(line["text"]))
        return
    fields(_described(article))
    say()
    say(article.text)


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
        raise CliError("A WARC file is not for the terminal; name a file with --output, such as pages.warc.gz.")
    if exclude_reserved and format_ not in ("jsonl", "csv"):
        raise CliError("--exclude-reserved is for articles; use it with --format jsonl or csv.", WRONG_USAGE)
    found = settings()
    with database(found) as conn, _target(output) as out:
        if format_ == "warc":
            _warc(conn, found, out, since, output)
            return
        # UTF-8 wherever it is made, whatever the terminal's encoding is.
        text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        try:
            if format_ == "opml":
                text.write(_opml(conn))
            else:
                form = as_csv if format_ == "csv" else as_jsonl
                hidden = output is None and sys.stdout.isatty()
                _articles(conn, text, form, since, exclude_reserved=exclude_reserved, hidden=hidden)
        finally:
            text.detach()  # written out, but not closed


commands: dict[str, Callable[..., Any]] = {"show": show, "export": export}


def as_jsonl(articles: Iterable[Stored]) -> Iterator[str]:
    from pipeline.store.articles.fields import as_json

    for article in articles:
        yield to_json(as_json(article)) + "\n"


def as_csv(articles: Iterable[Stored]) -> Iterator[str]:
    """CSV after RFC 4180, a header first. Lists are joined with `; `; what a spreadsheet would run gets a ' before it."""
    from pipeline.store.articles.fields import FIELDS, as_json

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)  # also what another separator would take apart
    csv.writer(buffer).writerow(field.name for field in FIELDS)
    for article in articles:
        writer.writerow([cell(value) for value in as_json(article).values()])
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
            text = "; ".join(_one(item) for item in value)
        case dict():
            text = "; ".join(f"{name}: {item}" for name, item in value.items())
        case int() | float():
            return value
        case _:
            text = str(value)
    runs = text.startswith(BREAKS) or text[_seen_from(text) :].startswith(FORMULA)
    return ("'" if runs else "") + printable(text, lines=True)


def _one(item: object) -> str:
    """An item of a list: of a reservation its name and value, of a paragraph that was left out its text."""
    return str(item if not isinstance(item, dict) else f"{item['name']}: {item['value']}" if "name" in item else item["text"])


def _seen_from(text: str) -> int:
    """Where that begins which a spreadsheet may look at first."""
    return next((at for at, letter in enumerate(text) if letter not in '";,' and unicodedata.category(letter) not in UNSEEN), len(text))


def _opml(conn: Connection) -> str:
    from pipeline.feeds import opml
    from pipeline.store.feeds import feeds

    outlines = list(feeds.outlines(conn))
    if secret := sum(bool(outline.options.headers) for outline in outlines):
        complain(f"The list holds the request headers of {many(secret, 'feed')}, which may be secrets; keep it to yourself.")
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


def _described(article: Stored) -> list[tuple[str, object]]:
    """Labels and values: those of the table of fields, and what `show` says in a way of its own."""
    from pipeline.store.articles.fields import SHOWN

    own: dict[str, str] = {
        "published_at": _dated(article.published_at, article.published_precision, article.published_local),
        "modified_at": _dated(article.modified_at, article.modified_precision, article.modified_local),
        "original_publisher": " ".join(part for part in (article.original_publisher, url(article.original_url)) if part),
        "canonical_url": url(article.canonical_url) if article.canonical_url not in (article.url, article.final_url) else "",
        "image_url": url(article.image_url) + (f" ({article.image_width} × {article.image_height})" if article.image_width else ""),
        "licence": url(article.licence),
    }
    return [
        ("article", article.id),
        ("link", f"{article.link_id} (`newsmill trace link {article.link_id}`)"),
        *((field.column.shown, own[field.name] if field.name in own else _said(getattr(article, field.name))) for field in SHOWN),
        ("story", _story(article)),
        ("length", many(article.word_count, "word")),
        ("url", url(article.url)),
        ("ended at", url(article.final_url) if article.final_url != article.url else ""),
        ("feeds", "; ".join(map(url, article.feed_urls))),
        ("fetched", moment(article.fetched_at)),
        ("extractor", article.extractor),
        ("left out", f"{many(len(article.dropped), 'paragraph')} of the site; --dropped shows them" if article.dropped else ""),
        ("flags", "; ".join(article.flags)),
        ("from", "; ".join(f"{name}: {source}" for name, source in article.sources.items())),
    ]


def _said(value: object) -> object:
    return "; ".join(value) if isinstance(value, list) else value


def _story(article: Stored) -> str:
    if article.story_id is None:
        return ""
    copy = "the original" if article.duplicate_of is None else f"a copy of article {article.duplicate_of}"
    return f"{article.story_id}, {copy}; `newsmill stories {article.story_id}` lists all"


def _dated(at: datetime | None, precision: str, local: str) -> str:
    """A moment with what is known of it, by the publisher's clock where that is known: a day is not shown as a midnight."""
    if local:
        return local.replace("T", " ")
    if at is None or precision != "day":
        return f"{moment(at)} (no zone stated, UTC assumed)" if at and precision == "zone_assumed" else moment(at)
    return f"{at:%Y-%m-%d}"
