"""A Redis that answers and takes no writes: nothing is lost, nothing raises, every check says so, and all goes on by itself afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from celery import Celery, Task
from fastapi.testclient import TestClient

from cli.local.services import embedded
from pipeline.normalise.urls import parse
from pipeline.settings import Dispatch, Settings, Workers
from pipeline.store.feeds.feeds import add as add_feed
from pipeline.store.links import links
from tests.integration.refusing import REASONS, Reason, refusing
from tests.integration.site import web
from tests.integration.stack import stack, wait_until
from web.app import create_app
from workers import dispatch
from workers.broker import celery_settings, sender
from workers.checks import examine, stopping
from workers.checks.facts import gather
from workers.messaging.publishing import published

BASE = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded(tmp_path_factory.mktemp("valkey"), postgres=False) as services:
        yield services.redis_url


@pytest.fixture
def config(settings: Settings, own_redis: str) -> Settings:
    return settings.model_copy(update={"redis_url": own_redis})


@pytest.mark.parametrize("reason", REASONS)
def test_what_was_not_sent_stays_under_its_lease(conn: psycopg.Connection, config: Settings, reason: Reason) -> None:
    links.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in (1001, 1002)])
    app = sender(config.redis_url)
    dispatch.tick(app, conn, config)  # so that a channel to Redis is open
    links.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in (1003, 1004)])
    with refusing(config.redis_url, reason):
        assert dispatch.tick(app, conn, config).jobs == 0
    left = (
        "SELECT count(*) FILTER (WHERE lease_until > now() + interval '1 minute'), count(*) FILTER (WHERE lease_until > now()) FROM links"
    )
    assert conn.execute(left + " WHERE state = 'dispatched'").fetchone() == (2, 4)  # the unsent ones are under a short lease


def test_feeds_and_pages_that_were_not_sent_go_out_soon_after(conn: psycopg.Connection, config: Settings) -> None:
    add_feed(conn, "http://127.0.0.1:1008/feed")
    links.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in (1009, 1010)])
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract' WHERE url LIKE '%1009%'")
    app = sender(config.redis_url)
    with refusing(config.redis_url):
        assert dispatch.tick(app, conn, config).jobs == 0
    wait_until(lambda: dispatch.tick(app, conn, config).jobs == 3, dispatch.UNSENT_S + 180, "all three to be sent")


@pytest.mark.parametrize("reason", REASONS)
def test_urls_are_taken_in_while_redis_refuses_messages(conn: psycopg.Connection, config: Settings, reason: Reason) -> None:
    with TestClient(create_app(config), base_url=BASE) as client, refusing(config.redis_url, reason):
        answer = client.post("/api/v1/enqueue", json={"urls": ["http://127.0.0.1:1005/a", "http://127.0.0.1:1006/b"]})
    assert answer.status_code == 200
    assert [result["what"] for result in answer.json()["results"]] == ["new", "new"]
    assert conn.execute("SELECT count(*) FROM links").fetchone() == (2,)


@pytest.mark.parametrize(("reason", "remedy"), [("memory", "raise maxmemory"), ("replica", "REPLICAOF NO ONE")])
def test_every_check_says_that_redis_refuses_and_what_to_do(
    conn: psycopg.Connection, config: Settings, reason: Reason, remedy: str
) -> None:
    links.enqueue(conn, [parse("http://127.0.0.1:1007/story")])

    def refused() -> dict[str, str]:
        return {check.name: check.advice for check in stopping(list(examine(gather(config)))) if check.name.startswith("redis")}

    with TestClient(create_app(config), base_url=BASE) as client:
        assert refused() == {}
        assert "newsmill_redis_up 1.0" in client.get("/metrics").text
        with refusing(config.redis_url, reason):
            assert remedy in refused()["redis writes"]
            ready = client.get("/readyz")
            assert ready.status_code == 503
            assert any(problem.startswith("redis writes: it refuses them") for problem in ready.json()["problems"])
            metrics = client.get("/metrics").text
            assert "newsmill_redis_up 0.0" in metrics
            assert 'newsmill_check{check="redis writes"} 2.0' in metrics
            assert "redis writes: it refuses them" in client.get("/").text
        assert refused() == {}


def test_a_retry_that_cannot_be_sent_is_left_to_its_lease(config: Settings) -> None:
    """Celery publishes this one itself, from within the task."""

    def probe(self: Task[Any, None], link_id: int, claim: str) -> None: ...

    app = Celery("probe", broker=config.redis_url, set_as_current=False)
    app.conf.update(celery_settings())
    task = app.task(bind=True, name="fetch_page", max_retries=None)(probe)
    task.push_request(args=[1, "claim"], kwargs={}, called_directly=False, id=str(uuid4()), retries=0)

    def retry() -> bool:
        return published(lambda: task.retry(countdown=30, throw=False))

    assert retry()
    with refusing(config.redis_url):
        assert not retry()


def test_a_running_stack_outlives_it_and_stores_everything(conn: psycopg.Connection, config: Settings, tmp_path: Path) -> None:
    lease = 6.0
    quick = config.model_copy(
        update={
            "dispatch": Dispatch(lease_dispatched_s=lease, lease_fetch_s=lease, lease_extract_s=lease),
            "workers": Workers(heartbeat_s=2, extract_processes=1),
        }
    )

    def refused() -> int:
        return (tmp_path / "logs" / "beat.log").read_text().count("could not publish")

    def stored() -> int:
        (count,) = conn.execute("SELECT count(*) FROM links WHERE state = 'stored'").fetchone() or (0,)
        return int(count)

    with web(hosts=8, delay_s=0.05) as site, stack(quick, tmp_path / "logs") as running:
        for number, reason in enumerate(REASONS, 1):
            first, second = site.articles(f"before-{reason}", 16), site.articles(f"while-{reason}", 16)
            dispatch.enqueue(conn, [parse(url) for url in first], quick)
            before = refused()
            with refusing(config.redis_url, reason):
                dispatch.enqueue(conn, [parse(url) for url in second], quick)
                wait_until(lambda before=before: refused() > before, 180, f"beat to be refused: {reason}", running.tails)  # type: ignore[misc]
            wait_until(lambda number=number: stored() == 32 * number, 240, f"all to be stored: {reason}", running.tails)  # type: ignore[misc]
        codes = {name: process.poll() for name, process in running.processes.items()}
    assert codes == dict.fromkeys(codes), running.tails()


def test_a_worker_waits_for_a_redis_that_hands_nothing_out_and_says_so_once(
    conn: psycopg.Connection, config: Settings, tmp_path: Path
) -> None:
    quick = config.model_copy(update={"workers": Workers(heartbeat_s=1)})
    with stack(quick, tmp_path / "logs", ("fetch",)) as running:

        def told() -> list[str]:
            lines = (tmp_path / "logs" / "fetch.log").read_text().splitlines()
            return [json.loads(line)["event"] for line in lines if line.startswith("{")]

        def signs() -> datetime:
            (seen_at,) = conn.execute("SELECT seen_at FROM workers").fetchone() or (datetime.min,)
            return seen_at

        wait_until(lambda: any(" ready" in line for line in told()), 120, "the worker", running.tails)
        before = len(told())
        with refusing(config.redis_url, "replica"):
            wait_until(lambda: any("hands no messages out" in line for line in told()), 180, "the worker to notice", running.tails)
            for _ in range(2):  # it goes on to give signs of life
                last = signs()
                wait_until(lambda last=last: signs() > last, 180, "a sign of life", running.tails)  # type: ignore[misc]
        wait_until(lambda: told()[-1].startswith("Connected to"), 180, "the worker to go on", running.tails)
        lost, waits, again, connected = told()[before:]
    assert lost.startswith("consumer: Connection to broker lost")
    assert (waits, again) == ("Redis hands no messages out; this worker waits for it", "Redis hands messages out again")
    assert connected.startswith("Connected to")
