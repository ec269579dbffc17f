"""Reassign articles to their sources, with a progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import progress

if TYPE_CHECKING:
    from psycopg import Connection


def follow(conn: Connection) -> int:
    """Reassign the articles of changed sites to their sources. Returns how many moved. If interrupted, the next command or the hourly
    housekeeping continues."""
    from pipeline.store.sources import following

    moved = 0
    with progress() as bar:
        task = bar.add_task("giving articles to their sources", total=None if bar.disable else following.waiting(conn))
        for step in following.follow(conn):
            moved += step.moved
            bar.advance(task, step.looked)
    return moved
