"""The visits of a fetch: robots.txt takes one, redirects go on in another host's line, and what is stored stays stored."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.fetch.politeness import Change
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.hops import Hop
from pipeline.jobs import FetchJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.hosts import host_settings as host_settings
from pipeline.store.hosts import hosts, leases, site_rules
from pipeline.store.links import fetching, links, robots_requeue
from pipeline.store.queue import claims
from tests.held import HELD
from tests.store.links.waiting import add, expire, states

NOW = datetime.now(UTC)
ROBOTS = Robots(
    "User-agent: *\nDisallow: /private\n", NOW, NOW + timedelta(days=1), sitemaps=("http://a.example/s.xml",), signals=(("License", "x"),)
)
HOPS = (Hop("http://short.example/1", 301),)


def begin(conn: psycopg.Connection, settings: Settings) -> FetchJob:
    (claim,) = claims.claim_fetches(conn, 1, settings)
    job = fetching.start(conn, claim.id, claim.dispatch_id, settings, "w")
    assert job
    return job


def left(job: FetchJob, **how: object) -> list[tuple[int, hosts.VisitResult]]:
    return [(job.host.id, dataclasses.replace(hosts.VisitResult(0, 0.0), **how))]


def wait_s(conn: psycopg.Connection, name: str) -> float:
    row = conn.execute("SELECT extract(epoch FROM next_slot_at - now())::float8 FROM hosts WHERE name = %s", (name,)).fetchone()
    assert row
    return float(row[0])


def visiting(conn: psycopg.Connection) -> uuid.UUID:
    """The claim of a job that is under way at a host of its own."""
    claim = uuid.uuid4()
    (host_id,) = hosts.ensure(conn, [f"{claim}.example"]).values()
    assert leases.acquire(conn, host_id, claim, "fetch", 0.0, 90.0)
    return claim


def test_robots_takes_a_turn_of_its_own_and_counts_no_try(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1")
    job = begin(conn, settings)
    assert fetching.put_back(conn, job, left(job, robots=ROBOTS, min_gap_s=60.0))
    assert conn.execute("SELECT state, fetch_attempts FROM links").fetchone() == ("waiting", 0)
    assert 55 < wait_s(conn, "a.example") <= 60
    assert claims.claim_fetches(conn, 1, settings) == []
    conn.execute("UPDATE hosts SET next_slot_at = now(), link_due_at = now()")
    again = begin(conn, settings)
    assert again.host.robots == ROBOTS
    assert again.attempt == 1


def test_a_redirect_goes_on_in_the_other_hosts_line_and_no_try_is_counted(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://short.example/1")
    job = begin(conn, settings)
    assert fetching.moved(conn, job, "http://b.example/story", "b.example", HOPS, fetching.FetchStats(0.1, hops=HOPS), left(job))
    onward = begin(conn, settings)
    assert (onward.host.name, onward.address, onward.before, onward.attempt) == ("b.example", "http://b.example/story", HOPS, 1)
    assert onward.url == "http://short.example/1"
    assert fetching.failed(
        conn,
        onward,
        RetryDecision(State.WAITING, "reset", "x", 500.0),
        fetching.FetchStats(0.1),
        left(onward),
        settings,
        max_redis_wait_s=60,
    )
    row = conn.execute("SELECT h.name, next_url, hops, origin_host_id FROM links JOIN hosts h ON h.id = host_id").fetchone()
    assert row == ("short.example", None, [], None), "the next try begins where the link was found"
    conn.execute("UPDATE links SET due_at = now()")
    conn.execute("UPDATE hosts SET link_due_at = now() WHERE link_due_at IS NOT NULL")
    assert begin(conn, settings).address == "http://short.example/1"


def test_a_link_that_moved_on_and_is_lost_goes_on_where_it_was(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://short.example/1")
    job = begin(conn, settings)
    assert fetching.moved(conn, job, "http://b.example/story", "b.example", HOPS, fetching.FetchStats(0.1), left(job))
    begin(conn, settings)
    expire(conn)
    claims.give_back_expired(conn, settings)
    assert begin(conn, settings).address == "http://b.example/story"


def test_a_host_that_is_free_and_known_is_dropped_in_on_and_others_are_not(conn: psycopg.Connection, settings: Settings) -> None:
    hosts.ensure(conn, ["b.example", "busy.example", "new.example", "paused.example"])
    conn.execute(
        "UPDATE hosts SET robots_fetched_at = now(), robots_text = '#', robots_until = now() + '1 day' WHERE name <> 'new.example'"
    )
    conn.execute(f"UPDATE hosts SET {HELD} WHERE name = 'busy.example'")
    conn.execute("UPDATE hosts SET paused_until = 'infinity' WHERE name = 'paused.example'")
    me = visiting(conn)
    taken = {
        name: leases.acquire_if_free(conn, name, me, 60.0, robots_needed=True) is not None
        for name in ("b.example", "busy.example", "new.example", "paused.example", "unknown.example")
    }
    assert taken == {"b.example": True, "busy.example": False, "new.example": False, "paused.example": False, "unknown.example": False}
    assert 55 < wait_s(conn, "b.example") <= 60
    assert leases.acquire_if_free(conn, "b.example", visiting(conn), 0.0, robots_needed=True) is None, "one job at a time"


def test_hosts_that_a_lost_worker_dropped_in_on_are_free_again(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1")
    hosts.ensure(conn, ["b.example"])
    job = begin(conn, settings)
    assert leases.acquire_if_free(conn, "b.example", job.dispatch_id, 0.0, robots_needed=False)
    expire(conn)
    claims.give_back_expired(conn, settings)
    assert conn.execute("SELECT count(*) FROM hosts WHERE lease_id IS NOT NULL").fetchone() == (0,)


def test_links_that_an_older_robots_txt_kept_out_wait_again_when_it_changes(conn: psycopg.Connection, settings: Settings) -> None:
    private, other = add(conn, "http://a.example/private", "http://a.example/1")
    site_rules.keep(conn, 1, ROBOTS, None)
    conn.execute("UPDATE links SET state = 'skipped', code = 'robots_disallowed' WHERE id = %s", (private,))
    job = begin(conn, settings)
    hosts.release_all(conn, job.dispatch_id, left(job, robots=dataclasses.replace(ROBOTS, until=NOW + timedelta(days=2))))
    assert states(conn)[private] == "skipped", "the same text decides the same"
    conn.execute("UPDATE hosts SET lease_id = %s, lease_until = now() + interval '1 min'", (job.dispatch_id,))
    hosts.release_all(conn, job.dispatch_id, left(job, robots=dataclasses.replace(ROBOTS, text="# all are welcome\n")))
    assert states(conn)[private] == "waiting"
    assert other


def test_a_link_that_the_host_of_a_redirect_kept_out_waits_again_when_its_robots_txt_changes(
    conn: psycopg.Connection, settings: Settings
) -> None:
    (link,) = add(conn, "http://a.example/1")
    there = hosts.ensure(conn, ["b.example"])["b.example"]
    site_rules.keep(conn, there, ROBOTS, None)
    job = begin(conn, settings)
    no = RetryDecision(State.SKIPPED, "robots_disallowed", "x")
    assert fetching.failed(conn, job, no, fetching.FetchStats(0.0), left(job), settings, max_redis_wait_s=60, robots_host_id=there)
    site_rules.keep(conn, there, dataclasses.replace(ROBOTS, until=NOW + timedelta(days=2)), None)
    assert robots_requeue.reconsider(conn) == 0, "the same text decides the same"
    site_rules.keep(conn, there, dataclasses.replace(ROBOTS, text="# all are welcome\n"), None)
    assert robots_requeue.reconsider(conn) == 1
    assert states(conn)[link] == "waiting"
    assert robots_requeue.reconsider(conn) == 0
    assert begin(conn, settings).link_id == link, "its host knows that there is something to do"


@pytest.mark.parametrize(
    ("host_settings", "how", "low", "high"),
    [
        pytest.param("", {"min_gap_s": 10.0}, 9, 10, id="the usual gap"),
        pytest.param("own_delay_s = 40", {"min_gap_s": 10.0}, 39, 40, id="the operator's word"),
        pytest.param("own_delay_s = 0", {"min_gap_s": 10.0}, -1, 0.01, id="the operator's word may be shorter"),
        pytest.param("delay_s = 20", {"min_gap_s": 10.0}, 19, 20, id="a longer Crawl-delay"),
        pytest.param("delay_s = 20, own_delay_s = 0", {}, 19, 20, id="a Crawl-delay holds for the operator too"),
        pytest.param("", {"latency_s": 4.0, "latency_factor": 2.0, "max_latency_gap_s": 30.0}, 7, 8, id="a slow host"),
        pytest.param("", {"latency_s": 29.0, "latency_factor": 2.0, "max_latency_gap_s": 30.0}, 29, 30, id="up to 30 s"),
        pytest.param("", {"change": Change(0, 1, 120.0, "slow down")}, 119, 120, id="a pause"),
        pytest.param("paused_until = now() + '1 hour'", {"min_gap_s": 1.0}, 3590, 3600, id="a pause by hand meanwhile"),
    ],
)
def test_when_a_host_may_be_asked_next(
    conn: psycopg.Connection, settings: Settings, host_settings: str, how: dict[str, object], low: float, high: float
) -> None:
    add(conn, "http://a.example/1", "http://a.example/2")
    job = begin(conn, settings)
    if host_settings:
        conn.execute(f"UPDATE hosts SET {host_settings}")
    assert fetching.put_back(conn, job, left(job, **how))
    assert low < wait_s(conn, "a.example") <= high


def test_a_turn_without_a_request_costs_the_host_nothing(conn: psycopg.Connection, settings: Settings) -> None:
    slow = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": 60.0})})
    add(conn, "http://a.example/1", "http://a.example/2")
    job = begin(conn, slow)
    assert wait_s(conn, "a.example") > 50
    verdict = RetryDecision(State.SKIPPED, "robots_disallowed", "x")
    assert fetching.failed(
        conn, job, verdict, fetching.FetchStats(0.0), left(job, since_request_s=None, min_gap_s=60.0), slow, max_redis_wait_s=60
    )
    assert begin(conn, slow).url == "http://a.example/2"


def test_a_pause_holds_for_its_host_and_for_no_other(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1", "http://a.example/2", "http://b.example/1", "http://b.example/2")
    first, second = claims.claim_fetches(conn, 10, settings)
    for claim, pause in ((first, 120.0), (second, 0.0)):
        job = fetching.start(conn, claim.id, claim.dispatch_id, settings, "w")
        assert job
        verdict = RetryDecision(State.FAILED, "http_410", "x")
        assert fetching.failed(
            conn, job, verdict, fetching.FetchStats(0.1), left(job, change=Change(0, 1, pause, "429")), settings, max_redis_wait_s=60
        )
    assert [parse(job.url).host for job in claims.claim_fetches(conn, 10, settings)] == [parse(second.url).host]
    assert [host.name for host in host_settings.paused(conn)] == [parse(first.url).host]
    assert links.find(conn, first.url)
