"""The claims of lost workers and messages come back."""

from __future__ import annotations

import uuid

import psycopg

from pipeline.jobs import FetchJob
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching
from pipeline.store.queue import claims, extract_claims
from tests.store.links.waiting import add, expire, states


def test_a_message_whose_claim_is_gone_starts_nothing(conn: psycopg.Connection, settings: Settings) -> None:
    add(conn, "http://a.example/1")
    (job,) = claims.claim_fetches(conn, 10, settings)
    assert fetching.start(conn, job.id, uuid.uuid4(), settings, "w") is None
    assert fetching.start(conn, job.id, job.dispatch_id, settings, "w") is not None
    assert fetching.start(conn, job.id, job.dispatch_id, settings, "w") is None, "a doubled message"


def test_a_lost_message_is_given_back_and_costs_no_attempt(conn: psycopg.Connection, settings: Settings) -> None:
    (link,) = add(conn, "http://a.example/1")
    claims.claim_fetches(conn, 10, settings)
    expire(conn)
    assert claims.give_back_expired(conn, settings).again == 1
    assert states(conn) == {link: "waiting"}
    (again,) = claims.claim_fetches(conn, 10, settings)
    assert again.id == link
    assert conn.execute("SELECT fetch_attempts FROM links").fetchone() == (0,)


def test_a_fetch_whose_worker_vanishes_each_time_ends_with_worker_lost(conn: psycopg.Connection, settings: Settings) -> None:
    (link,) = add(conn, "http://a.example/1")
    for _ in range(settings.retry.fetch_losses):
        assert states(conn) == {link: "waiting"}
        lose_fetch(conn, settings)
    assert conn.execute("SELECT state, code FROM links WHERE id = %s", (link,)).fetchone() == ("failed", "worker_lost")
    assert conn.execute("SELECT count(*) FROM attempts WHERE outcome = 'lost'").fetchone() == (settings.retry.fetch_losses,)


def test_a_fetch_whose_worker_vanished_is_no_try_of_the_page(conn: psycopg.Connection, settings: Settings) -> None:
    (link,) = add(conn, "http://a.example/1")
    for _ in range(2 * settings.retry.fetch_losses):
        lose_fetch(conn, settings)
        (job,) = claims.claim_fetches(conn, 10, settings)
        started = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
        assert isinstance(started, FetchJob)
        assert started.attempt == 1
        again = RetryDecision(State.WAITING, "robots_unreachable", "x", 0.0, counted=False)
        left = [(started.host.id, hosts.VisitResult(0, 0))]
        assert fetching.failed(conn, started, again, fetching.FetchStats(0.1), left, settings, max_redis_wait_s=0)
    assert states(conn) == {link: "waiting"}, "other tries lay between, so the page kills nobody"


def lose_fetch(conn: psycopg.Connection, settings: Settings) -> None:
    (job,) = claims.claim_fetches(conn, 10, settings)
    assert fetching.start(conn, job.id, job.dispatch_id, settings, "w")
    expire(conn)
    claims.give_back_expired(conn, settings)


def test_a_page_that_kills_its_process_three_times_ends_with_extract_crashed(conn: psycopg.Connection, settings: Settings) -> None:
    (link,) = add(conn, "http://a.example/1")
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract'")
    for _ in range(settings.retry.extract_attempts):
        (job,) = extract_claims.claim_extracts(conn, 10, settings)
        conn.execute(
            "UPDATE links SET state = 'running', extract_attempts = extract_attempts + 1 WHERE dispatch_id = %s", (job.dispatch_id,)
        )
        expire(conn)
        claims.give_back_expired(conn, settings)
    assert conn.execute("SELECT state, code FROM links WHERE id = %s", (link,)).fetchone() == ("failed", "extract_crashed")


def test_a_lost_poll_is_due_again_and_frees_its_host(conn: psycopg.Connection, settings: Settings) -> None:
    feed, new = feeds.add(conn, "http://a.example/feed")
    assert new
    assert len(claims.claim_polls(conn, 10, settings)) == 1
    expire(conn)
    assert claims.give_back_expired(conn, settings).feeds == 1
    assert [job.id for job in claims.claim_polls(conn, 10, settings)] == [feed]


def test_removing_a_feed_in_mid_poll_frees_its_host(conn: psycopg.Connection, settings: Settings) -> None:
    feed, _ = feeds.add(conn, "http://a.example/feed")
    add(conn, "http://a.example/1")
    assert claims.claim_polls(conn, 10, settings)
    feeds.remove(conn, feed)
    assert len(claims.claim_fetches(conn, 10, settings)) == 1
