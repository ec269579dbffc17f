"""When a feed is polled next, and why. Pure policy: the caller brings the dice and keeps the clock.

The interval follows the feed's habit: it shrinks while polls bring many new entries and grows while they bring none, inside the bounds of
the settings. What the site asks for (Cache-Control, Expires, ttl, Retry-After) can only lengthen a single wait, never the habit itself.
A failing feed is asked ever more seldom, at the least once in `max_interval_s`, so it revives by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outcomes import describe
from pipeline.settings import Poll

MAX_RETRY_AFTER_S = 31 * 86400
THROTTLED_S = 3600  # least wait after a 429 that does not say how long

# Share of the entries that were new → by how much the interval changes. Shrinking is quicker than growing: an entry that fell out of the
# feed between two polls is lost, a needless poll only costs a 304.
_HABIT: tuple[tuple[float, float], ...] = ((0.5, 0.5), (0.2, 0.75))
_SOME_NEW = 1.0
_NONE_NEW = 1.25


@dataclass(frozen=True, slots=True)
class FeedState:
    state: str  # active, paused or stopped
    interval_s: int
    failures: int  # polls failed in a row


@dataclass(frozen=True, slots=True)
class PollResult:
    code: str  # '' for success, else the failure's code
    entries: int
    new: int
    not_modified: bool
    max_age_s: int | None  # from Cache-Control or Expires
    ttl_s: int | None  # from the feed itself
    retry_after_s: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    state: str
    interval_s: int
    failures: int
    wait_s: float  # seconds until the next poll
    reason: str  # a sentence for a person


def decide(feed: FeedState, result: PollResult, settings: Poll, dice: float) -> Decision:
    """What follows from a poll. `dice` in [0, 1) spreads the polls; it only lengthens the wait.

    A feed that is gone (410) is stopped until someone resumes it.
    """
    if result.code == "feed_gone":
        interval = _bounded(feed.interval_s, settings)
        return Decision(
            "stopped", interval, feed.failures + 1, settings.max_interval_s, "stopped: the site says that the feed is gone for good"
        )
    if result.code:
        return _after_failure(feed, result, settings, dice)
    return _after_success(feed, result, settings, dice)


def _after_success(feed: FeedState, result: PollResult, settings: Poll, dice: float) -> Decision:
    interval = _bounded(feed.interval_s * _habit(result), settings)
    wait, asked = _wait(interval, result, settings, dice)
    return Decision(feed.state, interval, 0, wait, f"every {_span(interval)}: {_found(result)}{asked}")


def _after_failure(feed: FeedState, result: PollResult, settings: Poll, dice: float) -> Decision:
    failures = feed.failures + 1
    interval = _bounded(feed.interval_s, settings)
    base = max(interval, THROTTLED_S) if result.code == "http_429" else interval
    # The habit is kept, so that the first success goes on where the feed was before.
    backed_off = max(interval, min(base * 2 ** min(failures - 1, 30), settings.max_interval_s))
    wait, asked = _wait(backed_off, result, settings, dice)
    count = "" if failures == 1 else f" ({failures} times in a row)"
    return Decision(feed.state, interval, failures, wait, f"again in {_span(backed_off)}: {describe(result.code).meaning}{count}{asked}")


def _habit(result: PollResult) -> float:
    if result.not_modified or result.new <= 0:
        return _NONE_NEW
    share = result.new / max(result.entries, 1)
    return next((factor for least, factor in _HABIT if share >= least), _SOME_NEW)


def _wait(interval: int, result: PollResult, settings: Poll, dice: float) -> tuple[float, str]:
    """Seconds to wait and, where the site asks for longer than we would wait, the words that say so."""
    courtesy = min(max(result.max_age_s or 0, result.ttl_s or 0), settings.max_interval_s)
    demanded = min(max(result.retry_after_s or 0, 0), MAX_RETRY_AFTER_S)
    floor = max(courtesy, demanded)
    asked = f"; the site asks for at least {_span(floor)}" if floor > interval else ""
    return max(interval, floor) + interval * settings.jitter * dice, asked


def _bounded(interval: float, settings: Poll) -> int:
    return round(min(max(interval, settings.min_interval_s), settings.max_interval_s))


def _found(result: PollResult) -> str:
    if result.not_modified:
        return "nothing has changed"
    if result.entries <= 0:
        return "the feed is empty"
    if result.new <= 0:
        return f"none of {result.entries} entries {_were(result.entries)} new"
    return f"{result.new} of {result.entries} entries {_were(result.new)} new"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _span(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit != "d" and seconds == length):
            return f"{seconds / length:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"
