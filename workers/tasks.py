"""The tasks, thin: take the claim, do the step, write what follows. A message whose claim is gone does nothing."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from pipeline import stages
from pipeline.extract import EXTRACTOR
from pipeline.feeds import schedule
from pipeline.fetch.robots import Robots
from pipeline.outcomes import Failure
from pipeline.store import extracting, fetching, hosts, pages, polling, workers
from workers import dispatch as dispatcher
from workers import retry
from workers.app import app
from workers.context import Context, context

log = structlog.get_logger()


@app.task(name="dispatch")
def dispatch() -> None:
    """Every second: give back what was lost, claim what is due, send it."""
    ctx = context()
    with ctx.pool.connection() as conn:
        dispatcher.tick(app, conn, ctx.settings)


@app.task(name="housekeeping")
def housekeeping() -> None:
    """Every hour: partitions ahead, old pages out, silent workers forgotten."""
    ctx = context()
    with ctx.pool.connection() as conn:
        pages.make_partitions(conn)
        dropped = pages.drop_old(conn, ctx.settings.store.keep_pages_days)
        forgotten = workers.forget_old(conn)
    log.info("housekeeping", months_dropped=dropped, workers_forgotten=forgotten)


@app.task(name="poll_feed", bind=True)
def poll_feed(self: Task[Any, None], feed_id: int, claim: str) -> None:
    """Poll one feed and put its new links in line."""
    ctx, started = context(), time.monotonic()
    with ctx.pool.connection() as conn:
        job = polling.start(conn, feed_id, UUID(claim), ctx.settings, self.request.hostname or "")
    if job is None:
        return
    failure: Failure | None = None
    try:
        polled = stages.poll(ctx.client, job, ctx.settings)
    except Failure as error:
        failure = error
        status = int(error.code[5:]) if error.code.startswith("http_") else None
        polled = stages.Polled(polling.Poll(time.monotonic() - started, status, error.code, error.detail), [], started)
    with ctx.pool.connection() as conn:
        fresh = _fresh(conn, polled.listed)
        decision = _decide(ctx, job, polled, failure, len(fresh))
        new = polling.finish(
            conn,
            job,
            polled.poll,
            polled.listed,
            fresh,
            decision,
            _leaving(ctx, job.host, polled.requested_at, failure),
            ctx.settings.poll.keep_polls,
        )
    if new is None:
        log.info("poll", outcome="too late", feed=feed_id, url=job.url)
        return
    say = log.info if failure is None else log.warning
    say(
        "poll",
        outcome="ok" if failure is None else "failed",
        feed=feed_id,
        url=job.url,
        code=polled.poll.code,
        entries=polled.poll.entries,
        new=len(new),
        next_s=round(decision.wait_s),
        ms=_ms(started),
        **({"detail": polled.poll.detail} if polled.poll.detail else {}),
    )


@app.task(name="fetch_page", bind=True, max_retries=None)
def fetch_page(self: Task[Any, None], link_id: int, claim: str) -> None:
    """Fetch one page and make it due for extraction."""
    ctx, started = context(), time.monotonic()
    with ctx.pool.connection() as conn:
        job = fetching.start(conn, link_id, UUID(claim), ctx.settings, self.request.hostname or "")
    if job is None:
        return
    robots = job.host.robots
    try:
        robots = stages.read_robots(ctx.client, job.url, robots, datetime.now(UTC), ctx.settings)
        fetched = stages.fetch(ctx.client, job.url, robots, datetime.now(UTC), ctx.settings)
    except Failure as failure:
        _fetch_failed(self, ctx, job, failure, robots, started)
        return
    with ctx.pool.connection() as conn:
        kept = fetching.succeeded(
            conn, job, fetched.page, _leaving(ctx, job.host, fetched.requested_at, None, robots), time.monotonic() - started
        )
        if kept:
            dispatcher.fill_extract(app, conn, ctx.settings)
    log.info(
        "fetch",
        outcome="ok" if kept else "too late",
        link=link_id,
        url=job.url,
        bytes=len(fetched.page.body),
        attempt=job.attempt,
        ms=_ms(started),
    )


@app.task(name="extract_article", bind=True)
def extract_article(self: Task[Any, None], link_id: int, claim: str) -> None:
    """Extract the article of one fetched page and store it."""
    ctx, started, dispatch_id = context(), time.monotonic(), UUID(claim)
    with ctx.pool.connection() as conn:
        try:
            job = extracting.start(conn, link_id, dispatch_id, ctx.settings, self.request.hostname or "")
        except Failure as failure:
            extracting.refuse(conn, link_id, dispatch_id, failure)
            log.warning("extract", outcome="failed", link=link_id, code=failure.code, detail=failure.detail)
            return
    if job is None:
        return
    outcome, code, detail = _extract(ctx, job, started)
    with ctx.pool.connection() as conn:
        dispatcher.fill_extract(app, conn, ctx.settings)
    say = log.info if outcome in ("stored", "skipped", "too late") else log.warning
    say("extract", outcome=outcome, link=link_id, url=job.url, code=code, ms=_ms(started), **({"detail": detail} if detail else {}))


def _extract(ctx: Context, job: extracting.ExtractJob, started: float) -> tuple[str, str, str]:
    """Do the step and write its end. Returns outcome, code and detail."""
    try:
        found = stages.extract_page(job, ctx.settings)
        with ctx.pool.connection() as conn:
            state = _store(conn, job, found, started)
        return (str(state), "", "") if state else ("too late", "", "")
    except Failure as error:
        failure = error
    except SoftTimeLimitExceeded:
        failure = Failure("extract_timeout", f"the extraction took longer than {ctx.settings.workers.extract_time_limit_s} s")
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.CheckViolation, UnicodeEncodeError) as error:
        # These come back however often they are tried, though two of them call themselves operational.
        failure = Failure("storage_error", f"Postgres refused the article: {str(error).splitlines()[0]}")
    verdict = retry.after_extract(failure, job.start, ctx.settings.retry)
    with ctx.pool.connection() as conn:
        kept = extracting.failed(conn, job, verdict, time.monotonic() - started)
    return (verdict.outcome if kept else "too late"), verdict.code, verdict.detail


def _store(conn: psycopg.Connection, job: extracting.ExtractJob, found: stages.Extracted, started: float) -> Any:
    try:
        return extracting.stored(conn, job, found.article, found.key, EXTRACTOR, time.monotonic() - started)
    except psycopg.errors.UniqueViolation:
        # Another link's article of the same address was stored between our look and our insert; now it is seen.
        return extracting.stored(conn, job, found.article, found.key, EXTRACTOR, time.monotonic() - started)


def _fetch_failed(
    task: Task[Any, None], ctx: Context, job: fetching.FetchJob, failure: Failure, robots: Robots | None, started: float
) -> None:
    verdict = retry.after_fetch(failure, job.attempt, ctx.settings.retry, random.random())  # noqa: S311 (jitter)
    leaving = _leaving(ctx, job.host, started, failure, robots)
    with ctx.pool.connection() as conn:
        end = fetching.failed(
            conn, job, verdict, leaving, time.monotonic() - started, ride_max_s=ctx.settings.retry.redis_max_s, final_url=failure.final_url
        )
    say = log.info if verdict.state == "skipped" else log.warning
    say(
        "fetch",
        outcome=verdict.outcome if end is not None else "too late",
        link=job.link_id,
        url=job.url,
        code=verdict.code,
        detail=verdict.detail,
        attempt=job.attempt,
        ms=_ms(started),
        **({"again_in_s": round(verdict.delay_s, 1)} if verdict.delay_s is not None else {}),
    )
    if end == "rides":
        raise task.retry(countdown=verdict.delay_s, exc=failure, **dispatcher.shown_as(job.url))


def _leaving(ctx: Context, host: hosts.Host, requested_at: float, failure: Failure | None, robots: Robots | None = None) -> hosts.Leaving:
    new_robots = robots if robots is not None and robots is not host.robots else None
    return hosts.Leaving(
        min_gap_s=ctx.settings.fetch.min_gap_s,
        since_request_s=stages.age_s(requested_at),
        pause_s=retry.host_pause_s(failure, host.failures, ctx.settings.retry) if failure else 0.0,
        pause_reason=str(failure) if failure else "",
        failed=failure is not None and retry.counts_against_host(failure),
        robots=new_robots,
        delay_s=stages.crawl_delay_s(new_robots, ctx.settings),
    )


def _decide(ctx: Context, job: polling.PollJob, polled: stages.Polled, failure: Failure | None, new: int) -> schedule.Decision:
    result = schedule.PollResult(
        code=failure.code if failure else "",
        entries=polled.poll.entries,
        new=new,
        not_modified=polled.not_modified,
        max_age_s=polled.max_age_s,
        ttl_s=polled.ttl_s,
        retry_after_s=failure.retry_after_s if failure else None,
    )
    return schedule.decide(schedule.FeedState(job.state, job.interval_s, job.failures), result, ctx.settings.poll, random.random())  # noqa: S311


def _fresh(conn: psycopg.Connection, listed: list[polling.Listed]) -> list[polling.Listed]:
    """Those whose links are not known yet; of two with one key, the first."""
    if not listed:
        return []
    known = polling.known(conn, [item.url.key for item in listed])
    return list({item.url.key: item for item in reversed(listed) if item.url.key not in known}.values())


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
