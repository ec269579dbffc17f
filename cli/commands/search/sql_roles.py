"""`newsmill sql-role …`: roles for people who query with SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, fields, say, say_json, span, table

if TYPE_CHECKING:
    from psycopg import Connection

app = typer.Typer(help="Roles that read the archive with SQL, and nothing else: list, add, remove.", invoke_without_command=True)

TIMEOUT_S = 60  # most queries take a second; longer ones are deliberate

As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Name = Annotated[str, typer.Argument(help="Role, for example analyst.", metavar="NAME")]


@app.callback()
def _roles(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json)


@app.command("list")
def listing(as_json: As_json = False) -> None:
    """List the roles."""
    from pipeline.store.maintenance import sql_roles

    with database(settings()) as conn:
        found = sql_roles.listing(conn)
    if as_json:
        for one in found:
            say_json(one)
        return
    columns = [Column("role"), Column("a statement takes at most"), Column("connections at a time", number=True)]
    rows = ((one.name, span(one.timeout_s), one.connections) for one in found)
    table(columns, rows, empty="There are no roles for SQL; `newsmill sql-role add NAME` makes one.")


@app.command()
def add(
    name: Name,
    timeout: Annotated[
        float | None,
        typer.Option(help="Time after which a statement is ended, such as 5m; 60s by itself.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    connections: Annotated[int, typer.Option(min=1, max=100, help="Connections at a time.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Create a role that may read the views of the archive with SQL. Its password is printed once; the same command sets a new one.

    Example: newsmill sql-role add analyst --timeout 5m
    """
    from pipeline.store.maintenance import sql_roles

    if timeout is not None and timeout < 1:
        raise CliError("--timeout is at least 1s.", WRONG_USAGE)
    role = sql_roles.Role(name, TIMEOUT_S if timeout is None else round(timeout), connections)
    with database(settings()) as conn:
        try:
            password = sql_roles.add(conn, role)
        except sql_roles.Refused as refused:
            raise CliError(f"The role cannot be made: {refused}.") from None
        address = _address(conn, name, password)
    if as_json:
        say_json(asdict(role) | {"password": password, "url": address})
        return
    fields([("role", name), ("password", password), ("connect with", f"psql '{address}'")])
    say("The password is told this once. docs/how-to/ask-with-sql.md has the views and examples.")


@app.command()
def remove(name: Name) -> None:
    """Delete a role. Its connections end."""
    from pipeline.store.maintenance import sql_roles

    with database(settings()) as conn:
        try:
            gone = sql_roles.remove(conn, name)
        except sql_roles.Refused as refused:
            raise CliError(f"The role cannot be removed: {refused}.") from None
    if not gone:
        raise CliError(f"There is no role {name} that newsmill has made; `newsmill sql-role` lists those there are.")
    say(f"{name} is removed.")


def _address(conn: Connection, name: str, password: str) -> str:
    """The address for the role, with the host and port that newsmill uses."""
    from urllib.parse import quote

    host = conn.info.host
    place = f"[{host}]" if ":" in host else host
    if host.startswith("/"):
        return f"postgresql://{name}:{password}@/{quote(conn.info.dbname)}?host={quote(host)}&port={conn.info.port}"
    return f"postgresql://{name}:{password}@{place}:{conn.info.port}/{quote(conn.info.dbname)}"
