"""`newsmill tokens …`: manage keys for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

import typer

from cli.commands.access.users import BY_COMMAND
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, complain, moment, say, say_json, table, when

app = typer.Typer(help="Keys for programs: make, list and revoke them.", invoke_without_command=True)

As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def _tokens(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json=as_json)


@app.command("list")
def listing(user: Annotated[str | None, typer.Option(help="Only those of this user.")] = None, as_json: As_json = False) -> None:
    """List tokens, what they may do, and when they were last used."""
    from pipeline.store.access import tokens

    with database(settings()) as conn:
        found = tokens.listing(conn, user)
    if as_json:
        for token in found:
            say_json(token)
        return
    columns = [Column("id", number=True), Column("user"), Column("name", long=True), Column("scopes"), Column("used"), Column("good until")]
    rows = (
        (one.id, one.user, one.name, ", ".join(one.scopes), when(one.used_at), moment(one.expires_at) or "it is revoked") for one in found
    )
    table(columns, rows, empty="There is no token; `newsmill tokens add USER NAME --scope read` makes one.")


@app.command("add")
def add(
    user: Annotated[str, typer.Argument(help="User of the token; it may do no more than the user.", metavar="USER")],
    name: Annotated[str, typer.Argument(help="What it is for.", metavar="NAME")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="read: titles, counts, feeds and links. text: whole texts and exports. write: changes. admin: users. Repeatable."
        ),
    ],
    days: Annotated[float | None, typer.Option(min=0.01, max=3650, help="Days until it expires. Default: never.")] = None,
) -> None:
    """Create a token and print it once: it is stored nowhere."""
    from pipeline.access import secrets
    from pipeline.access.scopes import SCOPES, Scope
    from pipeline.store.access import audit, tokens, users

    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise CliError("The name of a token has 1 to 64 characters.", WRONG_USAGE)
    if unknown := [one for one in scope if one not in SCOPES]:
        raise CliError(f"There is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}.", WRONG_USAGE)
    secret = secrets.new_token()
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with database(settings()) as conn:
        if users.find(conn, user) is None:
            raise CliError(f"There is no user {user!r}; `newsmill users` lists those there are.")
        if tokens.add(conn, user, name, cast("list[Scope]", list(dict.fromkeys(scope))), secrets.digest(secret), expires_at) is None:
            raise CliError(f"{user} has a token {name!r} already; `newsmill tokens revoke` takes it away.")
        audit.note(conn, BY_COMMAND, "tokens add", f"{user}: {name}")
    complain("Send it as `Authorization: Bearer TOKEN`. It is not shown again:")
    say(secret)


@app.command("revoke")
def revoke(number: Annotated[int, typer.Argument(min=1, help="Number of a token.", metavar="ID")]) -> None:
    """Revoke a token. It is refused from the next request on."""
    from pipeline.store.access import audit, tokens

    with database(settings()) as conn:
        found = tokens.get(conn, number)
        if found is None:
            raise CliError(f"There is no token {number}; `newsmill tokens` lists those there are.")
        tokens.remove(conn, number)
        audit.note(conn, BY_COMMAND, "tokens revoke", f"{found.user}: {found.name}")
    say(f"revoked: token {number}, {found.name} of {found.user}")
