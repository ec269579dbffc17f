"""Retry what failed only because a setting was missing, once it is set."""

from __future__ import annotations

import structlog
from celery import Celery
from psycopg import Connection

from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from workers.messaging.publishing import published

log = structlog.get_logger()

BATCH = 1000  # links in one transaction; their hosts are locked as long
NO_CONTACT = "no_contact"


def ask(app: Celery) -> None:
    """Ask the workers to do it now. If the message cannot be sent, the task of the next minute does it."""
    published(lambda: app.send_task("wake", retry=False), then="it is sent every minute")


def wake(conn: Connection, settings: Settings) -> None:
    """Requeue feeds and links that failed without a contact address, now that there is one."""
    if not settings.fetch.contact:
        return
    polled = feeds.retry(conn, NO_CONTACT, why="fetch.contact is set now")
    which = links.LinkFilter(state="failed", code=NO_CONTACT)
    sent = 0
    while batch := links.retry(conn, which, limit=BATCH):
        sent += batch
    if polled or sent:
        log.info("woken", feeds=polled, links=sent, why="fetch.contact is set now")
