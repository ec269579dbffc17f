"""`newsmill collections …`: named sets of outlets, for queries with collection:NAME."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from cli.commands.sources.csv_files import FILE, OUTPUT, records, write
from cli.commands.sources.given import checked, collection, source_name
from cli.connection import database, settings
from cli.errors import FAILED, CliError
from cli.output import Column, complain, fields, many, say, say_json, table

app = typer.Typer(
    help="Collections of outlets: list, show, create, add to, remove from, delete, and CSV in and out.", invoke_without_command=True
)

As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Name = Annotated[str, typer.Argument(help="Name of a collection.", metavar="COLLECTION")]
Sources = Annotated[list[str], typer.Argument(help="Sources, for example example.org.", metavar="SOURCE…")]


@app.callback()
def _collections(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json)


@app.command("list")
def listing(as_json: As_json = False) -> None:
    """List collections, with the numbers of their sources and articles."""
    from pipeline.store.sources import collections

    with database(settings()) as conn:
        found = collections.listing(conn)
    if as_json:
        for one in found:
            say_json(one)
        return
    columns = [Column("collection"), Column("sources", number=True), Column("articles", number=True), Column("notes", long=True)]
    rows = ((one.name, f"{one.sources:,}", f"{one.articles:,}", one.notes) for one in found)
    table(columns, rows, empty="There are no collections; `newsmill collections create NAME` makes one.")


@app.command()
def show(name: Name, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show a collection with its sources."""
    from pipeline.store.sources import sources

    with database(settings()) as conn:
        found = collection(conn, name)
        inside = sources.listing(conn, sources.Wanted(collection=found.name))
    if as_json:
        say_json(asdict(found) | {"sources": [one.name for one in inside]})
        return
    fields([("collection", found.name), ("notes", found.notes)])
    columns = [Column("source"), Column("label", long=True), Column("country"), Column("articles", number=True)]
    table(columns, ((one.name, one.label, one.country, f"{one.articles:,}") for one in inside), empty="No source is in it.")


@app.command()
def create(name: Name, notes: Annotated[str, typer.Option(help="What it is for.")] = "") -> None:
    """Create a collection. For example: newsmill collections create "Baltic papers" --notes EU."""
    from pipeline.sources.fields import collection_name
    from pipeline.store.sources import collections

    plain = checked(collection_name, name)
    with database(settings()) as conn:
        if not collections.create(conn, plain, notes):
            raise CliError(f"There is a collection {plain!r} already.")
    say(f"{plain} is made; `newsmill collections add` puts sources into it.")


@app.command()
def add(name: Name, which: Sources) -> None:
    """Add sources to a collection. Example: newsmill collections add "Baltic papers" example.org example.net"""
    from pipeline.store.sources import collections

    wanted = [source_name(text) for text in which]
    with database(settings()) as conn:
        came, unknown = collections.add(conn, collection(conn, name).id, wanted)
    _tell(came, "came to it", unknown)


@app.command()
def remove(name: Name, which: Sources) -> None:
    """Remove sources from a collection. The sources stay; `newsmill collections delete` deletes the collection."""
    from pipeline.store.sources import collections

    wanted = [source_name(text) for text in which]
    with database(settings()) as conn:
        went, unknown = collections.take_out(conn, collection(conn, name).id, wanted)
    _tell(went, "went out of it", unknown)


@app.command()
def delete(name: Name) -> None:
    """Delete a collection. Its sources stay."""
    from pipeline.store.sources import collections

    with database(settings()) as conn:
        found = collection(conn, name)
        collections.delete(conn, found.id)
    say(f"{found.name} is deleted; its {many(found.sources, 'source')} stay.")


@app.command("import")
def import_(file: FILE, as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each line.")] = False) -> None:
    """Add sources to collections from a CSV file with the columns collection and source. Missing collections are created.

    A line that cannot be used is reported with its number, and the rest is added.
    """
    from pipeline.sources import lists
    from pipeline.store.sources import collections

    counts: Counter[str] = Counter()
    read = list(lists.pairs(records(file, ["collection", "source"])))
    with database(settings()) as conn:
        for record, found in read:
            if isinstance(found, str):
                what, detail = "refused", found
            else:
                collections.create(conn, found[0])
                came, unknown = collections.add(conn, collection(conn, found[0]).id, [found[1]])
                what = "refused" if unknown else "new" if came else "known"
                detail = f"there is no source {found[1]}; `newsmill sources add` makes it" if unknown else f"{found[1]} in {found[0]}"
            counts[what] += 1
            if as_json:
                say_json({"line": record.line, "what": what, "detail": detail})
            else:
                (complain if what == "refused" else say)(f"line {record.line}: " + (detail if what == "refused" else f"{what}: {detail}"))
    if not as_json:
        say(f"{counts['new']:,} new, {counts['known']:,} known, {counts['refused']:,} refused")
    if counts["refused"]:
        raise typer.Exit(FAILED)


@app.command("export")
def export(output: OUTPUT = None) -> None:
    """Write which sources are in which collections as CSV, in the form that `newsmill collections import` reads."""
    from pipeline.store.sources import sources

    with database(settings()) as conn:
        found = sources.listing(conn)
    write(output, ["collection", "source"], sorted([name, one.name] for one in found for name in one.collections))


def _tell(done: list[str], what: str, unknown: list[str]) -> None:
    say(f"{many(len(done), 'source')} {what}.")
    for name in unknown:
        complain(f"There is no source {name}; `newsmill sources add {name}` makes it.")
    if unknown:
        raise typer.Exit(FAILED)
