"""`newsmill outputs …`: the outputs of stored articles, how far each has come, and what it refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli.connection import database, settings
from cli.errors import CliError
from cli.output import Column, many, say, say_json, span, table, when

app = typer.Typer(help="Outputs: how far each has come, what it refused, and how to try again.", invoke_without_command=True)

Name = Annotated[str, typer.Argument(help="Output, for example jsonl.", metavar="NAME")]
As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def _outputs(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json)


@app.command("list")
def listing(as_json: As_json = False) -> None:
    """List outputs: what waits for each, since when, and why an output failed."""
    from pipeline.outputs import configured
    from pipeline.store.outputs import deliveries

    found = settings()
    names = {output.name for output in configured(found)}
    with database(found) as conn:
        states = deliveries.listing(conn)
    if as_json:
        for one in states:
            say_json(asdict(one) | {"configured": one.name in names})
        return
    columns = [Column("output"), Column("waiting", number=True), Column("oldest"), Column("dead", number=True), Column("delivered")]
    rows = [
        (one.name, f"{one.waiting:,}", span(one.oldest_s) if one.waiting else "", one.dead, when(one.delivered_at), _note(one, names))
        for one in states
    ]
    empty = "No output has run yet. " if names else "No output is set up. "
    table([*columns, Column("", long=True)], rows, empty=f"{empty}docs/how-to/articles.md says how, for example with outputs.jsonl_dir.")


@app.command("dead")
def dead(name: Name, limit: Annotated[int, typer.Option(min=1, help="Maximum number of articles.")] = 50, as_json: As_json = False) -> None:
    """List the articles that an output refused, and why."""
    from pipeline.store.outputs import deliveries

    with database(settings()) as conn:
        letters = deliveries.dead(conn, name, limit)
    if as_json:
        for one in letters:
            say_json(one)
        return
    columns = [Column("article", number=True), Column("what"), Column("when"), Column("code"), Column("why", long=True)]
    rows = [(one.article_id, one.what, when(one.at), one.code, one.detail) for one in letters]
    table(columns, rows, empty=f"{name} has refused no article.")


@app.command("retry")
def retry(name: Name) -> None:
    """Try an output again at once, including the articles that it refused. Other outputs get these articles again too."""
    from pipeline.store.outputs import deliveries

    with database(settings()) as conn:
        again = deliveries.retry(conn, name)
    if again is None:
        raise CliError(f"There is no output {name!r}; `newsmill outputs` lists all outputs.")
    say(f"{name} is tried again within seconds" + (f", with {many(again, 'article')} that it had refused." if again else "."))


def _note(one: object, names: set[str]) -> str:
    from pipeline.store.outputs.deliveries import HostHealth

    assert isinstance(one, HostHealth)
    if one.name not in names:
        return "no longer set up"
    if not one.failures:
        return ""
    return f"{one.detail} ({one.code}, {many(one.failures, 'time')}; again in {span(one.retry_s)})"
