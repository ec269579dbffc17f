"""Retry what failed: links in batches, and with a code also the feeds that failed with it."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.store.feeds import feeds
from pipeline.store.links import links
from pipeline.store.links.links import LinkFilter

BATCH = 10_000  # links in one transaction: it holds their rows for some tenths of a second


@dataclass(frozen=True, slots=True)
class Retried:
    links: int
    feeds: int


def retry(conn: Connection, which: LinkFilter) -> Retried:
    """Retry the selected links from the first attempt, whatever their number. If a code is given and no age, poll the feeds that failed with
    that code too. Returns how many of each."""
    sent = BATCH
    total = 0
    while sent == BATCH:
        sent = links.retry(conn, which, limit=BATCH)
        total += sent
    by_code = which.code if which.older_than_s is None else None
    return Retried(total, feeds.retry(conn, by_code, host=which.host, feed_id=which.feed_id) if by_code else 0)
