"""The Celery tasks: start under the claim, run the step, write what follows. A message whose claim is gone does nothing.

A task whose step failed raises the Failure after everything is written, so Flower shows FAILURE or RETRY with the code.
"""

from __future__ import annotations

import random
import time
from typing import Any
from uuid import UUID

import psycopg
import structlog
from celery import Task
from celery.exceptions import Retry

from pipeline import outputs
from pipeline.fetch.client import RedirectDeferred
from pipeline.jobs import FetchJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.steps import fetching as fetch_step
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching
from pipeline.store.links.shared_attempts import SharedAttempt
from workers import dispatch as dispatcher
from workers import retry, unblock
from workers.app import app
from workers.context import Context, context
from workers.messaging.publishing import published
from workers.processes import periodic_runs
from workers.steps import deliveries, extractions, polls, successor_search, websub
from workers.steps.host_visits import Visits
from workers.steps.housekeeping import run_housekeeping
from workers.steps.job_end import TOO_LATE, ms_since, say_end, show_failure
from workers.steps.job_start import begin
from workers.steps.refused_values import REFUSED, refusal

log = structlog.get_logger()

LOOKS = 4  # claims in a tick while more is due than there is room for
DOWNGRADED = "a redirect led from https to http"


# Without events: at one a second, Flower's list would hold three hours of ticks and nothing else.
@app.task(name="dispatch", send_events=False)
def dispatch() -> None:
    """Every second: give back expired leases, claim what is due, send it. While more fetches are due than there is room for, look again
    before the next tick."""
    ctx = context()
    with periodic_runs.noted(ctx.pool, "dispatch"), ctx.pool.connection() as conn:
        sent = dispatcher.tick(app, conn, ctx.settings)
    for _ in range(LOOKS - 1):
        if not sent.more:
            return
        time.sleep(ctx.settings.dispatch.tick_s / LOOKS)
        with ctx.pool.connection() as conn:
            sent = dispatcher.fill_fetch(app, conn, ctx.settings)


@app.task(name="housekeeping")
def housekeeping() -> None:
    """Every hour (`workers/steps/housekeeping.py`)."""
    ctx = context()
    with periodic_runs.noted(ctx.pool, "housekeeping"), ctx.pool.connection() as conn:
        run_housekeeping(conn, ctx.settings)


@app.task(name="deliver", send_events=False)
def deliver() -> None:
    """Every five seconds: outputs get what was stored, changed or removed."""
    ctx = context()
    with periodic_runs.noted(ctx.pool, "deliver"), ctx.pool.connection() as conn:
        deliveries.deliver(conn, outputs.configured(ctx.settings))


@app.task(name="poll_feed", bind=True, throws=(Failure,))
def poll_feed(self: Task[Any, None], feed_id: int, claim: str) -> None:
    """Poll one feed and enqueue its new links."""
    polls.poll(context(), feed_id, UUID(claim), self.request.hostname or "")


@app.task(name="subscriptions", send_events=False)
def subscriptions() -> None:
    """Every minute: begin and end subscriptions at the hubs that feeds name."""
    ctx = context()
    with periodic_runs.noted(ctx.pool, "subscriptions"):
        websub.keep_up(ctx)


@app.task(name="wake", send_events=False)
def wake() -> None:
    """Every minute and at the start of the control worker: try again what failed only because a setting was missing that is set now."""
    ctx = context()
    with periodic_runs.noted(ctx.pool, "wake"), ctx.pool.connection() as conn:
        unblock.wake(conn, ctx.settings)


@app.task(name="ask_hub", bind=True, throws=(Failure,))
def ask_hub(self: Task[Any, None], subscription_id: int, claim: str) -> None:
    """Ask a WebSub hub to start or stop sending a feed's news."""
    websub.ask(context(), subscription_id, UUID(claim))


@app.task(name="read_push", bind=True, throws=(Failure,))
def read_push(self: Task[Any, None], push_id: int, claim: str) -> None:
    """Read what a hub has sent, like the answer to a poll."""
    websub.read(context(), push_id)


@app.task(name="look_for_successor")
def look_for_successor(feed_id: int, claim: str) -> None:
    """Look whether the site of a broken feed announces another."""
    successor_search.look(context(), feed_id, UUID(claim))


