"""The tasks, thin: take the claim, do the step, write what follows. A message whose claim is gone does nothing.

A task whose step failed raises its Failure once everything is written, so that Flower shows it as FAILURE (or RETRY) with the code.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import structlog
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from pipeline import stages
from pipeline.extract import EXTRACTOR
from pipeline.fetch.client import Elsewhere
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure, State, Verdict
from pipeline.settings import Settings
from pipeline.store import extracting, fetching, kept_out, memory, pages, stories, workers
from workers import dispatch as dispatcher
from workers import hubs, polls, retry, successors
from workers.app import app
from workers.context import Context, context
from workers.refusals import REFUSED, refusal
from workers.visits import Visits

log = structlog.get_logger()

# A message whose row is not under its claim any more: doubled, or given back after its lease.
TOO_LATE = "too late"
DOWNGRADED = "a redirect led from https to http"


# Without events: at one a second, Flower's list would hold three hours of ticks and nothing else.
@app.task(name="dispatch", send_events=False)
def dispatch() -> None:
    """Every second: give back what was lost, claim what is due, send it."""
    ctx = context()
    with ctx.pool.connection() as conn:
        dispatcher.tick(app, conn, ctx.settings)


@app.task(name="housekeeping")
def housekeeping() -> None:
    """Every hour: partitions ahead, old pages out, silent workers forgotten, changed rules of other hosts heard."""
    ctx = context()
    with ctx.pool.connection() as conn:
        pages.make_partitions(conn)
        pruned = pages.prune(conn, ctx.settings.store.keep_pages_days)
        stories.prune(conn, ctx.settings.stories.window_days)
        forgotten = workers.forget_old(conn)
        memory.trim(conn)
        let_in = kept_out.reconsider(conn)
    log.info("housekeeping", months_dropped=pruned.months, pages_deleted=pruned.pages, workers_forgotten=forgotten, let_in=let_in)


@app.task(name="poll_feed", bind=True, throws=(Failure,))
def poll_feed(self: Task[Any, None], feed_id: int, claim: str) -> None:
    """Poll one feed and put its new links in line."""
    polls.poll(context(), feed_id, UUID(claim), self.request.hostname or "")


@app.task(name="subscriptions", send_events=False)
def subscriptions() -> None:
    """Every minute: begin and leave subscriptions at WebSub hubs as feeds name them."""
    hubs.keep_up(context())


@app.task(name="ask_hub", bind=True, throws=(Failure,))
def ask_hub(self: Task[Any, None], subscription_id: int, claim: str) -> None:
    """Ask a WebSub hub to send what is new in a feed, or to stop."""
    hubs.ask(context(), subscription_id, UUID(claim))


@app.task(name="read_push", bind=True, throws=(Failure,))
def read_push(self: Task[Any, None], push_id: int, claim: str) -> None:
    """Read what a hub has sent, as a poll's answer is read."""
    hubs.read(context(), push_id)


@app.task(name="look_for_successor")
def look_for_successor(feed_id: int, claim: str) -> None:
    """Look whether the site of a broken feed announces another."""
    successors.look(context(), feed_id, UUID(claim))


