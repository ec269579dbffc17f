"""What follows a failure: a retry, and when, or the end. Pure functions; `rand` in [0, 1) is the random number."""

from __future__ import annotations

from pipeline.outcomes import Failure, RetryDecision, Schedule, State, describe
from pipeline.settings import Retry

# Shortest wait, in seconds, for work that cannot be done yet.
WAIT_S = 1.0


def schedule(code: str, settings: Retry, *, recheck: bool = False) -> Schedule:
    """The delays for failures with `code`. A recheck has no late retries, because the article is already stored."""
    means = describe(code)
    soon = {"no": 0, "once": 1, "yes": len(settings.delays_s), "wait": 0}[means.again]
    return Schedule(tuple(settings.delays_s[:soon]), tuple(settings.late_s) if means.late and not recheck else ())


def after_fetch(failure: Failure, attempts: int, settings: Retry, rand: float, *, recheck: bool = False) -> RetryDecision:
    """Decide about a fetch that failed for the `attempts`-th time."""
    code = describe(failure.code)
    if code.again == "wait":
        return RetryDecision(State.WAITING, failure.code, failure.detail, max(failure.retry_after_s or 0.0, WAIT_S), counted=False)
    plan = schedule(failure.code, settings, recheck=recheck)
    if attempts > len(plan.waits):
        return RetryDecision(code.state, failure.code, failure.detail)
    own = plan.waits[attempts - 1] * (1 + settings.jitter * (2 * rand - 1))
    delay = max(own, min(failure.retry_after_s or 0.0, settings.max_retry_after_s))
    return RetryDecision(State.WAITING, failure.code, failure.detail, delay, late=attempts > len(plan.soon))


def after_extract(failure: Failure, attempts: int, settings: Retry, *, cpu_starved: bool = False) -> RetryDecision:
    """Decide about a failed extraction. It is retried only if its process died: a page that used up its limits would do so again.
    `cpu_starved` means that the time ran out while the machine was busy with other work."""
    code = describe(failure.code)
    if (code.again == "no" and not cpu_starved) or attempts >= settings.extract_attempts:
        return RetryDecision(code.state, failure.code, failure.detail)
    return RetryDecision(State.FETCHED, failure.code, failure.detail, 0.0)


def max_redis_wait_s(settings: Retry) -> float:
    """The longest delay that waits in Redis. The limit applies before jitter; otherwise chance would decide where a first retry waits."""
    return settings.redis_max_s * (1 + settings.jitter)
