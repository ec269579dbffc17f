"""Check what people type for sources and collections, and find the rows that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import WRONG_USAGE, CliError

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.sources.collections import Collection
    from pipeline.store.sources.sources import Source

Collections = Annotated[
    list[str] | None, typer.Option("--collection", help="Put it into this collection, which is made where it is missing. Repeatable.")
]


def checked(check: Callable[[str], str], text: str) -> str:
    """The value in the form in which it is stored. Raises CliError."""
    from pipeline.sources.fields import WrongValue

    try:
        return check(text)
    except WrongValue as wrong:
        raise CliError(f"{wrong}.", WRONG_USAGE) from None


def source_name(text: str) -> str:
    from pipeline.sources.fields import name

    return checked(name, text)


def value_of(field: str, text: str) -> str:
    """The value of a field."""
    from pipeline.sources import fields

    return checked(lambda value: fields.checked(field, value), text)


def named(into: list[str] | None) -> tuple[str, ...]:
    """The names of collections."""
    from pipeline.sources.fields import collection_name

    return tuple(dict.fromkeys(checked(collection_name, name) for name in into or []))


def source(conn: Connection, text: str) -> Source:
    """The source with this name. Raises CliError if there is none."""
    from pipeline.store.sources import sources

    name = source_name(text)
    found = sources.find(conn, name)
    if found is None:
        raise CliError(f"There is no source {name}; `newsmill sources` lists those there are, and `newsmill sources add {name}` makes it.")
    return found


def collection(conn: Connection, name: str) -> Collection:
    """The collection with this name. Raises CliError if there is none."""
    from pipeline.store.sources import collections

    found = collections.find(conn, name)
    if found is None:
        raise CliError(f"There is no collection {name!r}; `newsmill collections` lists those there are.")
    return found
