"""What follows from a poll: which entries are new, when the feed is polled next, and all of it written down."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from pipeline.feeds import options, schedule
from pipeline.feeds.answer import Polled
from pipeline.fetch.client import Elsewhere
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.store import entries, polling
from workers.context import Context
from workers.visits import Visits

log = structlog.get_logger()


def finish(ctx: Context, job: polling.PollJob, visits: Visits, polled: Polled, failure: Failure | None) -> list[int] | None:
    """Write the end of a poll. Returns the ids of the links that wait now, or None when the claim was lost meanwhile."""
    rules = options.bounded(ctx.settings.poll, job.options)
    visits.answered(polled.answered_at)
    leavings = visits.leavings(failure, polled.poll.elapsed_s)
    with ctx.pool.connection() as conn:
        plan = entries.to_write(conn, job.feed_id, polled.listed, rules.max_updates)
        outcome = replace(polled.outcome, new=len(plan.fresh))
        now = job.started_at + timedelta(seconds=polled.poll.elapsed_s)
        decision = schedule.decide(job.feed, outcome, now, rules, random.random())  # noqa: S311 (jitter)
        new = polling.finish(conn, job, polled.poll, plan, decision, leavings, rules.keep_polls)
    _say(job, polled, decision, failure, new)
    return new


def moved(ctx: Context, job: polling.PollJob, visits: Visits, onward: Elsewhere) -> None:
    """A redirect leads to a host that cannot be asked now: its turn is waited for in Postgres, not here."""
    hops = [(hop.url, hop.status) for hop in onward.hops]
    with ctx.pool.connection() as conn:
        polling.moved(conn, job, onward.url, parse(onward.url).host, hops, visits.leavings(None))
    log.info("poll", outcome="moved", feed=job.feed_id, url=job.url, to=onward.url)


def _say(job: polling.PollJob, polled: Polled, decision: schedule.Decision, failure: Failure | None, new: list[int] | None) -> None:
    found: dict[str, Any] = {"feed": job.feed_id, "url": job.url, "code": polled.poll.code, "ms": round(polled.poll.elapsed_s * 1000)}
    if new is None:
        log.info("poll", outcome="too late", **found)
    elif failure is None:
        log.info("poll", outcome="ok", entries=polled.poll.entries, new=len(new), why=decision.reason, **found)
    else:
        log.warning("poll", outcome="failed", detail=failure.detail, why=decision.reason, **found)
