"""A feed that is polled against a scripted server through the real step and the real store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery.exceptions import Retry
from psycopg import Connection

from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.db.pool import connect, open_pool
from pipeline.store.feeds import feeds
from pipeline.store.queue import claims, extract_claims
from tests.held import FREE
from workers import dispatch, tasks
from workers.context import Context
from workers.steps import polls


class Kept:
    """`poll` polls a feed now, whenever it is due."""

    def __init__(self, ctx: Context, conn: Connection) -> None:
        self.ctx, self.conn = ctx, conn

    def add(self, url: str, **more: Any) -> int:
        number, is_new = feeds.add(self.conn, url, **more)
        assert is_new
        return number

    def poll(self, feed_id: int) -> list[int]:
        """The ids of the links that came in and wait."""
        self.conn.execute("UPDATE feeds SET next_poll_at = now() WHERE id = %s", (feed_id,))
        self.conn.execute("UPDATE feeds SET next_poll_at = now() + interval '1 day' WHERE id <> %s", (feed_id,))
        self.conn.execute(f"UPDATE hosts SET {FREE}, last_step = NULL, next_slot_at = now(), paused_until = NULL, feed_due_at = now()")
        (job,) = (one for one in claims.claim_polls(self.conn, 50, self.ctx.settings) if one.id == feed_id)
        (last,) = self.conn.execute("SELECT coalesce(max(id), 0) FROM links").fetchone() or (0,)
        with contextlib.suppress(Failure):
            polls.poll(self.ctx, job.id, job.dispatch_id, "w")
        return [row[0] for row in self.rows("SELECT id FROM links WHERE id > %s AND state <> 'skipped' ORDER BY id", last)]

    def ingest(self) -> None:
        """Fetch and extract everything that waits, with the tasks themselves, until nothing does."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tasks, "context", lambda: self.ctx)
            patch.setattr(dispatch, "publish", lambda *_: 0)
            for _ in range(100):
                self.conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now(), paused_until = NULL, link_due_at = now()")
                jobs = claims.claim_fetches(self.conn, 10, self.ctx.settings)
                extract_claims.claim_extracts(self.conn, 10, self.ctx.settings)
                if not jobs and not self.rows("SELECT 1 FROM links WHERE state = 'dispatched'"):
                    return
                for id_, stage, claim in self.rows("SELECT id, stage, dispatch_id::text FROM links WHERE state = 'dispatched'"):
                    with contextlib.suppress(Failure, Retry):
                        if stage == "fetch":
                            tasks.fetch_page.run(id_, claim)
                        else:
                            tasks.extract_article.run([(id_, claim)])
                self.conn.execute("UPDATE links SET state = 'failed' WHERE state = 'waiting' AND fetch_attempts > 0")
            pytest.fail("it never ends")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.conn.execute(query, values).fetchall()

    def urls(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT url FROM links ORDER BY id")]

    def feed(self, feed_id: int) -> feeds.Feed:
        found = feeds.find(self.conn, str(feed_id))
        assert found
        return found


@contextmanager
def kept(settings: Settings) -> Iterator[Kept]:
    client = Client(settings.fetch)
    with open_pool(settings) as pool, connect(settings) as conn:
        yield Kept(Context(settings, pool, client), conn)
    client.close()
