"""`newsmill migrate`: bring the tables of the database up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.connection import database, settings
from cli.output import say


def migrate() -> None:
    """Migrate the tables of the database."""
    from pipeline.store.maintenance.migrate import migrate as bring_up_to_date

    found = settings()
    with database(found):  # explains in a sentence why Postgres cannot be reached
        pass
    applied = bring_up_to_date(found.database_url)
    for name in applied:
        say(f"applied: {name}")
    if not applied:
        say("the tables are up to date")


commands: dict[str, Callable[..., Any]] = {"migrate": migrate}
