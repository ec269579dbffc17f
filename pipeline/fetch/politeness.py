"""What a visit says of its host, and how long the host is left alone for it. Pure functions; `dice` in [0, 1) stands for chance."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outcomes import Failure
from pipeline.settings import Fetch, Retry

JITTER = 0.1  # share by which an own pause varies, so that machines do not come back all at once
_SLOWER = frozenset({"http_429", "http_503"})  # "ask me less": the host speaks for itself and not for one page
_TROUBLE = frozenset(
    {"dns", "connect", "tls", "timeout", "reset", "protocol_error", "http_403", "http_429", "challenge", "robots_unreachable"}
)
# These end before any request was made, or by a rule of ours, and say nothing of how the host does.
_SILENT = frozenset({"robots_disallowed", "duplicate", "no_contact", "unresolvable_aggregator", "bad_url", "storage_error"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a host has done: failures in a row, 429 and 503 since it was last quiet, and the seconds since their pause ended."""

    failures: int = 0
    slowdowns: int = 0
    quiet_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """The host's new counts, and the seconds it is left alone with the reason in words."""

    failures: int
    slowdowns: int
    pause_s: float = 0.0
    reason: str = ""


def after(standing: Standing, failure: Failure | None, fetch: Fetch, retry: Retry, dice: float) -> Change:
    """What follows for the host from a visit that ended in `failure`, or well (None)."""
    slowdowns = 0 if standing.quiet_s > fetch.pause_forget_s else standing.slowdowns
    if failure is None:
        return Change(0, slowdowns)
    if failure.code in _SILENT or failure.code.startswith("blocked_"):
        return Change(standing.failures, slowdowns)
    failures = standing.failures + 1 if counts(failure) else 0
    most = retry.max_retry_after_s
    if failure.code == "robots_unreachable":  # RFC 9309 section 2.3.1.4: nothing of this host may be fetched until it can be read
        return Change(failures, slowdowns, min(failure.retry_after_s or 0.0, most), str(failure))
    if failure.code in _SLOWER:
        own = _doubling(fetch.pause_s, slowdowns, most, dice)
        return Change(failures, slowdowns + 1, min(failure.retry_after_s, most) if failure.retry_after_s else own, str(failure))
    if failures >= fetch.breaker_failures:
        pause = _doubling(fetch.pause_s, failures - fetch.breaker_failures, most, dice)
        return Change(failures, slowdowns, pause, f"{failures} failures in a row, the last {failure}")
    return Change(failures, slowdowns)


def counts(failure: Failure) -> bool:
    """Whether the failure speaks of the host as a whole rather than of one page."""
    return failure.code in _TROUBLE or failure.code.startswith("http_5")


def _doubling(first_s: float, times: int, most_s: float, dice: float) -> float:
    return min(first_s * 2.0 ** min(times, 30) * (1 + JITTER * (2 * dice - 1)), most_s)
