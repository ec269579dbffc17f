"""Send what is due, politely: claim in Postgres, commit, then publish in one batch.

A message that could not be published is only a log line: its row is under a lease and is sent again when that runs out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from psycopg import Connection
from redis.exceptions import RedisError

from pipeline.logs import mask
from pipeline.normalise.urls import Url
from pipeline.settings import Settings
from pipeline.store import claims, files, links, pages, pushes, rechecks, successors, websub
from workers.app import sender

log = structlog.get_logger()

TASKS: dict[claims.Errand, str] = {
    "poll": "poll_feed",
    "fetch": "fetch_page",
    "extract": "extract_article",
    "hub": "ask_hub",
    "push": "read_push",
    "look": "look_for_successor",
}


def tick(app: Celery, conn: Connection, settings: Settings) -> int:
    """One look at everything: give back what was lost, claim what is due, send it. Returns how many messages went out."""
    given_back = claims.give_back_expired(conn, settings)
    if given_back.feeds or given_back.again or given_back.failed:
        log.warning("gave back", feeds=given_back.feeds, links=given_back.again, failed=given_back.failed, why="their leases ran out")
    if settings.fetch.recheck_after_s:
        rechecks.make_due(conn)
    room = claims.room(conn, settings)
    jobs = claims.claim_polls(conn, room["poll"], settings) if room["poll"] else []
    jobs += claims.claim_fetches(conn, room["fetch"], settings) if room["fetch"] else []
    jobs += claims.claim_extracts(conn, room["extract"], settings) if room["extract"] else []
    if room["poll"]:
        jobs += successors.claim(conn, settings.dispatch.lease_dispatched_s)
    if settings.websub.callback_url and room["poll"]:
        websub.give_back_expired(conn)
        jobs += pushes.claim(conn, room["poll"], settings.dispatch.lease_dispatched_s)
        jobs += websub.claim_requests(conn, settings.dispatch.lease_dispatched_s)
    return publish(app, jobs)


def fill_extract(app: Celery, conn: Connection, settings: Settings) -> int:
    """Send fetched pages on. Called by whoever has just brought one or freed a slot, so that extraction does not wait for a tick."""
    return publish(app, claims.refill_extracts(conn, settings))


def enqueue(conn: Connection, urls: Iterable[Url], settings: Settings) -> list[links.Enqueued]:
    """Put URLs first in line by hand, and send at once those whose hosts may be visited now."""
    enqueued = links.enqueue(conn, urls)
    claimed = (claims.claim_link(conn, item.id, settings) for item in enqueued if item.what != "stored")
    publish(sender(settings.redis_url), [job for job in claimed if job is not None])
    return enqueued


def take_file(conn: Connection, page: pages.Page, origin: str, settings: Settings) -> links.Enqueued:
    """Take in a file that was read, and send it to the extraction at once where there is room."""
    taken = files.take(conn, page, origin)
    fill_extract(sender(settings.redis_url), conn, settings)
    return taken


def publish(app: Celery, jobs: list[claims.Job]) -> int:
    """Send one message a job; returns how many went out (all or none)."""
    if not jobs:
        return 0
    try:
        with app.producer_or_acquire() as producer, producer.batch():
            for job in jobs:
                app.send_task(
                    TASKS[job.stage],
                    args=message(job.id, job.dispatch_id),
                    **shown_as(job.url),
                    countdown=job.wait_s or None,
                    producer=producer,
                    retry=False,
                )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("could not publish", messages=len(jobs), error=str(error), then="their leases send them again")
        return 0
    return len(jobs)


def message(id_: int, dispatch_id: UUID) -> tuple[int, str]:
    return id_, str(dispatch_id)


def shown_as(url: str) -> dict[str, Any]:
    """What Flower and the events show in place of the two numbers that a message carries."""
    return {"argsrepr": f"({mask(url)})", "kwargsrepr": "{}"}
