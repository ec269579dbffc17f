"""Articles that go through the extract step and its end, as the worker does them."""

from __future__ import annotations

import psycopg

from pipeline.jobs import ExtractJob, Page
from pipeline.outcomes import State
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.articles import articles
from pipeline.store.articles.fields import Stored
from pipeline.store.extraction import extracting
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims, extract_claims

SITE = "http://www.post.example"


def extraction(conn: psycopg.Connection, settings: Settings, url: str, body: str) -> ExtractJob:
    """A link with this page, whose extraction has begun."""
    from pipeline.normalise.urls import parse

    links.enqueue(conn, [parse(url)])
    (job,) = claims.claim_fetches(conn, 1, settings)
    started = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
    assert started
    came = Page(url, url, 200, {"content-type": "text/html; charset=utf-8"}, (), body.encode())
    assert fetching.succeeded(conn, started, came, fetching.FetchStats(0.1), [(started.host.id, hosts.VisitResult(0, 0))])
    return begin(conn, settings)


def begin(conn: psycopg.Connection, settings: Settings) -> ExtractJob:
    (claim,) = extract_claims.claim_extracts(conn, 1, settings)
    begun = extracting.start(conn, claim.id, claim.dispatch_id, settings, "w")
    assert begun
    return begun


def keep(conn: psycopg.Connection, settings: Settings, job: ExtractJob) -> Stored:
    """The step and its end, as the worker does them."""
    found = extract_step.extract_page(job, settings)
    verdict = extracting.stored(conn, job, found.article, found.identity, "x-1", 0.1, settings)
    assert verdict
    assert verdict.state == State.STORED
    row = conn.execute("SELECT id FROM articles WHERE link_id = %s", (job.link_id,)).fetchone()
    assert row
    stored = articles.get(conn, row[0])
    assert stored
    return stored
