"""What people see and change of hosts: pauses hold, resuming starts at once and yet keeps the gap, and no hint comes too late."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.fetch.politeness import Change
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.settings import Fetch, Settings
from pipeline.store.feeds import feeds
from pipeline.store.hosts import host_settings, hosts, leases, site_rules
from pipeline.store.links import fetching
from pipeline.store.queue import claims
from tests.store.links.waiting import add

A = "a.example"
FETCH = Fetch(min_gap_s=5.0)
NOW = datetime.now(UTC)


def claimed(conn: psycopg.Connection, settings: Settings) -> int:
    return len(claims.claim_fetches(conn, 10, settings)) + len(claims.claim_polls(conn, 10, settings))


def of(conn: psycopg.Connection, name: str = A, fetch: Fetch = FETCH) -> host_settings.HostSettings:
    found = host_settings.details(conn, name, fetch)
    assert found
    return found.host


def ahead_s(conn: psycopg.Connection) -> float:
    row = conn.execute("SELECT extract(epoch FROM next_slot_at - now())::float8 FROM hosts").fetchone()
    assert row
    return float(row[0])


@pytest.mark.parametrize("for_s", [None, 3600.0])
def test_a_paused_host_is_left_alone_until_it_is_resumed(conn: psycopg.Connection, settings: Settings, for_s: float | None) -> None:
    feeds.add(conn, f"https://{A}/feed")
    host_settings.pause(conn, A, for_s, "they asked", settings.fetch)
    add(conn, f"http://{A}/1", f"http://{A}/2")  # one that comes while it is paused must not wake it
    assert claimed(conn, settings) == 0
    assert host_settings.resume(conn, A, settings.fetch)
    assert claimed(conn, settings) == 1


def test_a_pause_holds_for_a_visit_that_is_under_way_and_for_a_message_that_is_sent(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1", f"http://{A}/2")
    (claim,) = claims.claim_fetches(conn, 1, settings)
    job = fetching.start(conn, claim.id, claim.dispatch_id, settings, "w")
    assert job
    host_settings.pause(conn, A, None, "stop", settings.fetch)
    assert fetching.put_back(conn, job, [(job.host.id, hosts.VisitResult(0, 0.0, change=Change(0, 0)))])
    assert claimed(conn, settings) == 0
    assert host_settings.resume(conn, A, settings.fetch)
    (claim,) = claims.claim_fetches(conn, 1, settings)
    host_settings.pause(conn, A, None, "stop", settings.fetch)
    assert fetching.start(conn, claim.id, claim.dispatch_id, settings, "w") is None
    assert claimed(conn, settings) == 0


def test_a_host_can_be_paused_and_slowed_before_its_first_link(conn: psycopg.Connection, settings: Settings) -> None:
    host_settings.pause(conn, A, None, "not yet", settings.fetch)
    host_settings.set_delay(conn, "b.example", 60.0, settings.fetch)
    add(conn, f"http://{A}/1", "http://b.example/1", "http://b.example/2")
    assert claimed(conn, settings) == 1
    assert 59 < (of(conn, "b.example").next_slot_at - datetime.now(UTC)).total_seconds() <= 60  # type: ignore[operator]


def test_a_pause_that_the_host_asked_for_is_not_made_shorter_but_one_until_resumed_may_get_an_end(conn: psycopg.Connection) -> None:
    hosts.ensure(conn, [A])
    conn.execute("UPDATE hosts SET paused_until = now() + interval '1 hour', next_slot_at = now() + interval '1 hour'")
    host_settings.pause(conn, A, 60.0, "x", FETCH)
    assert 3590 < ahead_s(conn) <= 3600
    host_settings.pause(conn, A, None, "x", FETCH)
    assert (of(conn).paused, of(conn).paused_until, of(conn).next_slot_at) == (True, None, None)
    host_settings.pause(conn, A, 60.0, "x", FETCH)
    assert 55 < ahead_s(conn) <= 60
    assert of(conn).paused_until is not None


@pytest.mark.parametrize("paused", [True, False])
def test_a_resumed_host_is_due_after_the_gap_of_its_last_request(conn: psycopg.Connection, paused: bool) -> None:
    add(conn, f"http://{A}/1")
    conn.execute(
        "UPDATE hosts SET last_step = 'fetch', next_slot_at = now() + interval '30 s', failures = 4, slowdowns = 2, last_code = 'dns'"
    )
    if paused:
        host_settings.pause(conn, A, None, "x", FETCH)
    assert host_settings.resume(conn, A, FETCH)
    assert 4 < ahead_s(conn) <= 5
    due = conn.execute("SELECT extract(epoch FROM link_due_at - now())::float8 FROM hosts").fetchone()
    assert due
    assert due[0] <= 5
    found = of(conn)
    assert (found.paused, found.failures, found.slowdowns, found.last_code) == (False, 0, 0, "")


def test_a_host_that_waits_for_no_gap_is_due_at_once_when_resumed(conn: psycopg.Connection) -> None:
    add(conn, f"http://{A}/1")
    assert host_settings.resume(conn, A, FETCH)
    assert ahead_s(conn) <= 0


def test_resuming_asks_anew_for_a_robots_txt_that_could_not_be_read(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, f"http://{A}/1")
    (host_id,) = hosts.ensure(conn, [A]).values()
    site_rules.keep(conn, host_id, Robots("", NOW, NOW + timedelta(hours=8), failures=6, reachable=False, why="timeout"), None)
    conn.execute("UPDATE links SET code = 'robots_unreachable', due_at = now() + interval '8 hours'")
    conn.execute("UPDATE hosts SET paused_until = now() + interval '8 hours', next_slot_at = now() + interval '8 hours'")
    hosts.refresh(conn, [host_id])
    assert host_settings.resume(conn, A, settings.fetch)
    (claim,) = claims.claim_fetches(conn, 1, settings)
    job = fetching.start(conn, claim.id, claim.dispatch_id, settings, "w")
    assert job
    assert job.host.robots
    assert job.host.robots.until <= datetime.now(UTC)


def test_what_is_unknown_is_not_made_by_resuming_or_by_overriding_robots(conn: psycopg.Connection) -> None:
    assert (host_settings.resume(conn, A, FETCH), host_settings.ignore_robots(conn, A, True), host_settings.details(conn, A, FETCH)) == (
        False,
        False,
        None,
    )
    assert host_settings.listing(conn, FETCH) == []


@pytest.mark.parametrize(
    ("own", "crawl_delay", "expected"),
    [
        pytest.param(None, None, (5.0, "default"), id="usual"),
        pytest.param(2.0, None, (2.0, "operator"), id="own"),
        pytest.param(0.0, None, (0.0, "operator"), id="own none"),
        pytest.param(2.0, 10.0, (10.0, "robots"), id="a longer Crawl-delay holds"),
        pytest.param(None, 0.5, (5.0, "default"), id="a shorter Crawl-delay does not"),
        pytest.param(20.0, 10.0, (20.0, "operator"), id="own beyond Crawl-delay"),
    ],
)
def test_the_delay_shown_is_the_one_in_force(
    conn: psycopg.Connection, own: float | None, crawl_delay: float | None, expected: tuple[float, str]
) -> None:
    (host_id,) = hosts.ensure(conn, [A]).values()
    conn.execute("UPDATE hosts SET delay_s = %s", (crawl_delay,))
    host_settings.set_delay(conn, A, own, FETCH)
    assert (of(conn).delay_s, of(conn).delay_from) == expected
    visit = leases.acquire(conn, host_id, uuid.uuid4(), "fetch", FETCH.min_gap_s, 90.0)
    assert visit
    assert visit.gap_s == pytest.approx(expected[0])


@pytest.mark.parametrize(
    ("own", "paused", "least", "most"), [(60.0, False, 58, 59), (1.0, False, -1, 0), (None, False, 3, 4), (1.0, True, 59, 60)]
)
def test_a_new_delay_counts_from_the_last_request(
    conn: psycopg.Connection, own: float | None, paused: bool, least: float, most: float
) -> None:
    add(conn, f"http://{A}/1")
    with conn.transaction():  # in which now() stands still
        conn.execute("UPDATE hosts SET last_step = 'fetch', next_slot_at = now() + interval '4 s'")  # asked a second ago
        if paused:
            host_settings.pause(conn, A, 60.0, "x", FETCH)
        host_settings.set_delay(conn, A, own, FETCH)
        assert least < ahead_s(conn) <= most
        due = conn.execute("SELECT link_due_at <= greatest(next_slot_at, now()) FROM hosts").fetchone()
    assert due == (True,)


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        pytest.param(None, "none yet", id="never asked"),
        pytest.param(Robots("User-agent: *\nDisallow: /x\n", NOW, NOW), "ok", id="read"),
        pytest.param(Robots("# Everything is allowed.\nDisallow: /x\n", NOW, NOW), "ok", id="a comment of its own"),
        pytest.param(Robots("# The server answered 404. Everything is allowed.\n", NOW, NOW), "absent", id="absent"),
        pytest.param(Robots("", NOW, NOW, failures=2, reachable=False, why="timeout: x"), "unreachable", id="unreachable"),
    ],
)
def test_the_state_of_robots_txt(conn: psycopg.Connection, robots: Robots | None, expected: str) -> None:
    (host_id,) = hosts.ensure(conn, [A]).values()
    if robots:
        site_rules.keep(conn, host_id, robots, None)
    assert of(conn).robots == expected
    assert of(conn).robots_why == (robots.why if robots else "")
    assert of(conn, fetch=Fetch(honour_robots=False)).robots == "ignored"
    assert host_settings.ignore_robots(conn, A, True)
    assert (of(conn).robots, of(conn).ignore_robots) == ("ignored", True)
    assert host_settings.ignore_robots(conn, A, False)
    assert of(conn).robots == expected


def test_the_words_for_no_robots_txt_are_those_that_the_fetch_keeps() -> None:
    from pipeline.fetch.robots import robots_txt as robots

    assert robots._absent("The server answered 404.", NOW, FETCH).text == "# The server answered 404. Everything is allowed.\n"


def test_hosts_are_listed_by_trouble_then_by_work(conn: psycopg.Connection) -> None:
    add(conn, "http://busy.example/1", "http://busy.example/2", "http://idle.example/1", "http://down.example/1")
    conn.execute("UPDATE hosts SET failures = 3 WHERE name = 'down.example'")
    host_settings.pause(conn, "paused.example", 60.0, "x", FETCH)
    assert [(host.name, host.waiting) for host in host_settings.listing(conn, FETCH)] == [
        ("paused.example", 0), ("down.example", 1), ("busy.example", 2), ("idle.example", 1),
    ]  # fmt: skip
    assert [host.name for host in host_settings.listing(conn, FETCH, limit=1)] == ["paused.example"]
    assert [host.name for host in host_settings.listing(conn, FETCH, paused=True)] == ["paused.example"]
    assert [host.name for host in host_settings.listing(conn, FETCH, failing=True)] == ["down.example"]
    assert host_settings.listing(conn, FETCH, paused=True, failing=True) == []


def test_a_pause_that_is_over_is_none(conn: psycopg.Connection) -> None:
    hosts.ensure(conn, [A])
    conn.execute("UPDATE hosts SET paused_until = now() - interval '1 s', pause_reason = 'old'")
    assert (of(conn).paused, of(conn).paused_until, of(conn).pause_reason) == (False, None, "")
    assert host_settings.listing(conn, FETCH, paused=True) == []
