"""Looks at the home page of a broken feed's site for the feed that it announces now."""

from __future__ import annotations

import time
from uuid import UUID

import structlog

from pipeline.feeds.discovery import page_links, successor
from pipeline.fetch.client import RedirectDeferred, failure_of
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import is_homepage, parse
from pipeline.outcomes import Failure
from pipeline.steps import robots_check
from pipeline.store.feeds import successors
from workers.context import Context
from workers.steps.host_visits import Visits

log = structlog.get_logger()


def look(ctx: Context, feed_id: int, claim: UUID) -> None:
    """Look once, under the host's lease and if its robots.txt allows."""
    with ctx.pool.connection() as conn:
        job = successors.start(conn, feed_id, claim, ctx.settings)
    if job is None:
        return
    started, visits = time.monotonic(), Visits(ctx, claim, job.host)
    found, moved_to, failure = "", "", None
    try:
        visits.read_robots(job.home)
        robots_check.heed(visits.robots, job.home, visits.now(), ctx.settings)
        if visits.asked_robots and job.host.gap_s > 0:
            with ctx.pool.connection() as conn:
                successors.put_back(conn, job, visits.visit_results(None))
            return
        visits.begins()
        found = _announced(ctx, job, visits)
    except RedirectDeferred as onward:
        moved_to = onward.url if same_site(parse(onward.url).host, parse(job.home).host) and is_homepage(onward.url) else ""
    except Failure as problem:
        failure = problem
    elapsed_s = time.monotonic() - started
    visits.answered(time.monotonic())
    with ctx.pool.connection() as conn:
        visit_results = visits.visit_results(failure, elapsed_s)
        successors.finish(conn, job, found, visit_results, moved_to=moved_to, again_soon=bool(moved_to))
    log.info("successor", feed=feed_id, home=job.home, found=found, detail=failure.detail if failure else "")


def _announced(ctx: Context, job: successors.SuccessorJob, visits: Visits) -> str:
    response = visits.client.get(job.home, kind="page", admit=lambda target: visits.admit(target, None))
    if failure := failure_of(response):
        raise failure
    return successor.successor(page_links.find(response.body, response.final_url), job.known)
