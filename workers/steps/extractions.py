"""Extracts the pages of one message. Each page is started, extracted, and stored or failed by itself.

If one takes long, the others go to another message. If one ends the process, the others come back by their leases.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import psycopg
import structlog
from celery.exceptions import SoftTimeLimitExceeded
from psycopg import Connection

from pipeline.extract.model import EXTRACTOR
from pipeline.jobs import ExtractJob
from pipeline.outcomes import Failure, RetryDecision
from pipeline.steps import extraction as extract_step
from pipeline.store.extraction import extracting
from workers import dispatch, retry
from workers.app import app
from workers.context import Context
from workers.processes.process_limits import ROUND_S
from workers.steps.job_end import TOO_LATE, failure_of, say_end
from workers.steps.refused_values import REFUSED, is_away, refusal

log = structlog.get_logger()

TOO_LARGE = Failure("extract_memory", "the extraction needs more memory than it may have")
MIN_CPU = 0.3  # of the time limit; a page that used less CPU before the limit was waiting for the machine


def extract(ctx: Context, claims: Sequence[tuple[int, UUID]], worker: str) -> None:
    """Extract the pages of these links, each under its claim, and send the next ones. At the end, raises the failure that Flower shows."""
    ends = time.monotonic() + ROUND_S
    failures: list[Failure] = []
    left: Sequence[tuple[int, UUID]] = ()
    for at, (link_id, claim) in enumerate(claims):
        if at and time.monotonic() > ends:
            left = claims[at:]
            break
        if failure := _extract_one(ctx, link_id, claim, worker):
            failures.append(failure)
    with ctx.pool.connection() as conn:
        if left:
            extracting.put_back(conn, left)
        dispatch.fill_extract(app, conn, ctx.settings)
    if failures:
        raise _summed_up(failures, len(claims))


def _extract_one(ctx: Context, link_id: int, claim: UUID, worker: str) -> Failure | None:
    """Extract one page and write the result. Returns the failure, if any."""
    started, too_large = time.monotonic(), False
    with ctx.pool.connection() as conn:
        try:
            job = extracting.start(conn, link_id, claim, ctx.settings, worker)
        except Failure as failure:
            extracting.refuse(conn, link_id, claim, failure)
            log.warning("extract", outcome="failed", link=link_id, code=failure.code, detail=failure.detail)
            return failure
        except MemoryError:  # Celery would treat it as its own error and end the whole worker
            job = None
            too_large = True
    if too_large:
        with ctx.pool.connection() as conn:
            extracting.fail_running(conn, [(link_id, claim)], TOO_LARGE)
        log.warning("extract", outcome="failed", link=link_id, code=TOO_LARGE.code, detail=TOO_LARGE.detail)
        return TOO_LARGE
    if job is None:
        log.debug("extract", outcome=TOO_LATE, link=link_id)
        return None
    try:
        verdict = _verdict(ctx, job, started)
    except psycopg.Error as error:
        if is_away(error):
            with (
                contextlib.suppress(psycopg.Error),
                ctx.pool.connection() as conn,
            ):  # otherwise its lease gives the page back, and the attempt counts
                extracting.uncount(conn, job)
        raise
    say_end("extract", job.link_id, job.url, verdict, started)
    return failure_of(verdict)


def _verdict(ctx: Context, job: ExtractJob, started: float) -> RetryDecision | None:
    """Run the step and write its end. None if the claim was lost meanwhile."""
    cpu_starved, cpu_before = False, time.process_time()
    try:
        found = extract_step.extract_page(job, ctx.settings)
        with ctx.pool.connection() as conn:
            return _stored(conn, ctx, replace(job, page=found.page, announced=found.announced), found, started)
    except Failure as error:
        failure = error
    except SoftTimeLimitExceeded:
        limit_s = ctx.settings.workers.extract_time_limit_s
        cpu_starved = time.process_time() - cpu_before < MIN_CPU * limit_s
        failure = Failure("extract_timeout", f"the extraction took longer than {limit_s} s")
    except MemoryError:
        failure = TOO_LARGE
    except REFUSED as error:
        failure = refusal(error)
    except psycopg.Error:
        raise
    except Exception as error:  # any error of a parser ends as a row with a code
        log.exception("extract", link=job.link_id, url=job.url)
        failure = Failure("extract_crashed", f"{type(error).__name__}: {error}")
    verdict = retry.after_extract(failure, job.start, ctx.settings.retry, cpu_starved=cpu_starved)
    with ctx.pool.connection() as conn:
        return verdict if extracting.failed(conn, job, verdict, time.monotonic() - started, ctx.settings) else None


def _stored(conn: Connection, ctx: Context, job: ExtractJob, found: extract_step.Extracted, started: float) -> RetryDecision | None:
    def store() -> RetryDecision | None:
        return extracting.stored(conn, job, found.article, found.identity, EXTRACTOR, time.monotonic() - started, ctx.settings)

    try:
        return store()
    except psycopg.errors.UniqueViolation:
        # Another link's article with the same address was stored between our check and our insert; now it is visible.
        return store()


def _summed_up(failures: Sequence[Failure], pages: int) -> Failure:
    """One failure for the message; the rows have each page's own."""
    if pages == 1:
        return failures[0]
    codes = ", ".join(sorted({failure.code for failure in failures}))
    return Failure(failures[0].code, f"{len(failures)} of {pages} pages gave no article ({codes})")
