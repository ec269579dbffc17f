"""What happens after a failure: try again when, or give up. Pure functions; `dice` in [0, 1) stands for chance."""

from __future__ import annotations

from pipeline.outcomes import Failure, State, Verdict, describe
from pipeline.settings import Retry

# A host that says 429 or 503 without a Retry-After is left alone so long, doubling with each such answer in a row.
PAUSE_S = 60.0


def after_fetch(failure: Failure, attempts: int, settings: Retry, dice: float) -> Verdict:
    """The verdict on a fetch that failed for the `attempts`-th time."""
    code = describe(failure.code)
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


def host_pause_s(failure: Failure, failures: int, settings: Retry) -> float:
    """Seconds the whole host is left alone: it asked for it (429, 503), and asks louder each time in a row."""
    if failure.code not in ("http_429", "http_503"):
        return 0.0
    if failure.retry_after_s is not None:
        return min(failure.retry_after_s, settings.max_retry_after_s)
    if failure.code == "http_503":
        return 0.0  # one broken page does not speak for its host; a Retry-After does
    return min(PAUSE_S * 2.0 ** min(failures, 16), settings.max_retry_after_s)


def counts_against_host(failure: Failure) -> bool:
    """Whether the failure speaks of the host as a whole rather than of one page."""
    return failure.code in ("dns", "connect", "tls", "timeout", "reset", "http_429", "http_403", "robots_unreachable")


def _delay(failure: Failure, attempts: int, settings: Retry, dice: float) -> float:
    own = settings.delays_s[attempts - 1] * (1 + settings.jitter * (2 * dice - 1))
    return max(own, min(failure.retry_after_s or 0.0, settings.max_retry_after_s))
