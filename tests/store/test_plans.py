"""What the workers run on every tick and message reads through indexes, however many links there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from cli.local.services import Services
from pipeline import jobs
from pipeline.feeds.formats.parse import Entry
from pipeline.feeds.identity import Listed
from pipeline.feeds.scheduling.schedule import Decision
from pipeline.jobs import Identity, Page
from pipeline.normalise import similarity
from pipeline.normalise.urls import parse
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Poll, Settings
from pipeline.store.articles import stories
from pipeline.store.extraction import extracting
from pipeline.store.feeds import entries, polling, successors, websub, websub_pushes
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims, extract_claims, unsent_claims
from tests.conftest import with_database
from tests.normalise import stories as texts
from tests.store.articles.made import told

LINKS, HOSTS, FEEDS, ARTICLES = 100_000, 2_000, 5_000, 10_000
# Tables that stay small by nature: workers and claims of the moment.
SMALL = {"workers"}


@pytest.fixture(scope="module")
def template(services: Services, template: str) -> str:
    """What the databases of these tests are copied from, since filling one takes longer than all of them."""
    name = "template_full"
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    with psycopg.connect(with_database(services.database_url, name), autocommit=True) as conn:
        _fill(conn)
    return name


def _fill(conn: psycopg.Connection) -> None:
    """A database of some age: most links have ended, many wait, one host has a tenth of them."""
    conn.execute("INSERT INTO hosts (name) SELECT 'host' || n FROM generate_series(1, %s) n", (HOSTS,))
    conn.execute(
        """
        INSERT INTO links (url, url_key, host_id, state, code, due_at)
        SELECT 'http://host/' || n, sha256(n::text::bytea), CASE WHEN n %% 10 = 0 THEN 1 ELSE 1 + n %% %(hosts)s END,
               (ARRAY['waiting', 'stored', 'stored', 'failed'])[1 + n %% 4], CASE WHEN n %% 4 = 3 THEN 'http_404' ELSE '' END, now() - interval '1 h'
        FROM generate_series(1, %(links)s) n
        """,
        {"hosts": HOSTS, "links": LINKS},
    )
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract' WHERE id <= 100")
    conn.execute(
        "INSERT INTO feeds (url, url_key, host_id, interval_s, next_poll_at)"
        " SELECT 'http://feed/' || n, sha256(('f' || n)::bytea), 1 + n %% %s, 600, now() + (n - 100) * interval '1 s' FROM generate_series(1, %s) n",
        (HOSTS, FEEDS),
    )
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT 1 + id % 5000, id FROM links")
    conn.execute("INSERT INTO attempts (link_id, stage, number, outcome) SELECT id, 'fetch', 1, 'ok' FROM links")
    conn.execute(
        "INSERT INTO polls (feed_id, started_at, elapsed_ms, next_poll_at) SELECT id, now(), 1, now() FROM feeds, generate_series(1, 20)"
    )
    conn.execute(
        """
        INSERT INTO articles (link_id, url_key, url, final_url, title, text, word_count, content_hash, extractor, fetched_at)
        SELECT id, url_key, url, url, 'A title', 'x', 1, url_key, 'x', now() FROM links WHERE id > 100 ORDER BY id LIMIT %s
        """,
        (ARTICLES,),
    )
    conn.execute("INSERT INTO fingerprints (article_id, bands) SELECT id, ARRAY[id, -id] FROM articles WHERE id > 1")
    conn.execute("INSERT INTO bands (band, article_id) SELECT unnest(bands), article_id FROM fingerprints")
    (wire,) = conn.execute(
        "UPDATE articles SET text = %s WHERE id = (SELECT min(id) FROM articles) RETURNING id", (texts.WIRE,)
    ).fetchone() or (0,)
    conn.execute("INSERT INTO bands (band, article_id) SELECT unnest(%s::bigint[]), %s", (list(similarity.bands("", texts.WIRE)), wire))
    conn.execute("INSERT INTO stories (original_id, articles) SELECT id - 1, 2 FROM articles WHERE id % 20 = 0")
    conn.execute(
        "INSERT INTO story_articles (article_id, story_id, likeness) SELECT s.original_id + n, s.id, 1 FROM stories s, generate_series(0, 1) n"
    )
    hosts.refresh(conn, range(1, HOSTS + 1))
    conn.execute("VACUUM ANALYZE")


def test_no_query_of_a_tick_or_a_task_reads_a_whole_table(conn: psycopg.Connection, settings: Settings) -> None:
    scans: list[str] = []
    with _explained(conn, scans):
        claims.give_back_expired(conn, settings)
        claims.free_slots(conn, settings)
        extract_claims.refill_extracts(conn, settings)
        _poll(conn, settings)
        _fetch(conn, settings)
        _extract(conn, settings)
        by_hand = links.enqueue(conn, [parse("http://host7/by-hand")])
        unsent_claims.give_back(conn, claims.claim_fetches(conn, 10, settings, of=[one.id for one in by_hand]))
        successors.claim(conn, 60)
        websub.give_back_expired(conn)
        websub.claim_requests(conn, 60)
        websub_pushes.claim(conn, 10, 60)
    assert not scans


def test_no_table_is_read_whole_to_leave_room_for_others_beside_a_flood(conn: psycopg.Connection, settings: Settings) -> None:
    conn.execute(
        "UPDATE links SET state = 'fetched', stage = 'extract', due_at = now() - interval '2 h' WHERE host_id = 1 AND state = 'stored'"
    )
    conn.execute("VACUUM ANALYZE links")
    scans: list[str] = []
    with _explained(conn, scans):
        claimed = [job.id for job in extract_claims.claim_extracts(conn, 50, settings)]
    assert not scans
    assert conn.execute("SELECT count(DISTINCT host_id) > 1 FROM links WHERE id = ANY(%s)", (claimed,)).fetchone() == (True,)


def _poll(conn: psycopg.Connection, settings: Settings) -> None:
    job = claims.claim_polls(conn, 10, settings)[0]
    started = polling.start(conn, job.id, job.dispatch_id, settings, "w")
    assert started
    entry = Entry("g", "http://new.example/1", "t", None, None, "", "", (), ())
    listed = [Listed(entry, parse(entry.url))]
    plan = entries.to_write(conn, started.feed_id, listed, Poll())
    assert plan.new == plan.updated == tuple(listed)
    decision = Decision(started.feed, started.started_at, "why", adopt="http://moved.example/feed")
    assert polling.finish(
        conn, started, jobs.Poll(1.0, 200, entries=1), plan, decision, [(started.host.id, hosts.VisitResult(0))], settings
    )


def _fetch(conn: psycopg.Connection, settings: Settings) -> None:
    one, two, *_ = claims.claim_fetches(conn, 10, settings)
    job = fetching.start(conn, one.id, one.dispatch_id, settings, "w")
    assert job
    page = Page("http://host/1", "http://host/1", 200, {}, (), b"x")
    left = [(job.host.id, hosts.VisitResult(0, 0))]
    assert fetching.succeeded(conn, job, page, fetching.FetchStats(1.0, page.final_url, 200), left)
    job = fetching.start(conn, two.id, two.dispatch_id, settings, "w")
    assert job
    left = [(job.host.id, hosts.VisitResult(0, 0))]
    assert (
        fetching.failed(
            conn, job, RetryDecision(State.WAITING, "reset", "x", 1.0), fetching.FetchStats(1.0), left, settings, max_redis_wait_s=60
        )
        == "retry_in_redis"
    )
    assert fetching.start(conn, two.id, uuid4(), settings, "w") is None


def _extract(conn: psycopg.Connection, settings: Settings) -> None:
    (job,) = (
        j
        for j in extract_claims.claim_extracts(conn, 200, settings)
        if conn.execute("SELECT 1 FROM pages WHERE link_id = %s", (j.id,)).fetchone()
    )
    started = extracting.start(conn, job.id, job.dispatch_id, settings, "w")
    assert started
    stories.listing(conn)
    stories.of(conn, 7)
    stories.prune(conn, 7)
    found = told(texts.WIRE)
    assert extracting.stored(conn, started, found, Identity(started.url_key), "x", 1.0, settings)
    (joined,) = conn.execute("SELECT story_id FROM story_articles WHERE article_id <= %s", (ARTICLES,)).fetchone() or (None,)
    assert joined
    conn.execute(
        "UPDATE links SET state = 'running', dispatch_id = %s, lease_until = now() WHERE id = %s", (started.dispatch_id, started.link_id)
    )
    changed = told(texts.COUNCIL)
    assert extracting.stored(conn, started, changed, Identity(started.url_key), "x", 1.0, settings)
    conn.execute(
        "UPDATE links SET state = 'running', dispatch_id = %s, lease_until = now() WHERE id = %s", (started.dispatch_id, started.link_id)
    )
    assert extracting.failed(conn, started, RetryDecision(State.FAILED, "no_content", "x"), 1.0, settings)


@contextmanager
def _explained(conn: psycopg.Connection, scans: list[str]) -> Any:
    """Explain every statement before it runs, and note the whole-table reads of tables that grow."""
    plain: Callable[..., Any] = psycopg.Connection.execute

    def explaining(self: psycopg.Connection, query: Any, params: Any = None, **options: Any) -> Any:
        text = str(query)
        if text.split()[0] in ("SELECT", "UPDATE", "INSERT", "DELETE", "WITH"):
            # With so few rows of a kind in a test, reading a small table whole can be right; the question is whether there is an index.
            with self.transaction(force_rollback=True):
                plain(self, "SET LOCAL enable_seqscan = off")
                (plan,) = plain(self, f"EXPLAIN (FORMAT JSON) {text}", params).fetchone()
            scans.extend(f"{table} in: {' '.join(text.split())[:120]}" for table in _whole_reads(plan[0]["Plan"]))
        return plain(self, query, params, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", explaining)
        yield


def _whole_reads(plan: dict[str, Any]) -> list[str]:
    found = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] not in SMALL else []
    return found + [name for child in plan.get("Plans", []) for name in _whole_reads(child)]


def test_the_explaining_itself_finds_a_query_without_an_index(conn: psycopg.Connection) -> None:
    scans: list[str] = []
    with _explained(conn, scans):
        conn.execute("SELECT * FROM links WHERE detail = 'x'")
    assert scans == ["links in: SELECT * FROM links WHERE detail = 'x'"]