@app.task(name="fetch_page", bind=True, throws=(Failure,), max_retries=None)
def fetch_page(self: Task[Any, None], link_id: int, claim: str) -> None:
    """Fetch one page and make it due for extraction."""
    ctx, started = context(), time.monotonic()
    with ctx.pool.connection() as conn:
        job = fetching.start(conn, link_id, UUID(claim), ctx.settings, self.request.hostname or "")
    if job is None:
        log.debug("fetch", outcome=TOO_LATE, link=link_id)
        return
    visits = Visits(ctx, job.dispatch_id, job.host)
    try:
        if job.twin is not None:
            raise Failure("duplicate", f"the same article as link {job.twin.link_id}, {job.twin.url}")
        visits.read_robots(job.address)
        visits.heed_robots(job.address)
        if (visits.asked_robots or visits.read_tdmrep(job.address)) and job.host.gap_s > 0:
            with ctx.pool.connection() as conn:
                fetching.put_back(conn, job, visits.leavings(None))
            log.info("fetch", outcome="the rules of the host read, the page is next", link=link_id, url=job.url, ms=_ms(started))
            return
        visits.begins()
        fetched = stages.fetch(ctx.client, job, lambda target: visits.admit(target, job.link_id))
    except Elsewhere as elsewhere:
        _moved(ctx, job, visits, elsewhere, started)
        return
    except Failure as failure:
        _fetch_failed(self, ctx, job, failure, visits, started)
        return
    try:
        with ctx.pool.connection() as conn:
            kept = _keep(conn, ctx, job, fetched, visits, started)
    except REFUSED as error:
        _fetch_failed(self, ctx, job, refusal(error), visits, started)
        return
    size, outcome = len(fetched.page.body), ("unchanged" if fetched.unchanged else "ok") if kept else TOO_LATE
    log.info("fetch", outcome=outcome, link=link_id, url=job.url, bytes=size, attempt=job.attempt, ms=_ms(started))


def _keep(conn: psycopg.Connection, ctx: Context, job: fetching.FetchJob, fetched: stages.Fetched, visits: Visits, started: float) -> bool:
    """Write down what was fetched. False when the claim was lost meanwhile."""
    page = fetched.page
    visits.answered(fetched.answered_at)
    trip = fetching.Trip(
        time.monotonic() - started, page.final_url, page.status, len(page.body), page.hops, DOWNGRADED if fetched.downgraded else ""
    )
    leavings = visits.leavings(None, fetched.elapsed_s)
    if fetched.unchanged:
        return fetching.unchanged(conn, job, trip, "looked for changes: there are none", leavings, ctx.settings)
    kept = fetching.succeeded(conn, job, page, trip, leavings)
    if kept and not ctx.extracts:
        ctx.extracts.note(dispatcher.fill_extract(app, conn, ctx.settings))
    return kept


def _moved(ctx: Context, job: fetching.FetchJob, visits: Visits, elsewhere: Elsewhere, started: float) -> None:
    """The redirect leads to a host that cannot be asked now: its turn is waited for in Postgres, not here."""
    url, hops = elsewhere.url, tuple((hop.url, hop.status) for hop in elsewhere.hops)
    trip = fetching.Trip(time.monotonic() - started, url, hops[-1][1] if hops else None, None, hops)
    with ctx.pool.connection() as conn:
        fetching.moved(conn, job, url, parse(url).host, hops, trip, visits.leavings(None))
    log.info("fetch", outcome="moved", link=job.link_id, url=job.url, to=url, ms=_ms(started))


@app.task(name="extract_article", bind=True, throws=(Failure,))
def extract_article(self: Task[Any, None], link_id: int, claim: str) -> None:
    """Extract the article of one fetched page and store it."""
    ctx, started, dispatch_id = context(), time.monotonic(), UUID(claim)
    with ctx.pool.connection() as conn:
        try:
            job = extracting.start(conn, link_id, dispatch_id, ctx.settings, self.request.hostname or "")
        except Failure as failure:
            extracting.refuse(conn, link_id, dispatch_id, failure)
            log.warning("extract", outcome="failed", link=link_id, code=failure.code, detail=failure.detail)
            raise
        except MemoryError:  # the lease gives the page back. Celery would take the error for its own, and end the whole worker
            raise Failure("extract_crashed", "there is not enough memory to read the page") from None
    if job is None:
        log.debug("extract", outcome=TOO_LATE, link=link_id)
        return
    verdict = _extract(ctx, job, started)
    with ctx.pool.connection() as conn:
        dispatcher.fill_extract(app, conn, ctx.settings)
    _say_end("extract", job.link_id, job.url, verdict, started)
    _show_failure(verdict)


