"""Extraction is fair between hosts: whoever floods it, or is slow, leaves half of it to the others while they wait."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.settings import Dispatch, Settings, Workers
from pipeline.store.links import links
from pipeline.store.queue import extract_claims
from pipeline.store.queue.claims import Job

MOST = 8  # pages under way, with these settings and this worker


@pytest.fixture
def config(conn: psycopg.Connection, settings: Settings) -> Settings:
    conn.execute("INSERT INTO workers VALUES ('e@1', 'extract', 2, '1', now(), now())")
    return settings.model_copy(update={"workers": Workers(extract_batch=1), "dispatch": Dispatch(in_flight_factor=4)})


def fetched(conn: psycopg.Connection, host: str, count: int, *, hours_ago: float = 1.0, priority: int = 0) -> None:
    found = links.enqueue(conn, [parse(f"http://{host}/{n}") for n in range(count)])
    conn.execute(
        "UPDATE links SET state = 'fetched', stage = 'extract', priority = %s, due_at = now() - make_interval(secs => %s * 3600) WHERE id = ANY(%s)",
        (priority, hours_ago, [link.id for link in found]),
    )


def hosts_of(jobs: list[Job]) -> dict[str, int]:
    return dict(Counter(parse(job.url).host for job in jobs))


def finish(conn: psycopg.Connection, host: str, count: int) -> None:
    conn.execute(
        "UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id IN (SELECT id FROM links WHERE state = 'dispatched' AND url LIKE %s LIMIT %s)",
        (f"http://{host}/%", count),
    )


def test_a_flood_leaves_half_to_the_others_that_wait(conn: psycopg.Connection, config: Settings) -> None:
    fetched(conn, "flood.example", 100, hours_ago=5)
    fetched(conn, "a.example", 3)
    fetched(conn, "b.example", 3)
    found = hosts_of(extract_claims.refill_extracts(conn, config))
    assert found.pop("flood.example") == MOST / 2
    assert sum(found.values()) == MOST / 2


def test_who_waits_alone_has_everything(conn: psycopg.Connection, config: Settings) -> None:
    fetched(conn, "flood.example", 100)
    assert hosts_of(extract_claims.refill_extracts(conn, config)) == {"flood.example": MOST}


def test_a_host_that_holds_its_half_waits_until_the_others_have_theirs(conn: psycopg.Connection, config: Settings) -> None:
    fetched(conn, "flood.example", 100, hours_ago=5)
    extract_claims.refill_extracts(conn, config)
    fetched(conn, "a.example", 3)
    finish(conn, "flood.example", 2)
    assert hosts_of(extract_claims.refill_extracts(conn, config)) == {"a.example": 2}
    finish(conn, "flood.example", 3)
    assert hosts_of(extract_claims.refill_extracts(conn, config)) == {"a.example": 1, "flood.example": 2}


def test_a_page_that_somebody_asked_for_goes_before_the_others_of_its_host(conn: psycopg.Connection, config: Settings) -> None:
    fetched(conn, "flood.example", 20, hours_ago=5)
    conn.execute("UPDATE links SET priority = 10 WHERE url = 'http://flood.example/19'")
    fetched(conn, "a.example", 20)
    found = extract_claims.claim_extracts(conn, MOST, config)
    assert hosts_of(found) == {"flood.example": 4, "a.example": 4}
    assert "http://flood.example/19" in {job.url for job in found}


def test_pages_of_many_hosts_go_by_priority_and_age_as_ever(conn: psycopg.Connection, config: Settings) -> None:
    for n in range(12):
        fetched(conn, f"h{n}.example", 1, hours_ago=1 + n, priority=10 if n == 0 else 0)
    found = extract_claims.refill_extracts(conn, config)
    assert {parse(job.url).host for job in found} == {"h0.example", *(f"h{n}.example" for n in range(5, 12))}
