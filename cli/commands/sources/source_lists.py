"""`newsmill sources import` and `export`: outlets as CSV, with a report for each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.sources.csv_files import FILE, OUTPUT, records, write
from cli.commands.sources.following import follow
from cli.commands.sources.given import Collections, collection, named
from cli.connection import database, settings
from cli.errors import FAILED
from cli.output import complain, progress, say, say_json

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.sources.table import Record
    from pipeline.store.sources.sources import Given

BATCH = 200  # sources created in one transaction, during which no article is stored


def import_(
    file: FILE,
    into: Collections = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each line.")] = False,
) -> None:
    """Create and change outlets from a CSV file, whose first line names the columns: name, and any of label, homepage, country, region,
    language, media_type, notes, collections (separated by ;).

    The file's values are stored as they are, so an empty cell empties the field; missing columns stay as they are. Sources are added to
    collections and removed from none. A line that cannot be used is reported with its number, and the rest is read.
    """
    from pipeline.sources import lists
    from pipeline.sources.fields import FIELDS
    from pipeline.store.sources.sources import Given

    rows = records(file, ["name"], [*FIELDS, "collections", "articles"])
    read = [(record, found if isinstance(found, str) else Given(*found)) for record, found in lists.sources(rows, named(into))]
    counts: Counter[str] = Counter()
    with database(settings()) as conn:
        for line, name, what, detail in _taken(conn, read, dry_run=dry_run):
            counts[what] += 1
            if as_json:
                say_json({"line": line, "name": name, "what": what, "detail": detail})
            elif what == "refused":
                complain(f"line {line}: {detail}")
            else:
                say(f"line {line}: {what}: {name}" + (f" ({detail})" if detail else ""))
        if not dry_run:
            follow(conn)
    if not as_json:
        done = "would be " if dry_run else ""
        say(f"{done}{counts['new']:,} new, {counts['changed']:,} changed, {counts['known']:,} unchanged, {counts['refused']:,} refused")
    if counts["refused"]:
        raise typer.Exit(FAILED)


def export(
    of_collection: Annotated[str | None, typer.Option("--collection", help="Only those in this collection.")] = None,
    output: OUTPUT = None,
) -> None:
    """Write outlets as CSV, in the form that `newsmill sources import` reads.

    Example: newsmill sources export --output sources.csv
    """
    from pipeline.sources.fields import FIELDS
    from pipeline.store.sources import sources

    with database(settings()) as conn:
        which = sources.Wanted(collection=collection(conn, of_collection).name if of_collection is not None else None)
        found = sources.listing(conn, which)
    rows = ([one.name, *(getattr(one, name) for name in FIELDS), "; ".join(one.collections), one.articles] for one in found)
    write(output, ["name", *FIELDS, "collections", "articles"], rows)


Report = tuple[int, str, str, str]  # line, name, result, what changed or why not


def _taken(conn: Connection, read: list[tuple[Record, Given | str]], *, dry_run: bool) -> Iterator[Report]:
    """The result of each line, in order."""
    from pipeline.store.sources import sources

    lines = iter(read)
    with progress() as bar:
        task = bar.add_task("importing", total=len(read))
        while some := list(islice(lines, BATCH)):
            good = [given for _, given in some if not isinstance(given, str)]
            with conn.transaction(force_rollback=dry_run):
                saved = {one.name: one for one in sources.save(conn, good)}
            for record, given in some:
                bar.advance(task)
                if isinstance(given, str):
                    yield record.line, record.values.get("name", ""), "refused", given
                else:
                    one = saved[given.name]
                    yield record.line, given.name, one.what, ", ".join(one.changes)
