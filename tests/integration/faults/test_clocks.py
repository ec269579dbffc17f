"""Workers whose wall clocks are days off: nothing waits for them, nothing is kept too long, no gap is cut short."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import psycopg

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.hosts import leases
from pipeline.store.links import links
from tests.integration.site import LATE_S, web
from tests.integration.stack import stack, wait_until

DAY_S = 86_400.0
GAP_S = 1.0


def test_workers_whose_clocks_are_days_off_do_all_the_work_politely(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    """To a worker that is ahead each countdown is over at once, to one that is behind it would last for days."""
    polite = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": GAP_S, "latency_factor": 0.0})})
    skew_s = {"beat": -3 * DAY_S, "poll": 2 * DAY_S, "fetch": 2 * DAY_S, "fetch2": -2 * DAY_S, "extract": 2 * DAY_S}
    with web(hosts=5) as site:
        urls = site.articles("skewed", 20)
        for feed in site.feeds("listed", 10):
            feeds.add(conn, feed)
        links.enqueue(conn, [parse(url) for url in urls])
        with stack(polite, tmp_path / "logs", ("control", *skew_s), skew_s) as running:
            wait_until(lambda: _count(conn, "links WHERE state = 'stored'") == 30, 120, "30 articles", running.tails)
        gaps = [later - earlier for asked in site.asked.values() for earlier, later in pairwise(asked)]
    assert min(gaps) >= GAP_S - LATE_S
    assert _count(conn, "hosts WHERE robots_until > now() + interval '1 day' OR robots_until < now()") == 0
    assert _count(conn, "feeds WHERE next_poll_at > now() + interval '1 day' OR last_polled_at > now()") == 0
    assert _count(conn, "attempts WHERE number > 1 OR outcome = 'lost'") == 0, "nobody waited for a lease"
    assert leases.without_job(conn) == 0


def _count(conn: psycopg.Connection, what: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM {what}").fetchone()  # type: ignore[arg-type]
    return row[0] if row else 0
