"""Feeds in a real database that are claimed, polled and ended as the workers do it, without Celery; time is made to pass in the rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool
from pipeline.store.queue import claims
from tests import clock
from workers.context import Context
from workers.steps import polls


@dataclass
class Poller:
    conn: psycopg.Connection
    ctx: Context

    def claim(self, count: int = 100) -> list[claims.Job]:
        return claims.claim_polls(self.conn, count, self.ctx.settings)

    def run(self, job: claims.Job) -> str:
        """Work on a message as a poll worker does. Returns the code that the poll ended in, '' where it went well."""
        try:
            polls.poll(self.ctx, job.id, job.dispatch_id, "w@test")
        except Failure as failure:
            return failure.code
        return ""

    def due(self) -> list[str]:
        """Poll what is due now, one feed a host; the codes."""
        return [self.run(job) for job in self.claim()]

    def skip(self, seconds: float) -> None:
        """Let time go by."""
        clock.skip(self.conn, seconds)

    def poll_next(self) -> list[str]:
        """Let time go by until the next feed is due, and poll it."""
        self.skip(self.one("SELECT greatest(0, extract(epoch FROM min(next_poll_at) - now()) + 0.001) FROM feeds WHERE state = 'active'"))
        return self.due()

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        row = self.conn.execute(query, values).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def row(self, query: str, *values: object) -> Any:
        return self.conn.execute(query, values).fetchone()  # type: ignore[arg-type]

    def wait_s(self, feed_id: int) -> float:
        """Seconds until the feed is due, by the clock of the database."""
        return float(self.one("SELECT extract(epoch FROM next_poll_at - now()) FROM feeds WHERE id = %s", feed_id))


@contextmanager
def poller(settings: Settings, conn: psycopg.Connection) -> Iterator[Poller]:
    client, pool = Client(settings.fetch), open_pool(settings)
    try:
        yield Poller(conn, Context(settings, pool, client))
    finally:
        pool.close()
        client.close()
