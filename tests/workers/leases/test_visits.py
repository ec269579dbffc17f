"""The hosts that one job talks to beside its own: their turns and gaps hold too."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from pipeline.feeds.options import Options
from pipeline.fetch.client import Client
from pipeline.jobs import Identity
from pipeline.normalise.urls import parse
from pipeline.outcomes import RetryDecision, State
from pipeline.store.articles import articles, pages
from pipeline.store.extraction import extracting
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import aliases, fetching, links
from pipeline.store.queue import claims, extract_claims
from tests.fetch.server import answer, page, redirect, serving
from tests.store.articles.made import article
from tests.workers.leases.visiting import GAP_S, SHUT, health, name_of, visiting
from workers import tasks
from workers.context import Context
from workers.steps import polls
from workers.steps.host_visits import Visits


def test_a_robots_txt_that_leads_to_another_host_takes_its_turn_and_leaves_its_gap(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/rules": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/rules"))}) as site:
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert visits.robots
        assert visits.robots.text == SHUT.decode()
        assert health(conn, name_of(other))[0]
        hosts.release_all(conn, visits.claim, visits.visit_results(None))
        for name in (name_of(site), name_of(other)):
            taken, wait_s = health(conn, name)
            assert not taken
            assert GAP_S / 2 < wait_s <= GAP_S


def test_a_host_whose_turn_it_is_not_is_not_asked_for_anothers_robots_txt(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/robots.txt"))}) as site:
        visiting(conn, ctx, name_of(other))
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert other.requests == []
    assert visits.robots
    assert (visits.robots.reachable, visits.robots.text, visits.robots.failures) == (False, "", 0)
    assert name_of(other) in visits.robots.why
    assert (visits.robots.until - visits.robots.fetched_at).total_seconds() == ctx.settings.fetch.robots_retry_s


def test_the_copy_that_is_kept_of_the_other_host_counts_and_nothing_is_asked(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/robots.txt"))}) as site:
        first = visiting(conn, ctx, name_of(other))
        first.read_robots(other.url("/story"))
        hosts.release_all(conn, first.claim, first.visit_results(None))
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert other.paths() == ["/robots.txt"]
    assert visits.robots == first.robots
    assert visits.asked_robots


def test_eight_workers_ask_for_a_robots_txt_once_and_a_restart_does_not_ask_again(conn: psycopg.Connection, ctx: Context) -> None:
    quick = ctx.settings.model_copy(update={"fetch": ctx.settings.fetch.model_copy(update={"min_gap_s": 0.0})})
    ctx = replace(ctx, settings=quick)

    def work(_: int) -> int:
        """Claims, as a dispatcher does, and starts, as a worker does, until nothing is left. Returns the number of pages it might fetch."""
        done = 0
        while True:
            with ctx.pool.connection() as own:
                jobs = claims.claim_fetches(own, 1, quick)
                job = fetching.start(own, jobs[0].id, jobs[0].dispatch_id, quick, "w") if jobs else None
                if job is None:
                    (left,) = own.execute("SELECT count(*) FROM links WHERE state <> 'skipped'").fetchone() or (0,)
                    if left == 0:
                        return done
                    time.sleep(0.01)
                    continue
            visits = Visits(ctx, job.dispatch_id, job.host)
            visits.read_robots(job.address)
            assert visits.robots
            with ctx.pool.connection() as own:
                verdict, stats = RetryDecision(State.SKIPPED, "robots_disallowed", "x"), fetching.FetchStats(0.0)
                fetching.failed(own, job, verdict, stats, visits.visit_results(None), quick, max_redis_wait_s=0)
            done += 1

    with serving({"/robots.txt": answer(SHUT)}) as site:
        links.enqueue(conn, [parse(site.url(f"/{n}")) for n in range(24)])
        with ThreadPoolExecutor(8) as workers:
            assert sum(workers.map(work, range(8))) == 24
        anew = visiting(conn, replace(ctx, client=Client(quick.fetch)), name_of(site))
        anew.read_robots(site.url("/story"))
        assert anew.robots
        assert site.paths() == ["/robots.txt"]


def test_the_second_address_of_a_stored_article_is_skipped_before_any_request(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "context", lambda: ctx)
    with serving({"/robots.txt": answer(SHUT)}) as site:
        story, twin = site.url("/story"), site.url("/story?page=1")
        stored, second = links.enqueue(conn, [parse(story), parse(twin)])
        made = article("x", canonical_url=story)
        articles.upsert(conn, stored.id, story, pages.none_fetched(story, datetime.now(UTC)), made, Identity(parse(story).key), "x")
        conn.execute("UPDATE links SET state = 'stored' WHERE id = %s", (stored.id,))
        aliases.note(conn, stored.id, [(twin, "found"), (site.url("/s/1"), "final")])
        (claim,) = claims.claim_fetches(conn, 1, ctx.settings)
        tasks.fetch_page.apply(args=(claim.id, str(claim.dispatch_id)))
        assert site.connections == 0
    link = links.find(conn, twin)
    assert link
    assert (claim.id, link.state, link.code) == (second.id, "skipped", "duplicate")
    assert story in link.detail
    assert sorted(alias.kind for alias in aliases.of(conn, stored.id)) == ["final", "found"], "and its other addresses can be counted"


FEED = b'<rss version="2.0"><channel><title>Paper</title><item><title>x</title><link>http://a.example/1</link></item></channel></rss>'


def poll(conn: psycopg.Connection, ctx: Context) -> None:
    """Poll the feed whose turn it is."""
    conn.execute("UPDATE hosts SET next_slot_at = now() WHERE lease_id IS NULL")
    (job,) = claims.claim_polls(conn, 1, ctx.settings)
    polls.poll(ctx, job.id, job.dispatch_id, "w")


def line_of(conn: psycopg.Connection) -> tuple[str, str, str | None] | None:
    """In which host's line the only feed stands, its address, and where it goes on."""
    return conn.execute("SELECT h.name, f.url, f.next_url FROM feeds f JOIN hosts h ON h.id = f.host_id").fetchone()


