"""WebSub in the workers: keep subscriptions, ask hubs, and read what they send."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from uuid import UUID

import psycopg
import structlog

from pipeline.feeds import websub as policy
from pipeline.fetch.client import RedirectDeferred, failure_of
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.steps import feed_answer
from pipeline.store.feeds import entries, feeds, websub, websub_pushes
from workers.context import Context
from workers.steps.host_visits import Visits
from workers.steps.refused_values import refusal

log = structlog.get_logger()


def keep_up(ctx: Context) -> None:
    """Bring the subscriptions in line with the feeds, if hubs can reach this stack."""
    settings = ctx.settings
    if not settings.websub.callback_url:
        return
    with ctx.pool.connection() as conn:
        begun, left = websub.keep_up(conn, settings.websub.callback_url)
        dropped = websub_pushes.drop_unread(conn, settings.poll.min_interval_s)
    if begun or left or dropped:
        log.info("subscriptions", begun=begun, left=left, pushes_dropped=dropped)


def ask(ctx: Context, subscription_id: int, claim: UUID) -> None:
    """Send the due request to the hub and store the outcome. Raises Failure if the hub did not accept it."""
    settings = ctx.settings
    with ctx.pool.connection() as conn:
        job = websub.start(conn, subscription_id, claim, settings)
    if job is None:
        log.debug("hub", outcome="too late", subscription=subscription_id)
        return
    started = time.monotonic()
    visits = Visits(ctx, claim, job.host)
    visits.begins()
    failure: Failure | None = None
    elsewhere = ""
    form = policy.request(job.subscription, f"{job.callback}/websub/{job.token}", job.secret, settings.websub.lease_s)
    try:
        response = ctx.client.post(job.hub, form, visits.follow)
        failure = failure_of(response)
        visits.answered(response.answered_at)
    except RedirectDeferred as onward:
        elsewhere = parse(onward.url).host
    except Failure as problem:
        failure = problem
        visits.answered(time.monotonic())
    elapsed_s = time.monotonic() - started
    now = job.now + timedelta(seconds=elapsed_s)
    follow = partial(policy.put_off, host=elsewhere, now=now) if elsewhere else partial(policy.answered, failure=failure, now=now)
    with ctx.pool.connection() as conn:
        after = websub.finish(conn, job, follow, visits.visit_results(failure, elapsed_s))
    logged = {"hub": job.hub, "topic": job.subscription.topic, "mode": job.subscription.pending, "state": after.state if after else "gone"}
    if failure is not None:
        log.warning("hub", outcome="failed", code=failure.code, detail=failure.detail, **logged)
        raise failure
    log.info("hub", outcome=f"put off: it redirects to {elsewhere}" if elsewhere else "ok", **logged)


def read(ctx: Context, push_id: int) -> None:
    """Read what a hub has sent. Raises Failure if it is no feed; the feed is polled then."""
    settings = ctx.settings
    with ctx.pool.connection() as conn:
        job = websub_pushes.take(conn, push_id)
    if job is None:
        log.debug("push", outcome="too late", push=push_id)
        return
    try:
        listed = feed_answer.read_push(job.body, job.content_type, job.topic or job.url, job.feed_id, job.options, settings, job.feed_trust)
        with ctx.pool.connection() as conn:
            plan = entries.to_write(conn, job.feed_id, listed, settings.poll)
            new = websub_pushes.read(conn, job, plan)
            if plan.later:
                feeds.poll_now(conn, job.feed_id, settings.poll.min_interval_s, "its hub sent more links of other sites than may wait")
    except (Failure, psycopg.DataError, UnicodeEncodeError) as problem:
        with ctx.pool.connection() as conn:
            websub_pushes.give_up(conn, job, settings.poll.min_interval_s)
        failure = problem if isinstance(problem, Failure) else refusal(problem)
        log.warning("push", outcome="failed", feed=job.feed_id, url=job.url, detail=failure.detail, then="its feed is polled")
        raise failure from problem
    found = "too late" if new is None else "ok"
    log.info("push", outcome=found, feed=job.feed_id, url=job.url, entries=len(listed), new=len(new or []))
