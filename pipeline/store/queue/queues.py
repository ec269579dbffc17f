"""The table of queues: their tasks, kind of worker, and what is due in them. Dispatch, workers, status, metrics, checks, `newsmill up` and
the compose tests read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue.

    `tasks` are its Celery tasks, by what they do. `pool` is how a worker runs them, `slots` how many at once: threads wait for the
    network, processes compute. `batch_size` is how many jobs one message may carry. `due` is a query with a row for each due feed or link:
    whether it waits for a message, since when it is due, and whether its host is paused (the caller defines `paused`); empty if no rows
    wait. `lag_warn_s` is the age of the oldest waiting row above which people are warned.
    """

    name: str
    tasks: Mapping[str, str]
    pool: Literal["threads", "prefork"]
    slots: Callable[[Settings], int]
    batch_size: Callable[[Settings], int] = lambda settings: 1
    due: str = ""
    lag_warn_s: float = 0.0


def cores(settings: Settings) -> int:
    """The number of processes of an extract worker: as set, else one for each core that this process may use."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return settings.workers.extract_processes or len(usable)


CONTROL = Queue(
    "control",
    {name: name for name in ("dispatch", "subscriptions", "wake", "housekeeping", "deliver")},
    "threads",
    lambda settings: 2,  # a tick, and a longer task beside it
)
POLL = Queue(
    "poll",
    {"poll": "poll_feed", "hub": "ask_hub", "push": "read_push", "look": "look_for_successor"},
    "threads",
    lambda settings: settings.workers.poll_threads,
    due="""
        SELECT phase = 'idle' AS waits, next_poll_at AS due_at, host_id IN (SELECT id FROM paused) AS paused
        FROM feeds WHERE state = 'active' AND next_poll_at <= now()""",
    lag_warn_s=900.0,
)
FETCH = Queue(
    "fetch",
    {"fetch": "fetch_page"},
    "threads",
    lambda settings: settings.workers.fetch_threads,
    due="""
        SELECT state = 'waiting' AS waits, due_at, host_id IN (SELECT id FROM paused) AS paused
        FROM links WHERE state IN ('waiting', 'dispatched', 'running') AND (state = 'waiting' OR stage = 'fetch') AND due_at <= now()""",
    lag_warn_s=6 * 3600.0,  # a host with many links keeps some of them due for hours, for politeness alone
)
EXTRACT = Queue(
    "extract",
    {"extract": "extract_article"},
    "prefork",
    cores,
    lambda settings: settings.workers.extract_batch,
    due="""
        SELECT state = 'fetched' AS waits, due_at, false AS paused
        FROM links WHERE state IN ('fetched', 'dispatched', 'running') AND (state = 'fetched' OR stage = 'extract') AND due_at <= now()""",
    lag_warn_s=900.0,
)

QUEUES = {queue.name: queue for queue in (CONTROL, POLL, FETCH, EXTRACT)}
# The queues in which feeds and links wait, in the order in which an article passes them.
STAGES = {name: queue for name, queue in QUEUES.items() if queue.due}
TASKS = {what: task for queue in QUEUES.values() for what, task in queue.tasks.items()}
