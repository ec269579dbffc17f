"""Sends what is due: claim in Postgres, commit, then publish in one batch (`workers/messaging/publishing.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery
from psycopg import Connection

from pipeline.logs import mask
from pipeline.normalise.urls import Url
from pipeline.settings import Settings
from pipeline.store.feeds import successors, websub, websub_pushes
from pipeline.store.hosts import leases
from pipeline.store.links import links, rechecks
from pipeline.store.queue import claims, extract_claims, unsent_claims
from pipeline.store.queue.queues import TASKS
from workers.broker import sender
from workers.messaging.publishing import published

log = structlog.get_logger()

UNSENT_S = 5.0  # by then an idle worker has begun a message that did reach Redis


@dataclass(frozen=True, slots=True)
class Sent:
    """How many jobs were sent, and whether more fetches may be due than there was room for."""

    jobs: int
    more: bool


def tick(app: Celery, conn: Connection, settings: Settings) -> Sent:
    """One tick: give back expired leases, claim what is due, send it."""
    given_back = claims.give_back_expired(conn, settings)
    if given_back.feeds or given_back.again or given_back.failed:
        log.warning("gave back", feeds=given_back.feeds, links=given_back.again, failed=given_back.failed, why="their leases ran out")
    if freed := leases.sweep(conn):
        log.warning("freed hosts", hosts=freed, why="their leases ran out and no job had given them back")
    if settings.fetch.recheck_after_s:
        rechecks.make_due(conn)
    free_slots = claims.free_slots(conn, settings)
    jobs = claims.claim_polls(conn, free_slots["poll"], settings) if free_slots["poll"] else []
    fetches = claims.claim_fetches(conn, free_slots["fetch"], settings) if free_slots["fetch"] else []
    jobs += fetches
    jobs += extract_claims.claim_extracts(conn, free_slots["extract"], settings) if free_slots["extract"] else []
    if free_slots["poll"]:
        jobs += successors.claim(conn, settings.dispatch.lease_dispatched_s)
    if settings.websub.callback_url and free_slots["poll"]:
        websub.give_back_expired(conn)
        jobs += websub_pushes.claim(conn, free_slots["poll"], settings.dispatch.lease_dispatched_s)
        jobs += websub.claim_requests(conn, settings.dispatch.lease_dispatched_s)
    return Sent(_send(app, conn, jobs, settings), _more(fetches, free_slots["fetch"]))


def fill_fetch(app: Celery, conn: Connection, settings: Settings) -> Sent:
    """Send more fetches between two ticks. Otherwise the room in the queue would limit the fetches a second."""
    free_slots = claims.free_slots(conn, settings)["fetch"]
    fetches = claims.claim_fetches(conn, free_slots, settings) if free_slots else []
    return Sent(_send(app, conn, fetches, settings), _more(fetches, free_slots))


def _more(fetches: list[claims.Job], free_slots: int) -> bool:
    return len(fetches) >= free_slots or any(job.short_time for job in fetches)


def fill_extract(app: Celery, conn: Connection, settings: Settings) -> int:
    """Send fetched pages to extraction. Called after a fetch or an extraction, so that extraction does not wait for a tick."""
    return _send(app, conn, extract_claims.refill_extracts(conn, settings), settings)


def enqueue(conn: Connection, urls: Iterable[Url], settings: Settings) -> list[links.Enqueued]:
    """Enqueue URLs by hand, first in line. Fetch at once those whose hosts are free, as far as there is room."""
    enqueued = links.enqueue(conn, urls)
    fetch_now(conn, enqueued, settings)
    return enqueued


def fetch_now(conn: Connection, enqueued: list[links.Enqueued], settings: Settings) -> None:
    """Claim and send. What could not be sent, because Redis refused or the sender was stopped, is given back at once."""
    of = [item.id for item in enqueued if item.what != "stored"]
    free_slots = claims.free_slots(conn, settings)["fetch"] if of else 0
    jobs = claims.claim_fetches(conn, free_slots, settings, of) if free_slots else []
    sent = 0
    try:
        sent = publish(sender(settings.redis_url), jobs, settings)
    finally:
        if jobs and not sent:
            unsent_claims.give_back(conn, jobs)


def extract_now(conn: Connection, settings: Settings) -> None:
    """Send stored documents to extraction, as far as there is room."""
    fill_extract(sender(settings.redis_url), conn, settings)


def _send(app: Celery, conn: Connection, jobs: list[claims.Job], settings: Settings) -> int:
    """Publish. After a failure, shorten the leases, so the jobs are sent soon after Redis takes messages again."""
    sent = publish(app, jobs, settings)
    if jobs and not sent:
        unsent_claims.shorten_leases(conn, jobs, UNSENT_S)
    return sent


def publish(app: Celery, jobs: list[claims.Job], settings: Settings) -> int:
    """Send the jobs. Returns how many were sent: all or none."""
    if not jobs:
        return 0

    def send() -> None:
        with app.producer_or_acquire() as producer, producer.batch():
            for some in messages(jobs, settings.workers.extract_batch):
                app.send_task(
                    TASKS[some[0].stage],
                    args=arguments(some),
                    **shown_as(*(job.url for job in some)),
                    countdown=some[0].wait_s or None,
                    producer=producer,
                    retry=False,
                )

    return len(jobs) if published(send, jobs=len(jobs)) else 0


def messages(jobs: list[claims.Job], most: int) -> Iterator[list[claims.Job]]:
    """The jobs of each message: batches of those that may share one, and the others one by one."""
    yield from ([job] for job in jobs if not job.batchable)
    waiting = [job for job in jobs if job.batchable]
    yield from (waiting[at : at + most] for at in range(0, len(waiting), most))


def arguments(jobs: list[claims.Job]) -> tuple[Any, ...]:
    """What a message carries: the row's number and its claim; for a batch of pages a list of both."""
    pairs = [(job.id, str(job.dispatch_id)) for job in jobs]
    return (pairs,) if jobs[0].stage == "extract" else pairs[0]


def shown_as(*urls: str) -> dict[str, Any]:
    """What Flower and the events show instead of the numbers in a message."""
    return {"argsrepr": f"({' '.join(mask(url) for url in urls)})", "kwargsrepr": "{}"}
