"""Claims are polite and fair, and each is given out once."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import timedelta

import psycopg
import pytest

from pipeline.settings import Dispatch, Settings, Workers
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching
from pipeline.store.queue import claims, extract_claims, unsent_claims
from tests.store.links.waiting import add


def test_a_host_is_given_one_link_at_a_time_until_that_link_ends(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1", "http://a.example/2", "http://b.example/1")
    first = claims.claim_fetches(conn, 10, settings)
    assert sorted(job.url for job in first) == ["http://a.example/1", "http://b.example/1"]
    assert claims.claim_fetches(conn, 10, settings) == []
    job = fetching.start(conn, first[0].id, first[0].dispatch_id, settings, "w")
    assert job is not None
    assert claims.claim_fetches(conn, 10, settings) == []
    with conn.transaction():
        conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (job.link_id,))
        hosts.release_all(conn, job.dispatch_id, [(job.host.id, hosts.VisitResult(0, 0))])
    after = claims.claim_fetches(conn, 10, settings)
    assert [job.url for job in after] == ["http://a.example/2"]


def test_the_gap_is_kept_between_two_visits_of_a_host(conn: psycopg.Connection, settings: Settings) -> None:
    polite = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": 60.0})})
    add(conn, "http://a.example/1", "http://a.example/2")
    job = claims.claim_fetches(conn, 10, polite)[0]
    started = fetching.start(conn, job.id, job.dispatch_id, polite, "w")
    assert started is not None
    conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (job.id,))
    with conn.transaction():  # in which now() stands still
        hosts.release_all(conn, job.dispatch_id, [(started.host.id, hosts.VisitResult(60.0, since_request_s=1.0))])
        (wait,) = conn.execute("SELECT next_slot_at - now() FROM hosts").fetchone() or (timedelta(),)
        assert timedelta(seconds=59) <= wait <= timedelta(seconds=60)
    assert claims.claim_fetches(conn, 10, polite) == []
    conn.execute("UPDATE hosts SET next_slot_at = now(), link_due_at = now()")
    assert len(claims.claim_fetches(conn, 10, polite)) == 1


def test_what_people_ask_for_goes_before_what_feeds_bring(conn: psycopg.Connection, settings: Settings) -> None:
    early, late = add(conn, "http://a.example/feed", "http://a.example/manual")
    conn.execute("UPDATE links SET priority = 0, due_at = now() - interval '1 hour' WHERE id = %s", (early,))
    assert [job.id for job in claims.claim_fetches(conn, 10, settings)] == [late]


def test_ten_thousand_links_of_one_host_hold_no_other_host_back(conn: psycopg.Connection, settings: Settings) -> None:
    host = hosts.ensure(conn, ["big.example"])["big.example"]
    conn.execute(
        "INSERT INTO links (url, url_key, host_id, due_at) SELECT 'http://big.example/' || n, sha256(n::text::bytea), %s, now() - interval '1 day'"
        " FROM generate_series(1, 10000) n",
        (host,),
    )
    hosts.refresh(conn, [host])
    (small,) = add(conn, "http://small.example/only")
    conn.execute("UPDATE links SET priority = 0 WHERE id = %s", (small,))
    assert small in [job.id for job in claims.claim_fetches(conn, 2, settings)]


def test_feeds_and_links_of_a_host_take_turns(conn: psycopg.Connection, settings: Settings) -> None:
    for n in range(3):
        feeds.add(conn, f"http://a.example/feed{n}")
    add(conn, *[f"http://a.example/{n}" for n in range(3)])
    order = []
    for _ in range(6):
        jobs = claims.claim_polls(conn, 10, settings) or claims.claim_fetches(conn, 10, settings)
        (job,) = jobs
        order.append(job.stage)
        if job.stage == "poll":
            conn.execute(
                "UPDATE feeds SET phase = 'idle', dispatch_id = NULL, lease_until = NULL, next_poll_at = now() + interval '1 h' WHERE id = %s",
                (job.id,),
            )
        else:
            conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (job.id,))
        (host_id,) = conn.execute("SELECT id FROM hosts").fetchone() or (0,)
        hosts.release_all(conn, job.dispatch_id, [(host_id, hosts.VisitResult(0, 0))])
    assert order == ["poll", "fetch"] * 3


def test_of_links_that_come_by_hand_one_a_host_is_claimed_at_once_unless_it_is_busy(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://other.example/1")
    one, two, three = add(conn, "http://a.example/1", "http://a.example/2", "http://b.example/1")
    first = claims.claim_fetches(conn, 10, settings, of=[one, two, three])
    assert len(first) == 2
    assert {job.id for job in first} <= {one, two, three}
    assert claims.claim_fetches(conn, 10, settings, of=[one, two, three]) == []


def test_claims_that_are_given_back_wait_again_and_their_hosts_are_free(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1", "http://b.example/1")
    jobs = claims.claim_fetches(conn, 10, settings)
    started, idle = jobs
    assert fetching.start(conn, started.id, started.dispatch_id, settings, "w")
    unsent_claims.give_back(conn, jobs)
    assert dict(conn.execute("SELECT id, state FROM links").fetchall()) == {started.id: "running", idle.id: "waiting"}
    assert [job.id for job in claims.claim_fetches(conn, 10, settings)] == [idle.id]


def test_in_flight_follows_the_slots_of_live_workers(conn: psycopg.Connection, settings: Settings) -> None:
    config = settings.model_copy(update={"dispatch": Dispatch(in_flight_floor=7, in_flight_factor=4)})
    assert claims.free_slots(conn, config) == {"poll": 7, "fetch": 7, "extract": 7}
    conn.execute(
        "INSERT INTO workers VALUES ('f@1', 'fetch', 5, '1', now(), now()), ('f@2', 'fetch', 5, '1', now(), now() - interval '1 h')"
    )
    add(conn, "http://a.example/1", "http://b.example/1")
    claims.claim_fetches(conn, 10, config)
    assert claims.free_slots(conn, config)["fetch"] == 4 * 5 - 2


def with_pages(conn: psycopg.Connection, count: int) -> None:
    """So many fetched pages, and a worker that extracts two at a time."""
    add(conn, *(f"http://a{n}.example/" for n in range(count)))
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract'")
    conn.execute("INSERT INTO workers VALUES ('e@1', 'extract', 2, '1', now(), now())")


def few_at_once(settings: Settings) -> Settings:
    """Two pages a message, four messages a slot."""
    return settings.model_copy(update={"workers": Workers(extract_batch=2), "dispatch": Dispatch(in_flight_factor=4)})


def test_fetched_pages_go_out_once_a_quarter_of_the_room_is_free(conn: psycopg.Connection, settings: Settings) -> None:
    config = few_at_once(settings)
    with_pages(conn, 30)
    first = extract_claims.refill_extracts(conn, config)
    assert len(first) == 2 * 4 * 2
    assert extract_claims.refill_extracts(conn, config) == []

    def end(jobs: list[claims.Job]) -> None:
        for job in jobs:
            conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (job.id,))

    end(first[:3])
    assert extract_claims.refill_extracts(conn, config) == []
    assert claims.free_slots(conn, config)["extract"] == 3  # the tick would send them
    end(first[3:4])
    assert len(extract_claims.refill_extracts(conn, config)) == 4


def test_pages_go_together_only_while_more_wait_than_may_be_under_way(conn: psycopg.Connection, settings: Settings) -> None:
    config = few_at_once(settings)
    with_pages(conn, 20)
    assert {job.batchable for job in extract_claims.refill_extracts(conn, config)} == {True}
    conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE state = 'dispatched'")
    last = extract_claims.refill_extracts(conn, config)
    assert [job.batchable for job in last] == [False] * 4


def test_a_page_that_was_started_before_goes_alone(conn: psycopg.Connection, settings: Settings) -> None:
    with_pages(conn, 20)
    conn.execute("UPDATE links SET extract_attempts = 1 WHERE id = (SELECT min(id) FROM links)")
    (suspect,) = conn.execute("SELECT min(id) FROM links").fetchone() or (0,)
    assert [job.id for job in extract_claims.refill_extracts(conn, few_at_once(settings)) if not job.batchable] == [suspect]
    conn.execute("UPDATE links SET state = 'fetched', dispatch_id = NULL, lease_until = NULL")
    assert [job.id for job in extract_claims.claim_extracts(conn, 20, settings) if not job.batchable] == [suspect]


def test_a_host_with_nothing_due_is_put_right_and_not_looked_at_again(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1")
    conn.execute("UPDATE links SET due_at = now() + interval '1 hour'")
    assert claims.claim_fetches(conn, 10, settings) == []
    (due,) = conn.execute("SELECT link_due_at > now() + interval '50 minutes' FROM hosts").fetchone() or (False,)
    assert due


@pytest.mark.parametrize("piped", [False, True])
def test_links_that_come_in_while_a_visit_ends_are_not_forgotten(settings: Settings, piped: bool) -> None:
    """The end of a visit looks at its host's links in a snapshot that may not have the newest; it must not hide them."""
    with connect(settings) as one, connect(settings) as two:
        (link,) = add(one, "http://a.example/1")
        (job,) = claims.claim_fetches(one, 10, settings)
        (host_id,) = one.execute("SELECT id FROM hosts").fetchone() or (0,)
        # `two` inserts a link and notes it, but commits only after `one` has begun to leave.
        two.execute("BEGIN")
        two.execute("INSERT INTO links (url, url_key, host_id) VALUES ('http://a.example/2', sha256('x'), %s)", (host_id,))
        hosts.note_links(two, [host_id])

        def leave() -> None:
            with one.transaction(), one.pipeline() if piped else nullcontext():
                one.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (link,))
                hosts.release_all(one, job.dispatch_id, [(host_id, hosts.VisitResult(0, 0))])

        thread = threading.Thread(target=leave)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "leaving waits for the one who brings links"
        two.execute("COMMIT")
        thread.join(120)
        assert len(claims.claim_fetches(one, 10, settings)) == 1


def test_two_who_bring_links_of_one_host_do_not_wait_for_each_other_in_a_circle(settings: Settings) -> None:
    """Inserting a link holds its host through the foreign key; noting it locks the host."""
    with connect(settings) as one, connect(settings) as two:
        host_id = hosts.ensure(one, ["a.example"])["a.example"]
        both_inserted = threading.Barrier(2)
        failures: list[Exception] = []

        def bring(conn: psycopg.Connection, name: str) -> None:
            try:
                with conn.transaction():
                    conn.execute("INSERT INTO links (url, url_key, host_id) VALUES (%s, sha256(%s::bytea), %s)", (name, name, host_id))
                    both_inserted.wait(120)
                    hosts.note_links(conn, [host_id])
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=bring, args=pair) for pair in ((one, "1"), (two, "2"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not failures
