"""Reports the end of a step: one log line, and what Flower shows."""

from __future__ import annotations

import time
from typing import Any

import structlog

from pipeline.outcomes import Failure, RetryDecision, State

log = structlog.get_logger()

# The row is no longer under this message's claim: a duplicate, or given back after its lease.
TOO_LATE = "too late"


def say_end(stage: str, link_id: int, url: str, verdict: RetryDecision | None, started: float, **more: Any) -> None:
    """Log the outcome. A failure is a warning; a link skipped for robots.txt or as a duplicate is not."""
    if verdict is None:
        log.info(stage, outcome=TOO_LATE, link=link_id, url=url, ms=ms_since(started))
        return
    if verdict.code:
        more |= {"code": verdict.code, "detail": verdict.detail}
    if verdict.delay_s is not None:
        more["again_in_s"] = round(verdict.delay_s, 1)
    say = log.info if verdict.state in (State.STORED, State.SKIPPED) else log.warning
    say(stage, outcome=verdict.outcome, link=link_id, url=url, ms=ms_since(started), **more)


def failure_of(verdict: RetryDecision | None) -> Failure | None:
    """The failure, if any. A link skipped for robots.txt or as a duplicate is none."""
    return Failure(verdict.code, verdict.detail) if verdict is not None and verdict.code and verdict.state != State.SKIPPED else None


def show_failure(verdict: RetryDecision | None) -> None:
    """Raise the failure for Flower to show, if there is one."""
    if failure := failure_of(verdict):
        raise failure


def ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
