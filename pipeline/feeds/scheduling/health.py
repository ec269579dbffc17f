"""How a feed does: healthy, quiet, failing or stopped, with the reason in words. Pure.

A feed that has gone silent fails no request, so nobody notices (it answers 304 for ever, or its editors moved on). It is measured against
its own habit: new entries by day over the last weeks. Silence is reported only where the feed never was so silent before, so weekends and
holidays of a feed that keeps them are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Status = Literal["healthy", "quiet", "failing", "stopped"]

WINDOWS_DAYS = (1, 2, 3, 7, 14, 28)  # spans whose entries are compared with those of other such spans
HABIT_DAYS = 28  # days before a span that make the habit
LEAST_HABIT_DAYS = 7  # fewer are no habit yet
QUIET_SHARE = 0.25  # of what is usual; below it a feed is quiet
LEAST_USUAL = 4.0  # entries usual in a span; of fewer, none at all may be chance


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is known of a feed. `days`: new entries by day (UTC); days without any may be missing."""

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
    bounds_set: bool = False  # somebody has decided how often it is polled
    sunset_at: datetime | None = None
    moved_to: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """`less`: of a quiet feed, the share of its usual entries that is missing, 0 to 1. `warnings`: what a person should know besides."""

    status: Status
    why: str
    less: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """New entries of the last `days` days, and how many are usual in as many."""

    days: int
    entries: int
    usual: float

    @property
    def less(self) -> float:
        return 1 - self.entries / self.usual


def health(pulse: Pulse, now: datetime) -> Health:
    """How the feed does at `now` (UTC)."""
    told = warnings(pulse)
    if pulse.state != "active":
        return Health("stopped", pulse.why, warnings=told)
    if pulse.failures > 0:
        times = "the last poll" if pulse.failures == 1 else f"the last {pulse.failures} polls"
        since = f"; the last good one was {pulse.last_ok_at:%Y-%m-%d %H:%M} UTC" if pulse.last_ok_at else "; none was good yet"
        return Health("failing", f"{times} failed: {pulse.code}: {pulse.detail}{since}", warnings=told)
    silence = silent(pulse.days, now)
    if silence is not None:
        return Health("quiet", _words(silence), silence.less, told)
    if pulse.last_polled_at is None:
        return Health("healthy", "it has not been polled yet", warnings=told)
    return Health("healthy", "polls go well", warnings=told)


def silent(days: Mapping[date, int], now: datetime) -> Silence | None:
    """The span in which the feed published least, measured by its habit; None where it keeps to it.

    The day that is not over yet counts in favour of the feed only.
    """
    today = now.astimezone(UTC).date()
    first = min(days, default=today)
    found = [silence for span in WINDOWS_DAYS if (silence := _silent(days, span, first, today))]
    return max(found, key=lambda silence: (silence.less, silence.days), default=None)


def warnings(pulse: Pulse) -> tuple[str, ...]:
    """What is odd about a feed, though it can be polled."""
    found = []
    if pulse.last_ok_at is not None and not pulse.has_validators and not pulse.bounds_set:
        found.append("it gives neither ETag nor Last-Modified, so it is read once a day; set its min_interval to have it read more often")
    if pulse.sunset_at is not None:
        found.append(f"its site has announced that this address ends on {pulse.sunset_at:%Y-%m-%d} (Sunset)")
    if pulse.moved_to:
        found.append(f"it is redirected for good to {pulse.moved_to}, which will be taken over if that lasts")
    if pulse.successor:
        found.append(f"its site now announces another feed: {pulse.successor}")
    return tuple(found)


def _silent(days: Mapping[date, int], span: int, first: date, today: date) -> Silence | None:
    """The last `span` whole days and today against the days before them."""
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
