"""`newsmill import`: add a list of feeds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.errors import FAILED
from cli.local import user_settings
from cli.output import complain, progress, say, say_json, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.feeds.opml import Outline, Problem

# Feeds added in one statement.
BATCH = 500


def import_(
    file: Annotated[str, typer.Argument(help="OPML, CSV or a list of URLs; - is standard input.", metavar="FILE")],
    tag: Annotated[
        list[str] | None, typer.Option(help="Tag for all these feeds, known ones too, in addition to those in the file. Repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each feed and for each line that is not a feed.")] = False,
) -> None:
    """Add the feeds of an OPML file, a CSV file or a list of URLs, with their folders and settings. Known feeds stay unchanged except for --tag."""
    from pipeline.feeds import opml

    outlines, problems = opml.read(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    if not outlines:
        problems = _in_one(problems)
    counts: Counter[str] = Counter()
    found = settings()
    with database(found) as conn, progress() as bar:
        user_settings.remind(found, (outline.url for outline in outlines))
        for outline, (what, number, why) in bar.track(_taken(conn, outlines, tag or []), total=len(outlines), description="importing"):
            counts[what] += 1
            if as_json:
                say_json({"line": outline.line, "url": outline.url, "what": what, "id": number, "detail": why})
            elif number is None:
                complain(f"line {outline.line}: {url(outline.url)}: {url(why)}")
            else:
                say(f"line {outline.line}: {what}: {url(outline.url)} is feed {number}")
    for problem in problems:
        what = "warning" if problem.taken else "refused"
        counts[what] += 1
        if as_json:
            say_json({"line": problem.line, "url": None, "what": what, "id": None, "detail": problem.detail})
        else:
            complain(url(str(problem)))
    if not as_json:
        say(f"{counts['new']:,} new, {counts['known']:,} known, {counts['refused']:,} refused")
    if counts["refused"] or counts["warning"]:
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"import": import_}


def _taken(conn: Connection, outlines: list[Outline], tags: list[str]) -> Iterator[tuple[Outline, tuple[str, int | None, str]]]:
    """The result for each feed of the list: new, known or refused; its id, or why it has none."""
    from pipeline.outcomes import Failure
    from pipeline.store.feeds import feeds

    for some in _batches(outlines):
        with_tags = [replace(outline, tags=tuple(dict.fromkeys([*outline.tags, *tags]))) for outline in some]
        all_added = feeds.add_all(conn, with_tags)
        if tags:
            feeds.add_tags(conn, [added.id for added in all_added if not isinstance(added, Failure) and not added.is_new], tags)
        for outline, added in zip(some, all_added, strict=True):
            if isinstance(added, Failure):
                yield outline, ("refused", None, added.detail)
            else:
                yield outline, ("new" if added.is_new else "known", added.id, "")


def _batches(outlines: list[Outline]) -> Iterator[list[Outline]]:
    yield from (outlines[at : at + BATCH] for at in range(0, len(outlines), BATCH))


def _in_one(problems: Sequence[Problem]) -> list[Problem]:
    """If a file contains no feed at all, replace its many problems by one: it is no list of feeds."""
    if len(problems) < 2:
        return list(problems)
    first = problems[0]
    detail = f"This is no list of feeds: no line names one; {len(problems):,} lines are not addresses, starting with line {first.line}."
    return [replace(first, line=0, detail=detail)]
