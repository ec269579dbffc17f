"""Judge a feed's health: healthy, quiet, failing or stopped, with the reason as a sentence. Pure.

A feed that goes silent fails no request, so nobody notices: it answers 304 forever, or its editors have left. So the feed is compared
with its own habit: new entries a day over the last weeks. Silence is reported only if the feed was never that silent before. So the
usual weekends and holidays of a feed are not reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Status = Literal["healthy", "quiet", "failing", "stopped"]

WINDOWS_DAYS = (1, 2, 3, 7, 14, 28)  # spans that are compared with earlier spans of the same length
HABIT_DAYS = 28  # days before a span that make up the habit
LEAST_HABIT_DAYS = 7  # fewer days are not a habit yet
QUIET_SHARE = 0.25  # of the usual number of entries; below it a feed is quiet
LEAST_USUAL = 4.0  # usual entries in a span; with fewer, having none at all may be chance


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """What is known of a feed. `days` are new entries by day (UTC); days without any may be missing."""

    state: str
    failures: int
    code: str
    detail: str
    why: str  # next_poll_why
    created_at: datetime
    last_polled_at: datetime | None
    last_ok_at: datetime | None
    days: Mapping[date, int]
    has_validators: bool = True
    bounds_set: bool = False  # a person has set how often it is polled
    sunset_at: datetime | None = None
    moved_to: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """`less` is the share of its usual entries that a quiet feed is missing, 0 to 1. `warnings` are further facts that a person should
    know."""

    status: Status
    why: str
    less: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """The new entries of the last `days` days, and how many are usual in such a span."""

    days: int
    entries: int
    usual: float

    @property
    def less(self) -> float:
        return 1 - self.entries / self.usual


def health(pulse: FeedRecord, now: datetime) -> Health:
    """The feed's health at `now` (UTC)."""
    noted = warnings(pulse)
    if pulse.state != "active":
        return Health("stopped", pulse.why, warnings=noted)
    if pulse.failures > 0:
        times = "the last poll" if pulse.failures == 1 else f"the last {pulse.failures} polls"
        since = f"; the last good one was {pulse.last_ok_at:%Y-%m-%d %H:%M} UTC" if pulse.last_ok_at else "; none was good yet"
        return Health("failing", f"{times} failed: {pulse.code}: {pulse.detail}{since}", warnings=noted)
    silence = silent(pulse.days, now)
    if silence is not None:
        return Health("quiet", _words(silence), silence.less, noted)
    if pulse.last_polled_at is None:
        return Health("healthy", "it has not been polled yet", warnings=noted)
    return Health("healthy", "polls go well", warnings=noted)


def silent(days: Mapping[date, int], now: datetime) -> Silence | None:
    """The span in which the feed fell furthest below its habit; None if it keeps to it.

    The current day, which is not over yet, can only count in the feed's favour.
    """
    today = now.astimezone(UTC).date()
    first = min(days, default=today)
    found = [silence for span in WINDOWS_DAYS if (silence := _silent(days, span, first, today))]
    return max(found, key=lambda silence: (silence.less, silence.days), default=None)


def warnings(pulse: FeedRecord) -> tuple[str, ...]:
    """What is unusual about a feed that can still be polled."""
    found = []
    if pulse.last_ok_at is not None and not pulse.has_validators and not pulse.bounds_set:
        found.append("it sends neither ETag nor Last-Modified, so it is polled once a day; set its min_interval to poll it more often")
    if pulse.sunset_at is not None:
        found.append(f"its site has announced that this address ends on {pulse.sunset_at:%Y-%m-%d} (Sunset)")
    if pulse.moved_to:
        found.append(f"it redirects permanently to {pulse.moved_to}; newsmill will use that address if the redirect lasts")
    if pulse.successor:
        found.append(f"its site now announces another feed: {pulse.successor}")
    return tuple(found)


def _silent(days: Mapping[date, int], span: int, first: date, today: date) -> Silence | None:
    """Compare the last `span` whole days and today with the days before them."""
    end = today - timedelta(days=span)
    known = min((end - first).days, HABIT_DAYS)
    if known < max(LEAST_HABIT_DAYS, span):
        return None
    recent = _sum(days, end, today)
    before = [days.get(end - timedelta(days=back), 0) for back in range(1, known + 1)]
    usual = sum(before) / known * span
    least = min(sum(before[at : at + span]) for at in range(known - span + 1))
    quiet = usual >= LEAST_USUAL and recent < QUIET_SHARE * usual and recent < least
    return Silence(span, recent, usual) if quiet else None


def _sum(days: Mapping[date, int], start: date, end: date) -> int:
    return sum(count for day, count in days.items() if start <= day <= end)


def _words(silence: Silence) -> str:
    span = "day" if silence.days == 1 else f"{silence.days} days"
    entries = "no new entry" if silence.entries == 0 else f"{silence.entries} new {'entry' if silence.entries == 1 else 'entries'}"
    return f"{entries} in the last {span}, where {silence.usual:.0f} are usual: {silence.less:.0%} less"
