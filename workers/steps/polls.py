"""One poll: the request, the new entries, the time of the next poll, and writing all of it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection

from pipeline.feeds import archive_pages as policy
from pipeline.feeds import offsite_entries, options
from pipeline.feeds.scheduling import schedule
from pipeline.fetch.client import RedirectDeferred, Response
from pipeline.jobs import PollJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps import feed_answer
from pipeline.steps import polling as poll_step
from pipeline.steps.feed_answer import Polled
from pipeline.store.feeds import announcements, archive_pages, entries, feeds, polling
from pipeline.store.hosts import hosts
from workers.context import Context
from workers.steps.host_visits import Visits
from workers.steps.job_start import age_s, begin
from workers.steps.refused_values import REFUSED, refusal

log = structlog.get_logger()


def poll(ctx: Context, feed_id: int, claim: UUID, worker: str) -> None:
    """Poll the feed and enqueue its new links. Raises the poll's Failure after it is written."""
    job, started = begin(ctx, lambda conn: polling.start(conn, feed_id, claim, ctx.settings, worker))
    if job is None:
        log.debug("poll", outcome="too late", feed=feed_id)
        return
    visits = Visits(ctx, job.dispatch_id, job.host)
    visits.begins()
    try:
        if job.archive_try and (page := parse(job.archive_url)).host != job.host.name:
            visits.follow(page)
        _finish(
            ctx,
            job,
            visits,
            poll_step.poll(visits.client, job, ctx.settings, clock=time.monotonic, pause=time.sleep, admit=visits.follow),
            None,
            started,
        )
    except RedirectDeferred as onward:
        _moved(ctx, job, visits, onward)
    except Failure as failure:
        _finish(ctx, job, visits, feed_answer.failed(failure, time.monotonic() - started, time.monotonic()), failure, started)
        raise
    except REFUSED as error:
        refused = refusal(error)
        _finish(ctx, job, visits, feed_answer.failed(refused, time.monotonic() - started, time.monotonic()), refused, started)
        raise refused from error


def subscribe(
    conn: Connection,
    settings: Settings,
    url: str,
    response: Response,
    *,
    title: str = "",
    tags: Iterable[str] = (),
    site_url: str = "",
    announced_by: str = "",
) -> tuple[int, bool]:
    """Add a feed from the answer by which it was found. That answer is its first poll, so the site is asked once. `announced_by`: the
    page that announces it. Returns the feed's id and whether it is new. Raises Failure."""
    began = time.monotonic()
    hosts.ensure(conn, [parse(url).host])
    with conn.transaction():  # so that no dispatcher sees the feed before it is under our claim
        feed_id, is_new = feeds.add(conn, url, title=title, tags=tags, site_url=site_url)
        if announced_by:
            announcements.note(conn, [feed_id], announced_by)
        job = polling.start_with_answer(conn, feed_id, settings, "newsmill add") if is_new else None
    if job is None:
        return feed_id, is_new
    try:
        polled = feed_answer.read_feed(replace(response, url=job.url), job, settings)
    except Failure as failure:
        polled = feed_answer.failed(failure, response.elapsed_s, response.answered_at)
    leaving = hosts.VisitResult(settings.fetch.min_gap_s, since_request_s=age_s(response.answered_at))
    _write(conn, settings, job, polled, [(job.host.id, leaving)], began)
    return feed_id, is_new


def _finish(ctx: Context, job: PollJob, visits: Visits, polled: Polled, failure: Failure | None, began: float) -> None:
    """Write and log the end of a poll."""
    visits.answered(polled.answered_at)
    visit_results = visits.visit_results(failure, polled.poll.elapsed_s)
    with ctx.pool.connection() as conn:
        if job.archive_try:
            new = _write_archive(conn, ctx.settings, job, polled, failure, visit_results)
            why = "a page of its archive"
        else:
            decision, new = _write(conn, ctx.settings, job, polled, visit_results, began)
            why = decision.reason
    _say(job, polled, why, failure, new)


def _write(
    conn: Connection, settings: Settings, job: PollJob, polled: Polled, visit_results: list[tuple[int, hosts.VisitResult]], began: float
) -> tuple[schedule.Decision, list[int] | None]:
    """Decide what follows from a poll and write it. Returns the ids of the new links, or None if the claim was lost meanwhile.
    `began`: time.monotonic() before the poll, so that the site's wishes count from then, however long the poll took."""
    rules = options.bounded(settings.poll, job.options)
    plan = entries.to_write(conn, job.feed_id, polled.listed, rules)
    outcome = replace(polled.outcome, new=len(plan.new))
    now = job.started_at + timedelta(seconds=time.monotonic() - began)
    decision = schedule.decide(job.feed, outcome, now, rules, random.random())  # noqa: S311 (jitter)
    decision = offsite_entries.come_again(decision, plan)
    return decision, polling.finish(conn, job, polled.poll, plan, decision, visit_results, settings, polled.further)


def _write_archive(
    conn: Connection,
    settings: Settings,
    job: PollJob,
    polled: Polled,
    failure: Failure | None,
    visit_results: list[tuple[int, hosts.VisitResult]],
) -> list[int] | None:
    """Write what an archive page of the feed brought. The feed's own next poll stays as it was."""
    plan = entries.to_write(conn, job.feed_id, polled.listed, settings.poll)
    retry_s = policy.retry_s(failure, job.archive_try) if failure else policy.RETRY_S if plan.later else None
    return archive_pages.finish(conn, job, polled.poll, plan, polled.further, visit_results, settings, retry_s)


def _moved(ctx: Context, job: PollJob, visits: Visits, onward: RedirectDeferred) -> None:
    """A redirect leads to a host that is not free now: wait for it in Postgres, not in this worker."""
    with ctx.pool.connection() as conn:
        if job.archive_try:
            archive_pages.put_off(conn, job, visits.visit_results(None), ctx.settings)
            return
        polling.moved(conn, job, onward.url, parse(onward.url).host, onward.hops, visits.visit_results(None))
    log.info("poll", outcome="moved", feed=job.feed_id, url=job.url, to=onward.url)


def _say(job: PollJob, polled: Polled, why: str, failure: Failure | None, new: list[int] | None) -> None:
    found: dict[str, Any] = {"feed": job.feed_id, "url": job.url, "code": polled.poll.code, "ms": round(polled.poll.elapsed_s * 1000)}
    if new is None:
        log.info("poll", outcome="too late", **found)
    elif failure is None:
        log.info("poll", outcome="ok", entries=polled.poll.entries, new=len(new), why=why, **found)
    else:
        log.warning("poll", outcome="failed", detail=failure.detail, why=why, **found)
