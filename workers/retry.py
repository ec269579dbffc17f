"""What happens after a failure: try again when, or give up. Pure functions; `dice` in [0, 1) stands for chance."""

from __future__ import annotations

from pipeline.outcomes import Failure, State, Verdict, describe
from pipeline.settings import Retry

# Least wait for what cannot be done yet, seconds.
WAIT_S = 1.0


def after_fetch(failure: Failure, attempts: int, settings: Retry, dice: float) -> Verdict:
    """The verdict on a fetch that failed for the `attempts`-th time."""
    code = describe(failure.code)
    if code.again == "wait":
        return Verdict(State.WAITING, failure.code, failure.detail, max(failure.retry_after_s or 0.0, WAIT_S), counted=False)
    tries = {"no": 1, "once": 2, "yes": len(settings.delays_s) + 1}[code.again]
    if attempts >= min(tries, len(settings.delays_s) + 1):
        return Verdict(code.state, failure.code, failure.detail)
    return Verdict(State.WAITING, failure.code, failure.detail, _delay(failure, attempts, settings, dice))


def after_extract(failure: Failure, starts: int, settings: Retry) -> Verdict:
    """The verdict on an extraction that failed. Only a process that died or ran out of time is worth another start."""
    code = describe(failure.code)
    if code.again == "no" or starts >= settings.extract_starts:
        return Verdict(code.state, failure.code, failure.detail)
    return Verdict(State.FETCHED, failure.code, failure.detail, 0.0)


def ride_max_s(settings: Retry) -> float:
    """The longest delay that rides in Redis. The limit is meant before jitter, or chance would decide where a first retry waits."""
    return settings.redis_max_s * (1 + settings.jitter)


def _delay(failure: Failure, attempts: int, settings: Retry, dice: float) -> float:
    own = settings.delays_s[attempts - 1] * (1 + settings.jitter * (2 * dice - 1))
    return max(own, min(failure.retry_after_s or 0.0, settings.max_retry_after_s))