def _extract(ctx: Context, job: extracting.ExtractJob, started: float) -> Verdict | None:
    """Do the step and write its end. None when the claim was lost meanwhile."""
    try:
        found = stages.extract_page(job, ctx.settings)
        with ctx.pool.connection() as conn:
            return _store(conn, replace(job, page=found.page), found, started, ctx.settings)
    except Failure as error:
        failure = error
    except SoftTimeLimitExceeded:
        failure = Failure("extract_timeout", f"the extraction took longer than {ctx.settings.workers.extract_time_limit_s} s")
    except REFUSED as error:
        failure = refusal(error)
    except psycopg.Error:
        raise  # Postgres is away: the lease gives the page back
    except Exception as error:  # whatever a page of the web brings out in a parser ends as a row with a code
        log.exception("extract", link=job.link_id, url=job.url)
        failure = Failure("extract_crashed", f"{type(error).__name__}: {error}")
    verdict = retry.after_extract(failure, job.start, ctx.settings.retry)
    with ctx.pool.connection() as conn:
        return verdict if extracting.failed(conn, job, verdict, time.monotonic() - started, ctx.settings) else None


def _store(
    conn: psycopg.Connection, job: extracting.ExtractJob, found: stages.Extracted, started: float, settings: Settings
) -> Verdict | None:
    try:
        return _stored(conn, job, found, started, settings)
    except psycopg.errors.UniqueViolation:
        # Another link's article of the same address was stored between our look and our insert; now it is seen.
        return _stored(conn, job, found, started, settings)


def _stored(
    conn: psycopg.Connection, job: extracting.ExtractJob, found: stages.Extracted, started: float, settings: Settings
) -> Verdict | None:
    return extracting.stored(conn, job, found.article, found.identity, EXTRACTOR, time.monotonic() - started, settings)


def _fetch_failed(task: Task[Any, None], ctx: Context, job: fetching.FetchJob, failure: Failure, visits: Visits, started: float) -> None:
    verdict = retry.after_fetch(failure, job.attempt, ctx.settings.retry, random.random())  # noqa: S311 (jitter)
    elapsed_s = time.monotonic() - started
    visits.answered(time.monotonic())
    trip = fetching.Trip(elapsed_s, failure.final_url, failure.status, failure.size, failure.hops)
    leavings = visits.leavings(failure, elapsed_s)
    with ctx.pool.connection() as conn:
        end = fetching.failed(
            conn,
            job,
            verdict,
            trip,
            leavings,
            ctx.settings,
            ride_max_s=retry.ride_max_s(ctx.settings.retry),
            kept_out_by=visits.kept_out_by,
        )
    _say_end("fetch", job.link_id, job.url, verdict if end else None, started, attempt=job.attempt)
    if end == "rides":
        raise task.retry(countdown=verdict.delay_s, exc=failure, **dispatcher.shown_as(job.url))
    _show_failure(verdict if end else None)


def _say_end(stage: str, link_id: int, url: str, verdict: Verdict | None, started: float, **more: Any) -> None:
    """One line an outcome; what went wrong is a warning, what robots.txt or a twin decided is not."""
    if verdict is None:
        log.info(stage, outcome=TOO_LATE, link=link_id, url=url, ms=_ms(started))
        return
    if verdict.code:
        more |= {"code": verdict.code, "detail": verdict.detail}
    if verdict.delay_s is not None:
        more["again_in_s"] = round(verdict.delay_s, 1)
    say = log.info if verdict.state in (State.STORED, State.SKIPPED) else log.warning
    say(stage, outcome=verdict.outcome, link=link_id, url=url, ms=_ms(started), **more)


def _show_failure(verdict: Verdict | None) -> None:
    """Raise what Flower is to show. A link that robots.txt or a twin has skipped is no failure."""
    if verdict is not None and verdict.code and verdict.state != State.SKIPPED:
        raise Failure(verdict.code, verdict.detail)


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
