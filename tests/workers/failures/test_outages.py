"""Sites that are away: nothing of theirs is lost, nothing stands still, and nobody is asked more than he must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.fetch.client import Client
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.normalise.urls import parse
from pipeline.settings import Retry, Settings
from pipeline.store.db.pool import open_pool
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts, site_rules
from pipeline.store.links import links
from pipeline.store.links.trace import trace
from pipeline.store.queue import claims
from tests.feeds.poller import Poller
from tests.fetch.resolver import resolving
from tests.fetch.server import answer, page, redirect, serving
from workers import tasks
from workers.context import Context

HOUR = 3600
RETRY = Retry(jitter=0, redis_max_s=0)
RULES = answer(b"User-agent: *\nDisallow:\n")
DOWN = answer(b"", "503 Unavailable")
FEED = b'<rss version="2.0"><channel><title>Paper</title><item><guid>%d</guid><link>http://127.0.0.1:%d/new</link></item></channel></rss>'


@dataclass
class Worker(Poller):
    """Works on what is due, links too, as the workers do; time is made to pass in the rows."""

    def fetch_due(self) -> int:
        jobs = claims.claim_fetches(self.conn, 100, self.ctx.settings)
        for job in jobs:
            tasks.fetch_page.apply(args=(job.id, str(job.dispatch_id)))
        return len(jobs)

    def fetch_next(self) -> None:
        """Let time go by until the next link may be fetched, and fetch it."""
        wait = self.one("SELECT greatest(0, extract(epoch FROM min(greatest(link_due_at, next_slot_at)) - now()) + 0.001) FROM hosts")
        assert wait is not None, "nothing waits"
        self.skip(wait)
        self.fetch_due()

    def until_failed(self, looks: int) -> None:
        for _ in range(looks):
            if not self.one("SELECT count(*) FROM links WHERE state <> 'failed'"):
                return
            self.fetch_next()
        raise AssertionError(self.row("SELECT state, fetch_attempts, code, due_at - now() FROM links WHERE state <> 'failed'"))


@pytest.fixture
def worker(conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    fetch = settings.fetch.model_copy(update={"contact": "bot@newsmill.test", "allow_networks": ["127.0.0.0/8"]})
    config = settings.model_copy(update={"retry": RETRY, "fetch": fetch})
    client, pool = Client(config.fetch), open_pool(config)
    ctx = Context(config, pool, client)
    monkeypatch.setattr(tasks, "context", lambda: ctx)
    monkeypatch.setattr(tasks.dispatcher, "fill_extract", lambda *_: 0)
    yield Worker(conn, ctx)
    pool.close()
    client.close()


def test_links_of_a_host_that_does_not_exist_fail_with_dns_and_one_look_serves_all(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolving(monkeypatch)
    links.enqueue(worker.conn, [parse(f"http://no-such-host.example/{n}") for n in range(1000)])
    worker.until_failed(30)
    tries = len(RETRY.delays_s) + len(RETRY.late_s) + 1
    assert worker.row("SELECT count(*), min(fetch_attempts), max(fetch_attempts) FROM links WHERE state = 'failed' AND code = 'dns'") == (
        1000,
        tries,
        tries,
    )
    assert len(asked) == tries, "not one look a link"
    assert worker.one("SELECT count(*) FROM attempts") == 1000 * tries, "and each link tells of its tries"


def test_links_of_a_host_that_vanished_after_its_rules_were_read_end_too(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    (host,) = hosts.ensure(worker.conn, ["127.0.0.1:9"]).values()  # nothing listens there
    now = datetime.now(UTC)
    site_rules.keep(worker.conn, host, Robots("User-agent: *\nDisallow:\n", now, now + timedelta(days=9)), None)
    links.enqueue(worker.conn, [parse(f"http://127.0.0.1:9/{n}") for n in range(100)])
    worker.until_failed(40)
    assert worker.row("SELECT count(*), min(code), max(code) FROM links WHERE state = 'failed'") == (100, "connect", "connect")


def test_a_redirect_to_a_host_that_is_away_is_no_failure_of_the_host_that_redirected(worker: Worker) -> None:
    away = Robots("", datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1), 3, reachable=False, why="dns: unknown", code="dns")
    with serving({"/robots.txt": RULES, "/1": redirect("http://127.0.0.1:9/story")}) as site:
        (dead,) = hosts.ensure(worker.conn, ["127.0.0.1:9"]).values()
        site_rules.keep(worker.conn, dead, away, None)
        links.enqueue(worker.conn, [parse(site.url("/1"))])
        worker.fetch_due()
        worker.fetch_due()
        assert worker.row("SELECT state, code, fetch_attempts FROM links") == ("waiting", "dns", 1)
        assert worker.conn.execute("SELECT failures, paused_until FROM hosts").fetchall() == [(0, None), (0, None)]


def test_rules_that_a_server_refuses_are_waited_for_and_no_try_is_counted(worker: Worker) -> None:
    with serving({"/robots.txt": DOWN, "/1": page()}) as site:
        links.enqueue(worker.conn, [parse(site.url("/1"))])
        for _ in range(8):
            worker.fetch_next()
        assert worker.row("SELECT state, fetch_attempts, code FROM links") == ("waiting", 0, "robots_unreachable")
        site.script["/robots.txt"] = RULES
        worker.fetch_next()
        assert worker.one("SELECT state FROM links") == "fetched"


def test_a_site_that_is_down_for_forty_minutes_does_not_lose_its_news(worker: Worker) -> None:
    with serving({"/robots.txt": RULES, "/1": answer(b"", "500 Oh"), "/2": page()}) as site:
        (link,) = links.enqueue(worker.conn, [parse(site.url("/1"))])
        for _ in range(4):
            worker.fetch_next()
        (found,) = links.by_ids(worker.conn, [link.id])
        assert (found.state, found.code, found.late) == ("waiting", "http_500", True)
        assert found.waits_for == f"a late retry after http_500, sooner if {found.host} answers again"
        assert found.waits_until is not None
        worker.skip(40 * 60)
        site.script["/1"] = page()
        links.enqueue(worker.conn, [parse(site.url("/2"))])
        worker.fetch_due()  # the host answers again
        worker.fetch_due()
    assert worker.conn.execute("SELECT state FROM links ORDER BY id").fetchall() == [("fetched",), ("fetched",)]
    story = trace(worker.conn, str(link.id))
    assert story is not None
    assert [event.outcome for event in story.events if event.what == "fetch"] == ["retry"] * 4 + ["ok"]


def test_a_late_retry_comes_behind_what_is_new(worker: Worker) -> None:
    with serving({"/robots.txt": RULES, "/old": answer(b"", "500 Oh"), "/new": page()}) as site:
        links.enqueue(worker.conn, [parse(site.url("/old"))])
        for _ in range(4):
            worker.fetch_next()
        worker.skip(7 * HOUR)
        site.requests.clear()
        feeds.add(worker.conn, site.url("/feed"))
        site.script["/feed"] = answer(FEED % (1, site.port))
        assert worker.due() == [""]
        for _ in range(2):
            worker.fetch_due()
    assert [path for path in site.paths() if path in ("/old", "/new")] == ["/new", "/old"]


def test_one_page_that_fails_on_a_site_that_answers_keeps_its_late_tries(worker: Worker) -> None:
    with serving({"/robots.txt": RULES, "/bad": answer(b"", "500 Oh")} | {f"/{n}": page() for n in range(20)}) as site:
        links.enqueue(worker.conn, [parse(site.url("/bad"))])
        for n in range(20):
            worker.skip(1800)
            links.enqueue(worker.conn, [parse(site.url(f"/{n}"))])
            worker.fetch_due()
            worker.fetch_due()
        worker.skip(60)
    assert site.paths().count("/bad") == 5, "four tries, and the one after six hours"


def test_a_feed_is_polled_at_once_when_a_page_of_its_site_answers_again(worker: Worker) -> None:
    with serving({"/robots.txt": RULES, "/f": DOWN, "/1": page()}) as site:
        feed, _ = feeds.add(worker.conn, site.url("/f"))
        for _ in range(12):
            worker.poll_next()
        assert worker.wait_s(feed) > 600
        links.enqueue(worker.conn, [parse(site.url("/1"))])
        worker.conn.execute("UPDATE hosts SET paused_until = NULL, next_slot_at = now()")
        worker.skip(400)
        for _ in range(2):  # robots.txt and the page
            worker.fetch_due()
        assert worker.wait_s(feed) <= 0
        assert worker.one("SELECT next_poll_why FROM feeds") == "its site answers again"


def test_a_feed_whose_site_was_away_for_three_days_is_polled_within_the_hour_of_its_return(worker: Worker) -> None:
    with serving({"/f": DOWN}) as site:
        feeds.add(worker.conn, site.url("/f"))
        away = 0.0
        while away < 3 * 86400:
            wait = worker.one(
                "SELECT greatest(0, extract(epoch FROM greatest(f.next_poll_at, h.next_slot_at) - now())) FROM feeds f, hosts h"
            )
            worker.skip(float(wait) + 0.001)
            away += float(wait)
            assert wait <= 3600
            assert worker.due() == ["http_503"]
        site.script["/f"] = answer(FEED % (1, site.port))
        worker.skip(3600)
        assert worker.due() == [""]
    assert worker.one("SELECT count(*) FROM links") == 1


def test_a_worker_that_vanishes_in_a_late_try_does_not_end_the_link(worker: Worker) -> None:
    with serving({"/robots.txt": RULES, "/1": DOWN}) as site:
        links.enqueue(worker.conn, [parse(site.url("/1"))])
        for _ in range(4):
            worker.fetch_next()
    worker.conn.execute(
        "UPDATE links SET state = 'running', fetch_attempts = 5, dispatch_id = gen_random_uuid(), lease_until = now() - interval '1 s'"
    )
    claims.give_back_expired(worker.conn, worker.ctx.settings)
    assert worker.row("SELECT state, late FROM links") == ("waiting", True)


@pytest.mark.parametrize(
    "by_hand", [lambda conn: links.retry(conn, links.LinkFilter(state="failed")), lambda conn: links.enqueue(conn, URLS)]
)
def test_a_link_that_waits_for_a_late_retry_is_sent_again_by_hand(conn: psycopg.Connection, by_hand) -> None:  # type: ignore[no-untyped-def]
    links.enqueue(conn, URLS)
    conn.execute("UPDATE links SET late = true, code = 'http_503', fetch_attempts = 4, priority = -5, due_at = now() + interval '6 hours'")
    by_hand(conn)
    assert conn.execute("SELECT state, late, fetch_attempts, priority >= 0, due_at <= now() FROM links").fetchone() == (
        "waiting",
        False,
        0,
        True,
        True,
    )


URLS = [parse("http://a.example/1")]
