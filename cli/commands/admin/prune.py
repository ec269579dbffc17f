"""`newsmill prune`: delete old pages now, instead of waiting for the hourly housekeeping, or with another age."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.connection import database, settings
from cli.output import many, say, size

if TYPE_CHECKING:
    from pipeline.store.articles.pages import Pruned

DAY_S = 86_400


def prune(
    older_than: Annotated[
        float | None,
        typer.Option(
            help="Delete pages older than this, such as 90d. Default: the setting store.keep_pages_days.",
            parser=arguments.seconds,
            metavar="SPAN",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
) -> None:
    """Delete fetched pages that are older than the setting. Articles, links and sightings stay."""
    from pipeline.store.articles import pages

    found = settings()
    days = found.store.keep_pages_days if older_than is None else older_than / DAY_S
    with database(found) as conn:
        pruned = pages.prune(conn, days, dry_run=dry_run)
    for line in as_sentences(pruned, dry_run=dry_run):
        say(line)


commands: dict[str, Callable[..., Any]] = {"prune": prune}


def as_sentences(pruned: Pruned, *, dry_run: bool) -> list[str]:
    """What was deleted, or would be, one sentence a line."""
    verb = "would go" if dry_run else "gone"
    lines = [f"{verb}: {many(pruned.pages, 'page')}, {size(pruned.size)}"]
    if pruned.months:
        lines[0] += f"; whole months: {', '.join(name.removeprefix('pages_').replace('_', '-') for name in pruned.months)}"
    if pruned.kept:
        lines.append(f"kept: {many(pruned.kept, 'page')} that {'waits' if pruned.kept == 1 else 'wait'} for extraction")
    for name in pruned.busy:
        month = name.removeprefix("pages_").replace("_", "-")
        lines.append(f"kept: the month {month}, because another process uses it now, such as an export; prune again later")
    return lines
