"""`newsmill articles`: list articles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.articles import chosen
from cli.connection import database, settings
from cli.output import Column, moment, printable, say, say_json, table, when

if TYPE_CHECKING:
    from pipeline.store.articles.article_lists import Listed

COLUMNS = [
    Column("article"),
    Column("link"),
    Column("published"),
    Column("stored"),
    Column("language"),
    Column("site"),
    Column("title", long=True),
]


def articles(
    feed: chosen.Feed = None,
    site: chosen.Site = None,
    language: chosen.Language = None,
    tag: chosen.Tag = None,
    published_since: chosen.PublishedSince = None,
    published_before: chosen.PublishedBefore = None,
    stored_since: chosen.StoredSince = None,
    stored_before: chosen.StoredBefore = None,
    flag: chosen.Flag = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of articles.")] = 50,
    every: Annotated[bool, typer.Option("--all", help="All articles, as they are read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List articles by feed, site, language, time, tag or flag; the last stored come first. `newsmill show article NUMBER` shows one."""
    from pipeline.store.articles import article_lists as store

    with database(settings()) as conn:
        which = chosen.wanted(conn, feed, site, language, tag, published_since, published_before, stored_since, stored_before, flag)
        with closing(store.listing(conn, which, limit=None if every else limit)) as found:
            if as_json:
                for one in found:
                    say_json(one)
            elif every:
                for one in found:
                    say("\t".join(printable(cell) for cell in _row(one, moment)))
            else:
                table(COLUMNS, (_row(one, when) for one in found), empty="No matching articles.")


commands: dict[str, Callable[..., Any]] = {"articles": articles}


def _row(one: Listed, time: Callable[[datetime | None], str]) -> tuple[str, ...]:
    published = (
        one.published_local[:16].replace("T", " ")
        if one.published_local
        else ""
        if one.published_at is None
        else f"{one.published_at:%Y-%m-%d}"
        if one.published_precision == "day"
        else f"{one.published_at:%Y-%m-%d %H:%M}"
    )
    return f"article {one.id}", f"link {one.link_id}", published, time(one.created_at), one.language or "", one.host, one.title
