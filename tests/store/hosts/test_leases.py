"""Host leases: claim and host go back together, no job begins before its slot, and what a path forgets ends by itself."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from pipeline.jobs import FetchJob, PollJob
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.feeds import feeds, polling
from pipeline.store.hosts import host_settings, hosts, leases
from pipeline.store.links import fetching
from pipeline.store.queue import claims
from tests import clock
from tests.held import HELD
from tests.store.links.waiting import add, expire

A = "a.example"


@pytest.fixture
def polite(settings: Settings) -> Settings:
    return settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": 60.0})})


def held(conn: psycopg.Connection) -> list[str]:
    return [name for (name,) in conn.execute("SELECT name FROM hosts WHERE lease_id IS NOT NULL ORDER BY name")]


def start(conn: psycopg.Connection, job: claims.Job, settings: Settings) -> object:
    begin = fetching.start if job.stage == "fetch" else polling.start
    return begin(conn, job.id, job.dispatch_id, settings, "w")


def claim(conn: psycopg.Connection, kind: str, settings: Settings) -> claims.Job:
    (job,) = (claims.claim_fetches if kind == "fetch" else claims.claim_polls)(conn, 10, settings)
    return job


def bring(conn: psycopg.Connection, kind: str) -> None:
    if kind == "fetch":
        add(conn, f"http://{A}/1")
    else:
        feeds.add(conn, f"http://{A}/feed")


@pytest.mark.parametrize("kind", ["fetch", "poll"])
def test_a_host_that_is_paused_before_the_worker_begins_is_free_again_once_it_is_resumed(
    conn: psycopg.Connection, settings: Settings, kind: str
) -> None:
    bring(conn, kind)
    job = claim(conn, kind, settings)
    host_settings.pause(conn, A, None, "by hand", settings.fetch)
    assert start(conn, job, settings) is None
    assert held(conn) == []
    host_settings.resume(conn, A, settings.fetch)
    assert start(conn, claim(conn, kind, settings), settings)


@pytest.mark.parametrize("kind", ["fetch", "poll"])
def test_a_job_whose_message_comes_before_its_slot_begins_in_its_slot(conn: psycopg.Connection, polite: Settings, kind: str) -> None:
    bring(conn, kind)
    with conn.transaction():  # in which now() stands still
        conn.execute("UPDATE hosts SET next_slot_at = now() + interval '1 s'")
        job = claim(conn, kind, polite)
        early = start(conn, job, polite)
    assert isinstance(early, leases.TooEarly)
    assert 0 < early.wait_s <= 1
    assert held(conn) == [A], "nothing was changed"
    clock.skip(conn, early.wait_s)
    begun = start(conn, job, polite)
    assert isinstance(begun, FetchJob | PollJob)


@pytest.mark.parametrize("kind", ["fetch", "poll"])
def test_a_job_that_is_much_too_early_goes_back_and_its_slot_is_the_next_ones(
    conn: psycopg.Connection, polite: Settings, kind: str
) -> None:
    """Somebody has made a request of the host by hand meanwhile, so that the slot is a whole gap away."""
    bring(conn, kind)
    job = claim(conn, kind, polite)
    (host_id,) = conn.execute("SELECT id FROM hosts").fetchone() or (0,)
    leases.record_manual_request(conn, host_id, uuid.uuid4(), 60.0, 90.0)
    assert start(conn, job, polite) is None
    row = conn.execute(
        "SELECT lease_id, slot_at, next_slot_at BETWEEN now() + interval '50 s' AND now() + interval '60 s' FROM hosts"
    ).fetchone()
    assert row == (None, None, True), "60 s after that request, and not 120"


def test_a_retry_that_comes_too_early_keeps_its_wait(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1")
    job = claim(conn, "fetch", settings)
    begun = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
    assert isinstance(begun, FetchJob)
    later = RetryDecision(State.WAITING, "reset", "x", 50.0)
    left = [(begun.host.id, hosts.VisitResult(0.0, 0.1))]
    assert fetching.failed(conn, begun, later, fetching.FetchStats(0.1), left, settings, max_redis_wait_s=60) == "retry_in_redis"
    assert start(conn, job, settings) is None
    assert conn.execute("SELECT state, due_at > now() + interval '40 s' FROM links").fetchone() == ("waiting", True)


def test_a_job_that_has_lost_its_lease_takes_no_further_host(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1")
    job = claim(conn, "fetch", settings)
    assert start(conn, job, settings)
    expire(conn)
    claims.give_back_expired(conn, settings)
    hosts.ensure(conn, ["b.example"])
    assert leases.acquire_if_free(conn, "b.example", job.dispatch_id, 0.0, robots_needed=False) is None


def test_further_hosts_are_held_as_long_as_the_first(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1")
    job = claim(conn, "fetch", settings)
    assert start(conn, job, settings)
    hosts.ensure(conn, ["b.example"])
    clock.skip(conn, 30)
    assert leases.acquire_if_free(conn, "b.example", job.dispatch_id, 0.0, robots_needed=False)
    assert conn.execute(
        "SELECT count(DISTINCT lease_until) FROM (SELECT lease_until FROM hosts UNION SELECT lease_until FROM links) l"
    ).fetchone() == (1,)


def test_a_host_that_nobody_gave_back_is_freed_when_its_lease_runs_out(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1")
    conn.execute(f"UPDATE hosts SET {HELD}")
    assert leases.without_job(conn) == 1
    assert leases.sweep(conn) == 0
    clock.skip(conn, 4000)
    assert leases.sweep(conn) == 1
    assert claim(conn, "fetch", settings)
    assert leases.without_job(conn) == 0


@pytest.mark.parametrize("what", ["pause", "move", "remove"])
def test_a_feed_that_is_changed_while_its_message_is_under_way_holds_its_host_no_more(
    conn: psycopg.Connection, settings: Settings, what: str
) -> None:
    feed_id, _ = feeds.add(conn, f"http://{A}/feed")
    job = claim(conn, "poll", settings)
    {"pause": lambda: feeds.pause(conn, feed_id), "move": lambda: feeds.move(conn, feed_id, "http://b.example/feed"),
     "remove": lambda: feeds.remove(conn, feed_id)}[what]()  # fmt: skip
    assert held(conn) == []
    assert start(conn, job, settings) is None


def test_a_paused_feed_that_a_redirect_had_led_elsewhere_and_is_resumed_holds_no_host(conn: psycopg.Connection, settings: Settings) -> None:
    feed_id, _ = feeds.add(conn, f"http://{A}/feed")
    begun = polling.start(conn, feed_id, claim(conn, "poll", settings).dispatch_id, settings, "w")
    assert isinstance(begun, PollJob)
    polling.moved(conn, begun, "http://b.example/feed", "b.example", [], [(begun.host.id, hosts.VisitResult(0.0, 0.1))])
    claim(conn, "poll", settings)
    assert held(conn) == ["b.example"]
    feeds.resume(conn, feed_id)
    assert held(conn) == []
    assert claim(conn, "poll", settings)


@pytest.mark.parametrize("started", [False, True])
def test_it_is_shown_what_holds_a_host(conn: psycopg.Connection, settings: Settings, started: bool) -> None:
    (link,) = add(conn, f"http://{A}/1")
    job = claim(conn, "fetch", settings)
    if started:
        assert start(conn, job, settings)
    (found,) = host_settings.listing(conn, settings.fetch)
    assert (found.held_by, found.under_way) == (f"link {link}, {'running' if started else 'dispatched'}", started)
    conn.execute("UPDATE links SET state = 'failed', code = 'dns', dispatch_id = NULL, lease_until = NULL")
    (found,) = host_settings.listing(conn, settings.fetch)
    assert (found.held_by, found.under_way) == (leases.NOBODY, False)
