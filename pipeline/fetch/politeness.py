"""Decide from a visit's outcome how the host is doing and how long to leave it alone. Pure functions; `rand` in [0, 1) is the random
number."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outcomes import NETWORK, Failure, describe
from pipeline.settings import Fetch, Retry

JITTER = 0.1  # share by which our own pauses vary, so that machines do not return all at once
# A host counts as away if so many visits in a row failed over so many seconds. Failures of a page or two do not count.
_AWAY_FAILURES, _AWAY_S = 3, 300.0


@dataclass(frozen=True, slots=True)
class HostHealth:
    """The record of a host: `failures` in a row, 429s and 503s since it was last quiet, seconds since its pause for them ended, and seconds
    since the first of the failures in a row."""

    failures: int = 0
    slowdowns: int = 0
    quiet_s: float = 0.0
    failing_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """The host's new counts, and how long to leave it alone and why.

    `is_back` means that the host answers again after it was away. `for_all` means that the failure would hit every due link of the host,
    so it counts as an attempt of each.
    """

    failures: int
    slowdowns: int
    pause_s: float = 0.0
    reason: str = ""
    is_back: bool = False
    for_all: bool = False


def after(health: HostHealth, failure: Failure | None, fetch: Fetch, retry: Retry, rand: float, *, is_offsite: bool = False) -> Change:
    """Compute the consequences for the host of a visit that ended in `failure`, or well (None).

    `is_offsite` means that only feeds of other sites have listed the link. The host's refusal then does not count; otherwise any feed
    could have a host paused.
    """
    slowdowns = 0 if health.quiet_s > fetch.pause_forget_s else health.slowdowns
    was_away = health.failures >= _AWAY_FAILURES and health.failing_s >= _AWAY_S
    if failure is None:
        return Change(0, slowdowns, is_back=was_away)
    code = describe(failure.code)
    if code.blames == "nobody" or (is_offsite and code.blames_lister):
        return Change(health.failures, slowdowns)
    if not counts(failure):
        return Change(0, slowdowns, is_back=was_away)
    failures, most = health.failures + 1, retry.max_retry_after_s
    if failure.of_robots:  # RFC 9309 section 2.3.1.4: without a readable robots.txt no page of this host may be fetched
        pause = min(failure.retry_after_s or 0.0, most)
        return Change(failures, slowdowns, pause, str(failure), for_all=failure.code in NETWORK)
    own_most = min(fetch.max_outage_pause_s, most) if code.away else most
    if code.slower:
        own = _doubling(fetch.pause_s, slowdowns, own_most, rand)
        return Change(failures, slowdowns + 1, min(failure.retry_after_s, most) if failure.retry_after_s else own, str(failure))
    if failures >= fetch.breaker_failures:
        pause = _doubling(fetch.pause_s, failures - fetch.breaker_failures, own_most, rand)
        reason = f"{failures} failures in a row, the last {failure}"
        return Change(failures, slowdowns, pause, reason, for_all=code.blames == "all pages")
    return Change(failures, slowdowns)


def counts(failure: Failure) -> bool:
    """Whether the failure is about the host as a whole, not about one page."""
    return describe(failure.code).blames in ("host", "all pages")


def _doubling(first_s: float, times: int, most_s: float, rand: float) -> float:
    return min(first_s * 2.0 ** min(times, 30) * (1 + JITTER * (2 * rand - 1)), most_s)
