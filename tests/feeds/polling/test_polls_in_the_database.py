"""Polls as the database sees them: crashes, restarts, claims, Retry-After, moves, and the first poll of a feed that was found."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds, moved_feeds, polling
from pipeline.store.hosts import hosts
from pipeline.store.queue import claims
from tests.cli.conftest import Newsmill, newsmill, own_place, stack  # noqa: F401 (fixtures)
from tests.feeds.poller import Poller, poller
from tests.feeds.reader import HOUR, ok, rss, status
from tests.fetch.server import Site, redirect

ETAG = "ETag: x"


@pytest.fixture
def polling_(settings: Settings, conn: psycopg.Connection) -> Iterator[Poller]:
    with poller(settings, conn) as running:
        yield running


def known(poll: Poller) -> list[str]:
    return [row[0] for row in poll.conn.execute("SELECT url FROM links ORDER BY url")]


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
            together.wait(5)
            for _ in range(12):
                found.extend(claims.claim_polls(own, 5, poll.ctx.settings))

    threads = [threading.Thread(target=schedule) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
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


def sighted(poll: Poller, count: int = 5, days: float = 2) -> None:
    """Polls of all feeds with days between them."""
    for _ in range(count):
        poll.poll_next()
        while poll.due():
            pass
        poll.skip(days * 86400)


def test_a_feed_that_moved_keeps_its_old_address_its_history_and_its_articles(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    before = poll.conn.execute("SELECT id, url_key FROM links ORDER BY id").fetchall()
    poll.skip(86400)
    site.script |= {"/f": redirect("/new", status="301 Moved"), "/new": ok(rss(1, 2, 3), "ETag: y")}
    sighted(poll)
    found = feeds.find(poll.conn, site.url("/f"))
    assert found
    assert (found.id, found.url, found.state) == (feed, site.url("/new"), "active")
    assert moved_feeds.former(poll.conn, feed) == [site.url("/f")]
    assert feeds.add(poll.conn, site.url("/f")) == (feed, False), "the old address is no new feed"
    assert len(feeds.history(poll.conn, feed)) == 6
    assert poll.conn.execute("SELECT id, url_key FROM links ORDER BY id").fetchall()[:2] == before
    assert len(known(poll)) == 3, "no article twice"
    site.requests.clear()
    poll.poll_next()
    assert site.paths() == ["/new"]


def test_a_feed_may_move_back(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script |= {"/f": redirect("/new", status="301 Moved"), "/new": ok(b"", ETAG)}
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    sighted(poll)
    site.script |= {"/new": redirect("/f", status="301 Moved"), "/f": ok(b"", ETAG)}
    sighted(poll)
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert (found.url, moved_feeds.former(poll.conn, feed)) == (site.url("/f"), [site.url("/new")])


def test_a_feed_that_moved_to_a_known_one_is_its_alias_and_they_are_polled_once(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script |= {"/old": redirect("/new", status="301 Moved"), "/new": ok(rss(1, 2), ETAG)}
    old, _ = feeds.add(poll.conn, site.url("/old"))
    new, _ = feeds.add(poll.conn, site.url("/new"))
    sighted(poll)
    assert poll.row("SELECT state, alias_of FROM feeds WHERE id = %s", old) == ("stopped", new)
    assert len(known(poll)) == 2
    site.requests.clear()
    poll.skip(86400)
    while poll.due():
        pass
    assert site.paths() == ["/new"]
    found = feeds.find(poll.conn, str(old))
    assert found
    assert found.next_poll_why == f"stopped: it has moved to feed {new}, which is polled already"


def test_a_feed_that_is_gone_is_polled_no_more_and_its_articles_stay(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = ok(b"", ETAG)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    site.script["/f"] = status("410 Gone")
    assert poll.poll_next() == ["feed_gone"]
    poll.skip(365 * 86400)
    assert poll.claim() == []
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert (found.state, found.next_poll_why) == ("stopped", "stopped: the site says that the feed is gone for good")
    assert (len(known(poll)), found.links) == (3, 3)
    feeds.resume(poll.conn, feed)
    site.script["/f"] = ok(b"", ETAG)
    assert poll.due() == [""]


def test_a_failing_feed_stays_and_revives_by_itself(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = status("404 Not Found")
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    waits = []
    for _ in range(20):
        waits.append(poll.wait_s(feed))
        assert poll.poll_next() == ["http_404"]
    assert waits[-1] <= 30 * 86400
    assert waits[0] < waits[3] < waits[-1]
    assert feeds.find(poll.conn, str(feed)).state == "active"  # type: ignore[union-attr]
    site.script["/f"] = ok(b"", ETAG)
    assert poll.poll_next() == [""]
    assert poll.row("SELECT failures, state FROM feeds") == (0, "active")
    assert poll.wait_s(feed) < 2 * poll.ctx.settings.poll.start_interval_s


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1:9"])
def test_a_host_that_is_not_there_is_a_soft_failure(polling_: Poller, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    poll = polling_
    loose = poll.ctx.settings.model_copy(update={"fetch": poll.ctx.settings.fetch.model_copy(update={"contact": "x@newsmill.test"})})
    with poller(loose, poll.conn) as outward:
        feed, _ = feeds.add(poll.conn, f"http://{host}/f")
        (code,) = outward.due()
    assert code in ("dns", "connect", "timeout", "blocked_port")
    assert poll.row("SELECT state, failures FROM feeds WHERE id = %s", feed) == ("active", 1)


def test_subscribing_is_one_unconditional_get_whose_body_is_the_first_poll(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG, "Last-Modified: then")
    said = stack("add", site.url("/f"))
    assert said.code == 0, said.err
    assert site.lines == ["GET /f HTTP/1.1"]
    assert site.requests[0][1].keys().isdisjoint({"if-none-match", "if-modified-since"})
    assert len(known(poll)) == 2
    assert [job.url for job in claims.claim_fetches(poll.conn, 10, poll.ctx.settings)] == ["http://news.example/1"]
    assert poll.due() == [], "it has been polled"
    (past,) = feeds.history(poll.conn, 1)
    assert (past.status, past.entries, past.new_links) == (200, 2, 2)
    poll.poll_next()
    assert site.requests[1][1]["if-none-match"] == "x"
    assert len(site.requests) == 2


def test_a_site_whose_page_announces_its_feed_is_asked_for_each_once(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    page = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/f"></head><body>News</body></html>'
    site.script |= {"/": status("200 OK", "Content-Type: text/html", body=page), "/f": ok(rss(1, 2), ETAG)}
    assert stack("add", site.url("/")).code == 0
    assert site.paths() == ["/", "/f"]
    assert polling_.due() == []
    assert len(known(polling_)) == 2


def test_subscribing_takes_no_turn_from_a_job_that_is_at_the_host(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG)
    feeds.add(poll.conn, site.url("/other"))
    (job,) = poll.claim()
    assert stack("add", site.url("/f")).code == 0
    assert poll.one("SELECT lease_id FROM hosts WHERE name LIKE '127%%'") == job.dispatch_id
    assert poll.run(job) == "http_404"
    assert (len(known(poll)), poll.one("SELECT count(*) FROM feeds WHERE phase <> 'idle'")) == (2, 0)