@app.task(name="fetch_page", bind=True, throws=(Failure,), max_retries=None)
def fetch_page(self: Task[Any, None], link_id: int, claim: str) -> None:
    """Fetch one page, store it and make it due for extraction."""
    ctx, worker = context(), self.request.hostname or ""
    job, started = begin(ctx, lambda conn: fetching.start(conn, link_id, UUID(claim), ctx.settings, worker))
    if job is None:
        log.debug("fetch", outcome=TOO_LATE, link=link_id)
        return
    visits = Visits(ctx, job.dispatch_id, job.host, is_offsite=job.is_offsite)
    try:
        if job.existing is not None:
            raise Failure("duplicate", f"the same article as link {job.existing.link_id}, {job.existing.url}")
        visits.read_robots(job.address)
        visits.heed_robots(job.address)
        if (visits.asked_robots or visits.read_tdmrep(job.address)) and job.host.gap_s > 0:
            with ctx.pool.connection() as conn:
                fetching.put_back(conn, job, visits.visit_results(None))
            log.info("fetch", outcome="the rules of the host read, the page is next", link=link_id, url=job.url, ms=ms_since(started))
            return
        visits.begins()
        fetched = fetch_step.fetch(visits.client, job, lambda target: visits.admit(target, job.link_id))
    except RedirectDeferred as elsewhere:
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
    log.info("fetch", outcome=outcome, link=link_id, url=job.url, bytes=size, attempt=job.attempt, ms=ms_since(started))


def _keep(conn: psycopg.Connection, ctx: Context, job: FetchJob, fetched: fetch_step.Fetched, visits: Visits, started: float) -> bool:
    """Store what was fetched. False if the claim was lost meanwhile."""
    page = fetched.page
    visits.answered(fetched.answered_at)
    stats = fetching.FetchStats(
        time.monotonic() - started, page.final_url, page.status, len(page.body), page.hops, DOWNGRADED if fetched.downgraded else ""
    )
    visit_results = visits.visit_results(None, fetched.elapsed_s)
    if fetched.unchanged:
        return fetching.unchanged(conn, job, stats, "looked for changes: there are none", visit_results, ctx.settings)
    kept = fetching.succeeded(conn, job, page, stats, visit_results)
    if kept and not ctx.extracts:
        ctx.extracts.note(dispatcher.fill_extract(app, conn, ctx.settings))
    return kept


def _moved(ctx: Context, job: FetchJob, visits: Visits, elsewhere: RedirectDeferred, started: float) -> None:
    """The redirect leads to a host that is not free now: wait for it in Postgres, not in this worker."""
    url, hops = elsewhere.url, elsewhere.hops
    stats = fetching.FetchStats(time.monotonic() - started, url, hops[-1].status if hops else None, None, hops)
    with ctx.pool.connection() as conn:
        fetching.moved(conn, job, url, parse(url).host, hops, stats, visits.visit_results(None))
    log.info("fetch", outcome="moved", link=job.link_id, url=job.url, to=url, ms=ms_since(started))


@app.task(name="extract_article", bind=True, throws=(Failure,))
def extract_article(self: Task[Any, None], pages: list[tuple[int, str]]) -> None:
    """Extract and store the articles of one or a few fetched pages, one after the other."""
    extractions.extract(context(), [(link_id, UUID(claim)) for link_id, claim in pages], self.request.hostname or "")


def _fetch_failed(task: Task[Any, None], ctx: Context, job: FetchJob, failure: Failure, visits: Visits, started: float) -> None:
    recheck = job.kept is not None
    verdict = retry.after_fetch(failure, job.attempt, ctx.settings.retry, random.random(), recheck=recheck)  # noqa: S311 (jitter)
    elapsed_s = time.monotonic() - started
    visits.answered(time.monotonic())
    stats = fetching.FetchStats(elapsed_s, failure.final_url, failure.status, failure.size, failure.hops)
    visit_results = visits.visit_results(failure, elapsed_s)
    with ctx.pool.connection() as conn:
        end = fetching.failed(
            conn,
            job,
            verdict,
            stats,
            visit_results,
            ctx.settings,
            max_redis_wait_s=retry.max_redis_wait_s(ctx.settings.retry),
            robots_host_id=visits.robots_host_id,
            shared=_shared(ctx, job, failure, visit_results),
        )
    say_end("fetch", job.link_id, job.url, verdict if end else None, started, attempt=job.attempt)
    if end == "retry_in_redis" and published(
        lambda: task.retry(countdown=verdict.delay_s, exc=failure, throw=False, **dispatcher.shown_as(job.url)),
        then="its lease sends it again",
    ):
        raise Retry(exc=failure, when=verdict.delay_s)  # type: ignore[arg-type]  # a float is no Real to it
    show_failure(verdict if end else None)


def _shared(ctx: Context, job: FetchJob, failure: Failure, visit_results: hosts.VisitResults) -> tuple[int, SharedAttempt] | None:
    """If the host cannot be reached at all, the host and what that means for each link that waits for it; otherwise None."""
    for host_id, how in visit_results:
        if how.change is not None and how.change.for_all:
            settings = ctx.settings
            tried = SharedAttempt(
                failure.code,
                failure.detail,
                parse(failure.final_url or job.address).scheme,
                links=retry.schedule(failure.code, settings.retry),
                looks=retry.schedule(failure.code, settings.retry, recheck=True),
                pause_s=how.change.pause_s,
                worker=job.worker,
                recheck_after_s=settings.fetch.recheck_after_s,
            )
            return host_id, tried
    return None
