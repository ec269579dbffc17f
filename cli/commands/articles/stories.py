"""`newsmill stories`: list articles that are copies of one text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import CliError
from cli.output import Column, moment, say, say_json, table, url, when

COLUMNS = [
    Column("story"),
    Column("articles", number=True),
    Column("sites", number=True),
    Column("first"),
    Column("original", long=True),
    Column("title", long=True),
]
MEMBER_COLUMNS = [
    Column("article"),
    Column("published"),
    Column("alike", number=True),
    Column("title", long=True),
    Column("url", long=True),
]
# The fields that are shown for a story of any size.
MEMBERS = 1000


def stories(
    which: Annotated[
        int | None, typer.Argument(help="Number of a story: its articles, the original first.", metavar="STORY", min=1)
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            help="Only stories that grew since then: a date, or a length of time such as 7d.", parser=arguments.since, metavar="TIME"
        ),
    ] = None,
    least: Annotated[int, typer.Option("--articles", min=2, help="Only stories with at least this many articles.")] = 2,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of stories.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List articles that are copies of one text, across sites. The story that grew last comes first."""
    from pipeline.store.articles import stories as store

    with database(settings()) as conn:
        found = store.listing(conn, since=since, least=least, limit=limit) if which is None else store.of(conn, which, MEMBERS)
    if which is not None and not found:
        raise CliError(f"There is no story {which}; `newsmill stories` lists all stories.")
    if as_json:
        for item in found:
            say_json(item)
        return
    if which is None:
        table(COLUMNS, map(_line, found), empty="No two articles are copies of one text.")
        return
    table(MEMBER_COLUMNS, map(_member, found), empty="")
    say()
    say("The first is the original, as far as newsmill knows. `alike`: how much it has in common with the copy that led to it.")


commands: dict[str, Callable[..., Any]] = {"stories": stories}


def _line(story: Any) -> tuple[object, ...]:
    return f"story {story.id}", story.articles, story.sites, when(story.first_at), url(story.original_url), story.title


def _member(member: Any) -> tuple[object, ...]:
    return f"article {member.article_id}", moment(member.published_at), f"{member.likeness:.0%}", member.title, url(member.url)
