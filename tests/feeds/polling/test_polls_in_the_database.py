"""Polls as the database sees them: crashes, restarts, claims, Retry-After, and hosts of many feeds."""

from __future__ import annotations

import threading

import psycopg
import pytest

from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds, polling
from pipeline.store.hosts import hosts
from pipeline.store.queue import claims
from tests.feeds.poller import Poller, poller
from tests.feeds.polling.known import ETAG, known
from tests.feeds.reader import HOUR, ok, status
from tests.fetch.server import Site


def test_a_crash_before_the_commit_leaves_neither_links_nor_validators(
    polling_: Poller, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = polling_
    site.script["/f"] = ok(b"", ETAG)
    feeds.add(poll.conn, site.url("/f"))
    with monkeypatch.context() as broken:
        broken.setattr(hosts, "release_all", lambda *_, **__: (_ for _ in ()).throw(psycopg.OperationalError("the server went away")))
        (job,) = poll.claim()
        with pytest.raises(psycopg.OperationalError):
            poll.run(job)
    assert (known(poll), poll.row("SELECT etag, body_hash, phase FROM feeds")) == ([], (None, None, "running"))
    poll.skip(HOUR)
    assert claims.give_back_expired(poll.conn, poll.ctx.settings).feeds == 1
    poll.skip(HOUR)
    assert poll.due() == [""]
    assert len(known(poll)) == 3
    assert poll.one("SELECT etag FROM feeds") == "x"
    assert "if-none-match" not in site.requests[-1][1]


@pytest.mark.parametrize("line", ["429 Slow down", "503 Later"])
def test_retry_after_keeps_the_feed_alone_and_slows_its_host(polling_: Poller, site: Site, line: str) -> None:
    poll = polling_
    site.script["/f"] = status(line, "Retry-After: 3600")
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    other, _ = feeds.add(poll.conn, site.url("/other"))
    poll.conn.execute("UPDATE feeds SET next_poll_at = now() + interval '1 s' WHERE id = %s", (other,))
    assert poll.due() == [f"http_{line[:3]}"]
    assert poll.wait_s(feed) > 3590
    poll.skip(3000)
    assert poll.claim() == [], "the host is left alone too"
    assert "http_" in poll.one("SELECT pause_reason FROM hosts")
    feeds.poll_now(poll.conn, feed, 0)
    assert poll.claim() == []
    site.script["/f"] = site.script["/other"] = ok(b"", ETAG)
    poll.skip(700)
    poll.due()
    poll.due()
    assert len(site.requests) == 3


def test_after_a_restart_nothing_is_polled_early_and_nothing_in_a_burst(polling_: Poller, site: Site) -> None:
    poll = polling_
    paths = [f"/{n}" for n in range(5)]
    for path in paths:
        site.script[path] = ok(b"", ETAG)
        feeds.add(poll.conn, site.url(path))
    for _ in paths:
        assert poll.due() == [""]
    with connect(poll.ctx.settings) as restarted:
        assert claims.claim_polls(restarted, 100, poll.ctx.settings) == [], "just after"
    poll.skip(30 * 86400)
    with connect(poll.ctx.settings) as restarted:
        assert len(claims.claim_polls(restarted, 100, poll.ctx.settings)) == 1, "long after: one at once of a host"
        assert claims.claim_polls(restarted, 100, poll.ctx.settings) == []


def test_a_poll_whose_worker_vanished_is_not_repeated_at_once_and_less_and_less_often(polling_: Poller, site: Site) -> None:
    """The request may have been made, and a feed that kills its worker each time would else be asked with every lease."""
    poll = polling_
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    waits = []
    for _ in range(3):
        (job,) = poll.claim()
        assert polling.start(poll.conn, job.id, job.dispatch_id, poll.ctx.settings, "w")
        poll.skip(HOUR)
        claims.give_back_expired(poll.conn, poll.ctx.settings)
        waits.append(round(poll.wait_s(feed)))
        poll.skip(waits[-1] + 1)
    assert waits == [300, 600, 1200]
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert (found.code, found.failures) == ("worker_lost", 3)
    site.script["/f"] = ok(b"", ETAG)
    assert poll.due() == [""]


def test_two_schedulers_claim_each_due_feed_once(polling_: Poller) -> None:
    poll = polling_
    for n in range(60):
        feeds.add(poll.conn, f"http://h{n}.example/feed")
    together, found = threading.Barrier(2), list[claims.Job]()

    def schedule() -> None:
        with connect(poll.ctx.settings) as own:
            together.wait(120)
            for _ in range(12):
                found.extend(claims.claim_polls(own, 5, poll.ctx.settings))

    threads = [threading.Thread(target=schedule) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(job.id for job in found) == sorted({job.id for job in found})
    assert len(found) == 60


def test_a_claim_ends_with_its_lease(polling_: Poller) -> None:
    poll = polling_
    feeds.add(poll.conn, "http://a.example/feed")
    (first,) = poll.claim()
    poll.skip(HOUR)
    claims.give_back_expired(poll.conn, poll.ctx.settings)
    (second,) = poll.claim()
    assert (first.id, first.dispatch_id != second.dispatch_id) == (second.id, True)
    assert polling.start(poll.conn, first.id, first.dispatch_id, poll.ctx.settings, "w") is None, "the old message does nothing"


def test_of_500_due_feeds_of_a_host_one_is_polled_at_a_time_and_others_are_not_starved(polling_: Poller) -> None:
    poll = polling_
    polite = poll.ctx.settings.model_copy(update={"fetch": poll.ctx.settings.fetch.model_copy(update={"min_gap_s": 5.0})})
    host = hosts.ensure(poll.conn, ["big.example"])["big.example"]
    poll.conn.execute(
        "INSERT INTO feeds (url, url_key, host_id, next_poll_at)"
        " SELECT 'http://big.example/' || n, sha256(n::text::bytea), %s, now() - interval '1 h' FROM generate_series(1, 500) n",
        (host,),
    )
    hosts.refresh(poll.conn, [host])
    others = {feeds.add(poll.conn, f"http://small{n}.example/feed")[0] for n in range(20)}
    jobs = claims.claim_polls(poll.conn, 100, polite)
    assert {job.id for job in jobs} >= others
    assert len(jobs) == 21
    (big,) = (job for job in jobs if job.id not in others)
    started = polling.start(poll.conn, big.id, big.dispatch_id, polite, "w")
    assert started
    assert claims.claim_polls(poll.conn, 100, polite) == [], "one at once"
    poll.conn.execute(
        "UPDATE feeds SET phase = 'idle', dispatch_id = NULL, lease_until = NULL, next_poll_at = now() + interval '1 h' WHERE id = %s",
        (big.id,),
    )
    hosts.release_all(poll.conn, big.dispatch_id, [(host, hosts.VisitResult(5.0, since_request_s=0.5))])
    assert 4 < poll.one("SELECT extract(epoch FROM next_slot_at - now()) FROM hosts WHERE id = %s", host) <= 5


def test_a_poll_by_hand_waits_for_the_floor_and_for_retry_after(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = ok(b"", ETAG)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    assert poll.due() == [""]
    floor = poll.ctx.settings.poll.by_hand_s
    feeds.poll_now(poll.conn, feed, floor)
    assert floor - 5 < poll.wait_s(feed) <= floor
    assert poll.due() == []
    poll.skip(floor)
    site.script["/f"] = status("503 Later", "Retry-After: 86400")
    assert poll.due() == ["http_503"]
    poll.skip(2 * floor)
    due = feeds.poll_now(poll.conn, feed, floor)
    assert due
    assert poll.wait_s(feed) > 86400 - 3 * floor
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert "the site has asked to be left alone until then" in found.next_poll_why
    poll.skip(HOUR)
    assert poll.due() == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1:9"])
def test_a_host_that_is_not_there_is_a_soft_failure(polling_: Poller, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    poll = polling_
    loose = poll.ctx.settings.model_copy(update={"fetch": poll.ctx.settings.fetch.model_copy(update={"contact": "x@newsmill.test"})})
    with poller(loose, poll.conn) as outward:
        feed, _ = feeds.add(poll.conn, f"http://{host}/f")
        (code,) = outward.due()
    assert code in ("dns", "connect", "timeout", "blocked_port")
    assert poll.row("SELECT state, failures FROM feeds WHERE id = %s", feed) == ("active", 1)
