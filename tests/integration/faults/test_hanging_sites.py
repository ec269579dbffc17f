"""Sites that accept a connection and never answer do not keep those waiting that do."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from pipeline.feeds.opml import Outline
from pipeline.normalise.urls import parse
from pipeline.settings import Settings, Workers
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import links
from tests.integration.site import Web, web
from tests.integration.stack import stack, wait_until

HANGING, GOOD, THREADS = 40, 10, 8
# One after the other in these slots they would take HANGING * DEADLINE_S / THREADS = 200 s, and whoever comes after them would wait so long.
DEADLINE_S, WAIT_S = 40.0, 100.0


@pytest.fixture
def hanging() -> Iterator[list[str]]:
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64)) for _ in range(HANGING)]
        yield [f"http://127.0.0.1:{server.getsockname()[1]}" for server in servers]


@pytest.fixture
def small(settings: Settings) -> Settings:
    fetch = settings.fetch.model_copy(update={"deadline_s": DEADLINE_S, "first_byte_s": 2.0})
    return settings.model_copy(update={"fetch": fetch, "workers": Workers(poll_threads=THREADS, fetch_threads=THREADS, heartbeat_s=2)})


def rest(conn: psycopg.Connection) -> None:
    """Time goes by: everything is due again."""
    with conn.transaction():
        conn.execute("UPDATE feeds SET next_poll_at = now() WHERE phase = 'idle'")
        conn.execute("UPDATE links SET due_at = now() WHERE state = 'waiting'")
        ids = [row[0] for row in conn.execute("SELECT id FROM hosts ORDER BY id FOR NO KEY UPDATE")]
        conn.execute("UPDATE hosts SET paused_until = NULL, next_slot_at = now() WHERE lease_id IS NULL")
        hosts.refresh(conn, ids)


def test_feeds_that_answer_are_polled_beside_those_that_hang_also_on_a_second_round(
    small: Settings, conn: psycopg.Connection, tmp_path: Path, hanging: list[str]
) -> None:
    with web(hosts=GOOD) as site, stack(small, tmp_path / "logs", ("beat", "control", "poll")) as running:
        feeds.add_all(conn, [Outline(url) for url in (*(f"{base}/feed.json" for base in hanging), *site.feeds("empty", 0))])
        for number in (1, 2):
            wait_until(_polled(conn, site, number), WAIT_S, f"round {number}", running.tails)
            rest(conn)


def test_pages_that_answer_are_fetched_beside_those_that_hang_also_on_a_second_round(
    small: Settings, conn: psycopg.Connection, tmp_path: Path, hanging: list[str]
) -> None:
    with web(hosts=GOOD) as site, stack(small, tmp_path / "logs", ("beat", "control", "fetch")) as running:
        for batch in ("first", "second"):
            good = site.articles(batch, GOOD)
            links.enqueue(conn, [parse(f"{base}/{batch}.html") for base in hanging])
            links.enqueue(conn, [parse(url) for url in good])
            keys = [parse(url).key for url in good]
            wait_until(lambda keys=keys: _fetched(conn, keys) == GOOD, WAIT_S, f"the {batch} pages", running.tails)  # type: ignore[misc]
            rest(conn)


def _polled(conn: psycopg.Connection, site: Web, rounds: int) -> Callable[[], bool]:
    keys = [parse(url).key for url in site.feeds("empty", 0)]

    def done() -> bool:
        query = "SELECT count(*) FROM feeds f WHERE url_key = ANY(%s) AND (SELECT count(*) FROM polls WHERE feed_id = f.id) >= %s"
        row = conn.execute(query, (keys, rounds)).fetchone()
        return row == (GOOD,)

    return done


def _fetched(conn: psycopg.Connection, keys: list[bytes]) -> int:
    row = conn.execute("SELECT count(*) FROM links WHERE url_key = ANY(%s) AND stage = 'extract'", (keys,)).fetchone()
    return row[0] if row else 0
