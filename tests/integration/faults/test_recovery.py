"""Whatever is killed or emptied, at any moment: when it is back, every article is stored exactly once and found by its words, with no hand
laid on it."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from cli.local.services import embedded, start_postgres, start_valkey, stop_postgres, stop_valkey
from pipeline.normalise.urls import parse
from pipeline.settings import Dispatch, Fetch, Settings, Workers
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.queue import claims
from pipeline.store.search import checking
from tests.integration.site import Web, web
from tests.integration.stack import Stack, stack, wait_until

ARTICLES = 120
LEASE_S = 12.0
# Two lease times for what was lost, and the time that the work itself takes on a busy machine.
RECOVER_S = 2 * LEASE_S + 180


@dataclass
class World:
    settings: Settings
    site: Web
    stack: Stack
    folder: Path

    def conn(self) -> psycopg.Connection:
        return psycopg.connect(self.settings.database_url, autocommit=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One stack that lives through all of it, as one that is left alone for a month would."""
    folder = tmp_path_factory.mktemp("recovery")
    with embedded(folder, fsync=False) as services, web(hosts=24, delay_s=0.05) as site:
        migrate(services.database_url)
        settings = Settings(
            database_url=services.database_url,
            redis_url=services.redis_url,
            data_dir=folder,
            fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0, deadline_s=5),
            dispatch=Dispatch(lease_dispatched_s=LEASE_S, lease_fetch_s=LEASE_S, lease_extract_s=LEASE_S),
            workers=Workers(heartbeat_s=2),
        )
        with stack(settings, folder / "logs") as running:
            yield World(settings, site, running, folder)


batches = (f"batch{n}" for n in itertools.count())


def begin(world: World) -> list[bytes]:
    """Add feeds with a batch of new articles, and wait until the work on them is in full swing."""
    batch = next(batches)
    urls = world.site.articles(batch, ARTICLES)
    with world.conn() as conn:
        for feed in world.site.feeds(batch, ARTICLES):
            feeds.add(conn, feed)
    keys = [parse(url).key for url in urls]
    wait_until(lambda: _stored(world, keys) >= ARTICLES // 10, 180, "the work to be in full swing", world.stack.tails)
    return keys


def end(world: World, keys: list[bytes], within_s: float = RECOVER_S) -> None:
    """Everything is stored exactly once in time, and search equals the articles."""
    wait_until(lambda: _stored(world, keys) == ARTICLES, within_s, f"{ARTICLES} articles", lambda: _story(world, keys))
    with world.conn() as conn:
        assert conn.execute(
            "SELECT count(*) FROM articles a JOIN links l ON l.id = a.link_id WHERE l.url_key = ANY(%s)", (keys,)
        ).fetchone() == (ARTICLES,)
        (left,) = conn.execute("SELECT count(*) FROM links WHERE state NOT IN ('stored', 'skipped', 'failed')").fetchone() or (1,)
        assert left == 0
        found = checking.check(conn)
        assert (found.wrong, found.rows) == (0, _articles(conn)), found


def kill_and_restart(name: str) -> Callable[[World], None]:
    def disturb(world: World) -> None:
        world.stack.kill(name)
        world.stack.start(name)

    disturb.__name__ = f"kill {name}"
    return disturb


def kill_extract_child(world: World) -> None:
    world.stack.kill_child("extract")


def empty_redis(world: World) -> None:
    for _ in range(2):
        redis.Redis.from_url(world.settings.redis_url).flushall()
        time.sleep(0.7)  # so that messages have come in again


def restart_redis(world: World) -> None:
    stop_valkey(world.folder, "kill")
    time.sleep(1)  # so that the workers meet its absence
    start_valkey(world.folder)


def restart_postgres(world: World) -> None:
    stop_postgres(world.folder, "kill")
    time.sleep(1)  # so that the workers meet its absence
    start_postgres(world.folder, fsync=False)


DISTURBANCES: list[Callable[[World], None]] = [
    kill_extract_child,
    *[kill_and_restart(name) for name in ("fetch", "extract", "poll", "control", "beat")],
    empty_redis,
    restart_redis,
    restart_postgres,
]


@pytest.mark.timeout(1200)
def test_everything_is_stored_exactly_once_after_one_disturbance_upon_the_other(world: World) -> None:
    """Each begins while what the ones before it broke is still being made good."""
    keys = begin(world)
    for disturb in DISTURBANCES:
        disturb(world)
    end(world, keys, 4 * RECOVER_S)  # what is lost twice or three times waits for as many leases
    assert _dead(world) == {}, f"processes that nobody killed have died\n{world.stack.tails()}"


@pytest.mark.slow
@pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda d: d.__name__.replace(" ", "-"))
def test_everything_is_stored_exactly_once_after(disturb: Callable[[World], None], world: World) -> None:
    keys = begin(world)
    disturb(world)
    end(world, keys)
    assert _dead(world) == {}, f"processes that nobody killed have died\n{world.stack.tails()}"


@pytest.mark.slow
def test_two_beats_and_two_of_every_worker_fetch_no_link_twice(world: World) -> None:
    twins = ("beat2", "control2", "poll2", "fetch2")
    world.stack.start_all(twins)
    keys = begin(world)
    end(world, keys)
    for name in twins:
        world.stack.processes[name].send_signal(signal.SIGTERM)
    assert {name: world.stack.processes.pop(name).wait(60) for name in twins} == dict.fromkeys(twins, 0)
    with world.conn() as conn:
        urls = [url for (url,) in conn.execute("SELECT url FROM links WHERE url_key = ANY(%s)", (keys,))]
        doubles = conn.execute("SELECT count(*) FROM pages p JOIN links l ON l.id = p.link_id WHERE url_key = ANY(%s)", (keys,)).fetchone()
    assert {world.site.hits[url] for url in urls} == {1}
    assert doubles == (ARTICLES,)


@pytest.mark.slow
def test_a_paused_stack_goes_on_where_it_was(world: World) -> None:
    """All workers stopped politely in mid-work and started again: nothing is lost, nothing waits for a lease."""
    keys = begin(world)
    codes = world.stack.stop()
    assert set(codes.values()) == {0}, codes
    world.stack.start_all()
    end(world, keys)


def _dead(world: World) -> dict[str, int]:
    """The processes that ended, and how."""
    codes = {name: process.poll() for name, process in world.stack.processes.items()}
    return {name: code for name, code in codes.items() if code is not None}


def _stored(world: World, keys: list[bytes]) -> int:
    try:
        with world.conn() as conn:
            row = conn.execute("SELECT count(*) FROM links WHERE url_key = ANY(%s) AND state = 'stored'", (keys,)).fetchone()
            return row[0] if row else 0
    except psycopg.OperationalError:
        return 0


def _articles(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT count(*) FROM articles").fetchone()
    return row[0] if row else 0


def _story(world: World, keys: list[bytes]) -> str:
    with world.conn() as conn:
        counts = conn.execute("SELECT state, stage, code, count(*) FROM links WHERE url_key = ANY(%s) GROUP BY 1, 2, 3", (keys,)).fetchall()
        rooms = claims.free_slots(conn, world.settings)
        left = links.listing(conn, links.LinkFilter(state="dispatched"), limit=3)
        host = conn.execute("SELECT * FROM hosts WHERE lease_id IS NOT NULL LIMIT 3").fetchall()
    return f"pid {os.getpid()} {counts} room {rooms}\n{left}\n{host}\n{world.stack.tails()}"
