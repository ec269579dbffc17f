"""`newsmill sources …`: outlets, what is known of each, and their articles."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.commands.sources import source_lists
from cli.commands.sources.following import follow
from cli.commands.sources.given import Collections, checked, collection, named, source, source_name, value_of
from cli.connection import database, settings
from cli.errors import CliError
from cli.output import Column, complain, fields, many, say, say_json, table

if TYPE_CHECKING:
    from pipeline.store.sources.sources import Source

app = typer.Typer(help="Outlets: list, show, add, set and remove them, and CSV in and out.", invoke_without_command=True)

As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
One_json = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Name = Annotated[str, typer.Argument(help="Domain, or domain/path, for example example.org/sport.", metavar="SOURCE")]
COLUMNS = [
    Column("source"),
    Column("label", long=True),
    Column("country"),
    Column("language"),
    Column("media type"),
    Column("articles", number=True),
    Column("collections", long=True),
]


@app.callback()
def _sources(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json=as_json)


@app.command("list")
def listing(
    country: Annotated[str | None, typer.Option(help="Code of a country, for example DE; '' for those without.")] = None,
    language: Annotated[str | None, typer.Option(help="Code of a language, for example en; '' for those without.")] = None,
    media_type: Annotated[str | None, typer.Option(help="Media type, for example print; '' for those without.")] = None,
    of_collection: Annotated[str | None, typer.Option("--collection", help="Name of a collection.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of sources.")] = 50,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: As_json = False,
) -> None:
    """List outlets, those with most articles first.

    Example: newsmill sources list --country DE --media-type print
    """
    from pipeline.sources import fields as values
    from pipeline.store.sources import sources

    with database(settings()) as conn:
        which = sources.Wanted(
            country=None if country is None else checked(values.country, country),
            language=None if language is None else checked(values.language, language),
            media_type=None if media_type is None else checked(values.media_type, media_type),
            collection=None if of_collection is None else collection(conn, of_collection).name,
        )
        found = sources.listing(conn, which, limit=None if every else limit)
    if as_json:
        for one in found:
            say_json(one)
        return
    empty = "There are no sources yet; the first article of a site makes one." if which == sources.Wanted() else "No matching sources."
    rows = ((s.name, s.label, s.country, s.language, s.media_type, f"{s.articles:,}", "; ".join(s.collections)) for s in found)
    table(COLUMNS, rows, empty=empty)
    if len(found) == limit and not every:
        complain(f"The first {limit:,}; --all lists all of them.")


@app.command()
def show(which: Name, as_json: One_json = False) -> None:
    """Show everything that is known of one outlet."""
    with database(settings()) as conn:
        found = source(conn, which)
    _print(found, as_json=as_json)


@app.command()
def add(
    which: Annotated[str, typer.Argument(help="Domain, or domain/path, for example example.org/sport.", metavar="SOURCE")],
    given: Annotated[list[str] | None, typer.Argument(help="Fields, such as country=DE media_type=print.", metavar="FIELD=VALUE…")] = None,
    into: Collections = None,
    as_json: One_json = False,
) -> None:
    """Add an outlet. The articles whose addresses fit it best move to it.

    label; homepage: a URL; country: ISO 3166, such as DE; region; language: BCP 47, such as pt-BR; media_type: digital, print, tv,
    radio, agency, blog or other; notes. Example: newsmill sources add example.org/sport label="Example Sport" country=DE
    """
    from pipeline.store.sources import sources

    name = source_name(which)
    one = sources.Given(name, _fields(given or []), named(into))
    with database(settings()) as conn:
        if sources.find(conn, name) is not None:
            raise CliError(f"There is a source {name} already; `newsmill sources set {name} FIELD=VALUE` changes it.")
        sources.save(conn, [one])
        follow(conn)
        _print(source(conn, name), as_json=as_json)


@app.command("set")
def set_(
    which: Name,
    given: Annotated[list[str], typer.Argument(help="Fields, such as country=DE; name gives it another one.", metavar="FIELD=VALUE…")],
    as_json: One_json = False,
) -> None:
    """Change fields of an outlet. An empty value empties the field; name=NEW renames it.

    Example: newsmill sources set example.org label="The Example" language=en notes=
    """
    from pipeline.sources.fields import WrongValue
    from pipeline.store.sources import sources

    pairs = [arguments.setting(text) for text in given]
    new_name = next((source_name(text) for key, text in reversed(pairs) if key == "name"), None)
    values = {key: value_of(key, text) for key, text in pairs if key != "name"}
    with database(settings()) as conn:
        name = source(conn, which).name
        with conn.transaction():
            if values:
                sources.save(conn, [sources.Given(name, values)])
            if new_name is not None and new_name != name:
                try:
                    sources.rename(conn, name, new_name)
                except WrongValue as wrong:
                    raise CliError(f"{wrong}.") from None
                name = new_name
        follow(conn)
        _print(source(conn, name), as_json=as_json)


@app.command()
def remove(which: Name) -> None:
    """Remove an outlet. Its articles move to the next one that fits their addresses; a site with articles keeps an outlet with only its
    name."""
    from pipeline.store.sources import sources

    with database(settings()) as conn:
        found = source(conn, which)
        sources.remove(conn, found.name)
        follow(conn)
        left = sources.find(conn, found.name)
    if left is None:
        say(f"{found.name} is removed.")
    else:
        say(
            f"What was known of {found.name} is removed; the name stays, since {many(left.articles, 'article')} of the site have no other source."
        )


@app.command()
def assign(
    every: Annotated[bool, typer.Option("--all", help="Check all articles, not only those of changed sites.")] = False,
) -> None:
    """Assign articles to the outlets that fit them best, if that was interrupted. It may be stopped at any time."""
    from pipeline.store.sources import following

    with database(settings()) as conn:
        if every:
            following.begin_all(conn)
        moved = follow(conn)
    say(f"{many(moved, 'article')} went to another source." if moved else "All articles are with their sources.")


app.command("import")(source_lists.import_)
app.command("export")(source_lists.export)


def _fields(given: list[str]) -> dict[str, str]:
    return {key: value_of(key, text) for key, text in map(arguments.setting, given)}


def _print(found: Source, *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    shown: dict[str, Any] = asdict(found)
    order = ("name", "label", "homepage", "country", "region", "language", "media_type", "notes")
    pairs = [(name.replace("_", " "), shown[name]) for name in order]
    fields([*pairs, ("collections", "; ".join(found.collections)), ("articles", f"{found.articles:,}")])
