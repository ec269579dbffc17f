"""Hourly work: make partitions ahead, delete old pages, forget silent workers, requeue links whose robots.txt changed.

A step that fails does not keep the others from running.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import psycopg
import structlog
from psycopg import Connection

from pipeline import outputs
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.articles import boilerplate, changes, pages, stories
from pipeline.store.links import robots_requeue
from pipeline.store.search import daily as search_daily
from pipeline.store.search import months as search_months
from pipeline.store.sources import following

log = structlog.get_logger()

Step = Callable[[Connection, Settings], object]
# Batches of articles that follow their sources in one round, so that the round ends within a minute.
FOLLOWED = 500

STEPS: dict[str, Step] = {
    "months": lambda conn, settings: len(pages.make_partitions(conn)),
    "search_months": lambda conn, settings: len(search_months.make(conn)) + len(search_months.settle(conn)),
    "search_days": lambda conn, settings: search_daily.recount(conn),
    "sources": lambda conn, settings: sum(step.moved for step in islice(following.follow(conn), FOLLOWED)),
    "pages": lambda conn, settings: pages.prune(conn, settings.store.keep_pages_days).pages,
    "bands": lambda conn, settings: stories.prune(conn, settings.stories.window_days),
    "changes": lambda conn, settings: changes.prune(conn, [output.name for output in outputs.configured(settings)]),
    "workers_forgotten": lambda conn, settings: workers.forget_old(conn),
    "site_paragraphs": lambda conn, settings: boilerplate.trim(conn),
    "robots_requeued": lambda conn, settings: robots_requeue.reconsider(conn),
}


def run_housekeeping(conn: Connection, settings: Settings, steps: dict[str, Step] = STEPS) -> None:
    """Run all steps. Raises the first failure after all have run."""
    done: dict[str, object] = {}
    failures: list[psycopg.Error] = []
    for name, step in steps.items():
        try:
            done[name] = step(conn, settings)
        except psycopg.Error as error:
            failures.append(error)
            log.warning("housekeeping", step=name, error=str(error).splitlines()[0])
    log.info("housekeeping", **done)
    if failures:
        raise failures[0]
