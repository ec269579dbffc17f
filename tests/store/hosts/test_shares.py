"""Claims: hosts that did not answer last time, or were never asked, have a share of the slots."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from pipeline.jobs import FetchJob
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching
from pipeline.store.queue import claims
from tests.store.links.waiting import add

SLOTS = 8


def bring(conn: psycopg.Connection, kind: str, names: list[str]) -> None:
    for name in names:
        if kind == "fetch":
            add(conn, f"http://{name}/1")
        else:
            feeds.add(conn, f"http://{name}/feed")


@pytest.fixture(params=["fetch", "poll"])
def kind(request: pytest.FixtureRequest, conn: psycopg.Connection) -> str:
    workers.report(conn, "w@here", request.param, SLOTS, "1", 0.0)
    bring(conn, request.param, [f"new{n}.example" for n in range(20)])
    bring(conn, request.param, [f"good{n}.example" for n in range(20)])
    return str(request.param)


def claim(conn: psycopg.Connection, kind: str, settings: Settings, count: int = 32) -> list[claims.Job]:
    do: Callable[..., list[claims.Job]] = claims.claim_fetches if kind == "fetch" else claims.claim_polls
    return do(conn, count, settings)


def names(conn: psycopg.Connection, jobs: list[claims.Job]) -> list[str]:
    rows = conn.execute("SELECT name FROM hosts WHERE lease_id = ANY(%s)", ([job.dispatch_id for job in jobs],)).fetchall()
    return [name for (name,) in rows]


def test_where_nobody_else_waits_they_have_every_slot_in_a_hurry(conn: psycopg.Connection, settings: Settings, kind: str) -> None:
    jobs = claim(conn, kind, settings)
    assert [job.short_time for job in jobs] == [True] * SLOTS
    assert claim(conn, kind, settings) == []


def test_few_of_them_have_all_the_time(conn: psycopg.Connection, settings: Settings, kind: str) -> None:
    conn.execute("UPDATE links SET due_at = now() + interval '1 h' WHERE id > %s", (SLOTS // 2,))
    conn.execute("UPDATE feeds SET next_poll_at = now() + interval '1 h' WHERE id > %s", (SLOTS // 2,))
    jobs = claim(conn, kind, settings)
    assert [job.short_time for job in jobs] == [False] * (SLOTS // 2)


def test_hosts_that_answered_go_first_and_the_others_get_half_of_the_slots(conn: psycopg.Connection, settings: Settings, kind: str) -> None:
    conn.execute("UPDATE hosts SET answered = true WHERE name LIKE 'good%'")
    found = names(conn, claim(conn, kind, settings))
    assert len([name for name in found if name.startswith("good")]) == 20
    assert len([name for name in found if name.startswith("new")]) == SLOTS // 2
    assert claim(conn, kind, settings) == [], "their share is taken"


def test_a_host_is_one_of_those_that_answer_once_it_has_and_no_more_once_it_fails(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1")
    for failures, answers in ((0, True), (1, False), (0, True)):
        conn.execute("UPDATE hosts SET next_slot_at = now(), link_due_at = now()")
        (job,) = claims.claim_fetches(conn, 1, settings)
        begun = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
        assert isinstance(begun, FetchJob)
        how = hosts.VisitResult(0.0, 0.1, change=hosts.Change(failures, 0))
        fetching.put_back(conn, begun, [(begun.host.id, how)])
        assert conn.execute("SELECT answered FROM hosts").fetchone() == (answers,)
