"""A worker that is asked to stop gives back what it had taken in and not begun, so that a restart costs nobody a lease."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psycopg
import redis

from pipeline.normalise.urls import parse
from pipeline.settings import Settings, Workers
from pipeline.store.hosts import hosts
from tests.fetch.server import page, serving
from tests.integration.stack import stack, wait_until
from workers import dispatch

SLOW_S = 3.0
PAGES = 4


def fetched(conn: psycopg.Connection) -> int:
    (count,) = conn.execute("SELECT count(*) FROM links WHERE stage = 'extract'").fetchone() or (0,)
    return int(count)


def test_what_a_stopped_worker_had_not_begun_is_in_the_queue_again(conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    config = settings.model_copy(
        update={"fetch": settings.fetch.model_copy(update={"honour_robots": False}), "workers": Workers(fetch_threads=1)}
    )
    with contextlib.ExitStack() as open_:
        sites = [open_.enter_context(serving({"/": page()})) for _ in range(PAGES)]
        for site in sites:
            site.script["/"] = lambda conn: (time.sleep(SLOW_S), conn.sendall(page()))[1]
        queue = open_.enter_context(redis.Redis.from_url(config.redis_url))
        queue.delete("fetch")
        with stack(config, tmp_path / "first", ("fetch",)) as first:
            hosts.ensure(conn, [parse(site.url("/")).host for site in sites])
            conn.execute("UPDATE hosts SET answered = true")  # hosts that nobody knows would have a part of the slots only
            dispatch.enqueue(conn, [parse(site.url("/")) for site in sites], config)
            wait_until(lambda: any(site.requests for site in sites), 180, "the first page to be asked for", first.tails)
            # It takes in the next one meanwhile, which waits for its thread.
            wait_until(lambda: queue.llen("fetch") < PAGES - 1, 180, "the next one to be taken in", first.tails)
            assert first.stop() == {"fetch": 0}
        assert fetched(conn) + queue.llen("fetch") == PAGES
        assert fetched(conn) >= 1
        with stack(config, tmp_path / "second", ("fetch",)) as second:
            # No control worker runs that could give back what a lease holds.
            wait_until(lambda: fetched(conn) == PAGES, 180, "all pages", second.tails)
        assert [len(site.requests) for site in sites] == [1] * PAGES
        assert conn.execute("SELECT max(fetch_attempts) FROM links").fetchone() == (1,)
