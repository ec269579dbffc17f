"""`newsmill diff`: show how the text of an article has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import unified_diff
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.output import moment, printable, say, say_json
from cli.record_lookup import Which
from cli.record_lookup import article as one_article

if TYPE_CHECKING:
    from pipeline.store.articles.articles import Revision

CONTEXT = 1  # paragraphs shown around a change


def diff(
    which: Which,
    as_json: Annotated[bool, typer.Option("--json", help="The versions, one JSON object a line, oldest first.")] = False,
) -> None:
    """Show how the text of an article changed from version to version, a paragraph a line."""
    from pipeline.store.articles import articles

    with database(settings()) as conn:
        article = one_article(conn, which)
        versions = articles.versions(conn, article.id)
    if as_json:
        for version in versions:
            say_json(version)
        return
    if len(versions) == 1:
        say(f"the text of article {article.id} has never changed")
    for before, after in pairwise(versions):
        for line in compared(before, after):
            say(printable(line))


commands: dict[str, Callable[..., Any]] = {"diff": diff}


def compared(before: Revision, after: Revision) -> Iterator[str]:
    """A unified diff of two versions, with the titles as first lines."""
    old, new = ([version.title, *version.text.split("\n")] for version in (before, after))
    old_name, new_name = (f"{moment(version.fetched_at)} {version.extractor}" for version in (before, after))
    yield from unified_diff(old, new, old_name, new_name, n=CONTEXT, lineterm="")
