"""`newsmill users …`: manage the people who may sign in to the pages and the API."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, moment, say, say_json, table, when

if TYPE_CHECKING:
    from psycopg import Connection

app = typer.Typer(help="People who may sign in: add, change and remove them.", invoke_without_command=True)

BY_COMMAND = "command line"
Name = Annotated[str, typer.Argument(help="Name of a user: letters, digits and . _ @ -", metavar="NAME")]
Role = Literal["reader", "editor", "admin"]
ROLE_HELP = "reader looks, searches and exports; editor also changes feeds, links and hosts; admin also users."
Password = Annotated[bool, typer.Option("--password", help="Ask for a new password, or read it from standard input.")]
As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def _users(context: typer.Context, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(as_json)


@app.command("list")
def listing(as_json: As_json = False) -> None:
    """List users, their roles, and when they last signed in."""
    from pipeline.store.access import users

    with database(settings()) as conn:
        found = users.listing(conn)
    if as_json:
        for user in found:
            say_json(user)
        return
    columns = [Column("name"), Column("role"), Column("signed in"), Column("sessions", number=True), Column("tokens", number=True)]
    rows = ((user.name, user.role, when(user.signed_in_at), user.sessions, user.tokens) for user in found)
    table([*columns, Column("since")], ((*row, moment(u.created_at)) for row, u in zip(rows, found, strict=True)), empty=NO_USERS)


NO_USERS = (
    "There is no user, so nobody has to sign in and the web process stays on this machine; `newsmill users add NAME --role admin` adds one."
)


@app.command("add")
def add(name: Name, role: Annotated[Role, typer.Option(help=ROLE_HELP)] = "reader") -> None:
    """Add a user. The password is asked for, or read from standard input. From the first user on, everybody has to sign in."""
    from pipeline.access import secrets
    from pipeline.store.access import audit, users

    if not re.fullmatch(r"[A-Za-z0-9._@-]{1,64}", name):
        raise CliError("A name has 1 to 64 letters, digits and . _ @ -, and nothing else.", WRONG_USAGE)
    with database(settings()) as conn:
        if users.find(conn, name):
            raise CliError(f"There is a user {name} already; `newsmill users set {name}` changes them.")
        if role != "admin" and not users.are_there(conn):
            raise CliError(f"The first user has to be an admin: `newsmill users add {name} --role admin`.", WRONG_USAGE)
        users.add(conn, name, role, secrets.hashed(_password()))
        audit.note(conn, BY_COMMAND, "users add", name)
    say(f"{name} may sign in as {role}")


@app.command("set")
def set_(name: Name, role: Annotated[Role | None, typer.Option(help=ROLE_HELP)] = None, password: Password = False) -> None:
    """Change a user's role or password. A new password ends their sessions."""
    from pipeline.access import secrets
    from pipeline.store.access import audit, users

    if role is None and not password:
        raise CliError("Say what to change: --role, or --password.", WRONG_USAGE)
    with database(settings()) as conn:
        if role not in (None, "admin"):
            _keep_an_admin(conn, name)
        kept = secrets.hashed(_password()) if password else None
        if not users.change(conn, name, role=role, password=kept):
            raise CliError(f"There is no user {name!r}; `newsmill users` lists those there are.")
        audit.note(conn, BY_COMMAND, "users set", name)
    say(
        f"{name} is {' and '.join(filter(None, [role, 'has a new password' if password else '']))}"
        if role
        else f"{name} has a new password"
    )


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a user with their sessions and tokens."""
    from pipeline.store.access import audit, users

    with database(settings()) as conn:
        _keep_an_admin(conn, name)
        if not users.remove(conn, name):
            raise CliError(f"There is no user {name!r}; `newsmill users` lists those there are.")
        audit.note(conn, BY_COMMAND, "users remove", name)
        others = users.are_there(conn)
    say(f"removed: {name}" if others else f"removed: {name}. {NO_USERS}")


def _keep_an_admin(conn: Connection, name: str) -> None:
    from pipeline.store.access import users

    if users.is_last_admin(conn, name):
        raise CliError(f"{name} is the only admin; make another one before.")


def _password() -> str:
    """The password: typed twice by a person, or a line of standard input. Raises CliError if it is not acceptable."""
    from pipeline.access import secrets

    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if why := secrets.problem(typed):
        raise CliError(why, WRONG_USAGE)
    return typed
