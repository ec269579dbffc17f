"""The hosts that one job talks to beside its own: their turns and gaps hold too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from pipeline import stages
from pipeline.feeds.options import Options
from pipeline.fetch.client import Client, Elsewhere
from pipeline.settings import Settings
from pipeline.store import claims, feeds, hosts, polling
from pipeline.store.pool import open_pool
from tests.fetch.server import Site, answer, redirect, serving
from workers import polls
from workers.context import Context
from workers.visits import Visits

pytestmark = pytest.mark.integration

GAP_S = 60.0
SHUT = b"User-agent: *\nDisallow: /private\n"


@pytest.fixture
def ctx(settings: Settings) -> Iterator[Context]:
    polite = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": GAP_S})})
    pool = open_pool(polite)
    client = Client(polite.fetch)
    yield Context(polite, pool, client)
    client.close()
    pool.close()


def visiting(conn: psycopg.Connection, ctx: Context, name: str) -> Visits:
    (host_id,) = hosts.ensure(conn, [name]).values()
    claim = uuid.uuid4()
    host = hosts.enter(conn, host_id, claim, "fetch", GAP_S)
    assert host
    return Visits(ctx, claim, host)


def name_of(site: Site) -> str:
    return f"127.0.0.1:{site.port}"


def standing(conn: psycopg.Connection, name: str) -> tuple[bool, float]:
    """Whether somebody visits the host, and the seconds until its next slot."""
    query = "SELECT visitor IS NOT NULL, extract(epoch FROM next_slot_at - now())::float8 FROM hosts WHERE name = %s"
    row = conn.execute(query, (name,)).fetchone()
    assert row
    return row


def test_p02_p18_a_robots_txt_that_leads_to_another_host_takes_its_turn_and_leaves_its_gap(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/rules": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/rules"))}) as site:
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert visits.robots
        assert visits.robots.text == SHUT.decode()
        assert standing(conn, name_of(other))[0]
        hosts.leave_all(conn, visits.claim, visits.leavings(None))
        for name in (name_of(site), name_of(other)):
            taken, wait_s = standing(conn, name)
            assert not taken
            assert GAP_S - 5 < wait_s <= GAP_S


def test_p02_p18_a_host_whose_turn_it_is_not_is_not_asked_for_anothers_robots_txt(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/robots.txt"))}) as site:
        visiting(conn, ctx, name_of(other))
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert other.requests == []
    assert visits.robots
    assert (visits.robots.reachable, visits.robots.text, visits.robots.failures) == (False, "", 0)
    assert name_of(other) in visits.robots.why
    assert (visits.robots.until - visits.robots.fetched_at).total_seconds() == ctx.settings.fetch.robots_retry_s


def test_p02_p06_the_copy_that_is_kept_of_the_other_host_counts_and_nothing_is_asked(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as other, serving({"/robots.txt": redirect(other.url("/robots.txt"))}) as site:
        first = visiting(conn, ctx, name_of(other))
        first.read_robots(other.url("/story"))
        hosts.leave_all(conn, first.claim, first.leavings(None))
        visits = visiting(conn, ctx, name_of(site))
        visits.read_robots(site.url("/story"))
        assert other.paths() == ["/robots.txt"]
    assert visits.robots == first.robots
    assert visits.asked_robots


FEED = b'<rss version="2.0"><channel><title>Paper</title><item><title>x</title><link>http://a.example/1</link></item></channel></rss>'


def polling_job(conn: psycopg.Connection, ctx: Context) -> polling.PollJob:
    conn.execute("UPDATE hosts SET next_slot_at = now() WHERE visitor IS NULL")
    (claim,) = claims.claim_polls(conn, 1, ctx.settings)
    job = polling.start(conn, claim.id, claim.dispatch_id, ctx.settings, "w")
    assert job
    return job


def poll(ctx: Context, job: polling.PollJob) -> None:
    """As the task does."""
    visits = Visits(ctx, job.dispatch_id, job.host)
    visits.begins()
    try:
        polls.finish(ctx, job, visits, stages.poll(ctx.client, job, ctx.settings, visits.follow), None)
    except Elsewhere as onward:
        polls.moved(ctx, job, visits, onward)


def test_s12_p18_a_feed_that_leads_to_another_host_takes_its_turn_and_leaves_its_gap(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/news.xml": answer(FEED)}) as other, serving({"/feed": redirect(other.url("/news.xml"))}) as site:
        feeds.add(conn, site.url("/feed"))
        poll(ctx, polling_job(conn, ctx))
        assert conn.execute("SELECT entries, code FROM polls").fetchall() == [(1, "")]
        for name in (name_of(site), name_of(other)):
            taken, wait_s = standing(conn, name)
            assert not taken
            assert GAP_S - 5 < wait_s <= GAP_S


def test_s12_p18_a_feed_whose_redirect_leads_to_a_busy_host_goes_on_in_its_line(conn: psycopg.Connection, ctx: Context) -> None:
    with serving({"/news.xml": answer(FEED, "200 OK", 'ETag: "1"')}) as other, serving({}) as site:
        site.script["/feed"] = redirect(other.url("/news.xml"))
        feed_id, _ = feeds.add(conn, site.url("/feed"), own=Options(headers=(("X-Key", "secret"),)))
        visits = visiting(conn, ctx, name_of(other))
        poll(ctx, polling_job(conn, ctx))
        assert (other.requests, standing(conn, name_of(site))[0]) == ([], False)
        assert conn.execute("SELECT count(*) FROM polls").fetchone() == (0,), "the poll is not over"
        assert name_of(other) in str(conn.execute("SELECT next_poll_why FROM feeds").fetchone())
        hosts.leave_all(conn, visits.claim, visits.leavings(None))
        job = polling_job(conn, ctx)
        assert (job.host.name, job.url, job.address) == (name_of(other), site.url("/feed"), other.url("/news.xml"))
        poll(ctx, job)
        assert conn.execute("SELECT entries, code FROM polls").fetchall() == [(1, "")]
        assert "x-key" not in other.requests[0][1], "what the operator set for the feed's host is for that alone"
        assert conn.execute("SELECT next_url, hops, origin_host_id FROM feeds").fetchone() == (None, [], None)
        feeds.poll_now(conn, feed_id, 0)
        again = polling_job(conn, ctx)
        assert (again.host.name, again.address) == (name_of(site), site.url("/feed"))