def test_a_feed_that_leads_to_another_host_takes_its_turn_and_leaves_its_gap(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/news.xml": answer(FEED)}) as other, serving({"/feed": redirect(other.url("/news.xml"))}) as site:
        feeds.add(conn, site.url("/feed"))
        poll(conn, ctx)
        assert conn.execute("SELECT entries, code FROM polls").fetchall() == [(1, "")]
        for name in (name_of(site), name_of(other)):
            taken, wait_s = health(conn, name)
            assert not taken
            assert GAP_S / 2 < wait_s <= GAP_S


def test_a_feed_whose_redirect_leads_to_a_busy_host_goes_on_in_its_line(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/news.xml": answer(FEED, "200 OK", 'ETag: "1"')}) as other, serving({}) as site:
        site.script["/feed"] = redirect(other.url("/news.xml"))
        feed_id, _ = feeds.add(conn, site.url("/feed"), own=Options(headers=(("X-Key", "secret"),)))
        visits = visiting(conn, ctx, name_of(other))
        poll(conn, ctx)
        assert (other.requests, health(conn, name_of(site))[0]) == ([], False)
        assert conn.execute("SELECT count(*) FROM polls").fetchone() == (0,), "the poll is not over"
        assert name_of(other) in str(conn.execute("SELECT next_poll_why FROM feeds").fetchone())
        hosts.release_all(conn, visits.claim, visits.visit_results(None))
        assert line_of(conn) == (name_of(other), site.url("/feed"), other.url("/news.xml"))
        poll(conn, ctx)
        assert conn.execute("SELECT entries, code FROM polls").fetchall() == [(1, "")]
        assert "x-key" not in other.requests[0][1], "what the operator set for the feed's host is for that alone"
        assert conn.execute("SELECT next_url, hops, origin_host_id FROM feeds").fetchone() == (None, [], None)
        feeds.poll_now(conn, feed_id, 0)
        assert line_of(conn) == (name_of(site), site.url("/feed"), None)


def test_tdmrep_json_takes_a_turn_of_its_own_once_a_week_where_it_is_wanted(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ctx.settings.model_copy(update={"fetch": ctx.settings.fetch.model_copy(update={"read_tdmrep": True})})
    monkeypatch.setattr(tasks, "context", lambda: replace(ctx, settings=wanted))
    monkeypatch.setattr(tasks.dispatcher, "fill_extract", lambda *_: None)
    text = '[{"location": "/", "tdm-reservation": 1}]'
    paths = {"/robots.txt": answer(SHUT), "/.well-known/tdmrep.json": answer(text.encode())}
    with serving(paths | {f"/{n}": page() for n in range(2)}) as site:
        links.enqueue(conn, [parse(site.url("/0")), parse(site.url("/1"))])
        for _ in range(4):
            conn.execute("UPDATE hosts SET next_slot_at = now(), link_due_at = least(link_due_at, now())")
            (claim,) = claims.claim_fetches(conn, 1, wanted)
            tasks.fetch_page.apply(args=(claim.id, str(claim.dispatch_id)))
            assert GAP_S / 2 < health(conn, name_of(site))[1] <= GAP_S
        assert site.paths()[:2] == ["/robots.txt", "/.well-known/tdmrep.json"]
        assert sorted(site.paths()[2:]) == ["/0", "/1"]
        fetched = conn.execute("SELECT id FROM links WHERE state = 'fetched' LIMIT 1").fetchone()
        assert fetched
        claim = extract_claims.claim_extracts(conn, 1, wanted)[0]
        job = extracting.start(conn, claim.id, claim.dispatch_id, wanted, "w")
        assert job
        assert job.tdmrep == text
