"""Decide when a feed is polled next, and why. Pure policy: the caller passes the clock and the random number.

The interval follows the feed's habit: it shrinks while polls bring many new entries and grows while they bring none, within the bounds
of the settings. What the site asks for (Cache-Control, Expires, ttl, skipHours, Retry-After) only lengthens a single wait, never the
habit. A failing feed is polled ever more rarely, but at least once in `max_failing_s`, so that it recovers by itself. If its site is
down, nobody has refused anything, so it is polled at least once in `max_outage_s`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pipeline.feeds.scheduling import permanent_redirects
from pipeline.feeds.scheduling.permanent_redirects import Move
from pipeline.outcomes import MAX_RETRY_AFTER_S, describe, is_outage
from pipeline.settings import Poll
from pipeline.wording.number_words import span

THROTTLED_S = 3600  # shortest wait after a 429 that does not say how long
PROBE_AGAIN_S = 86400  # after a probe that found entries which 304s had hidden

# Share of new entries → factor for the interval. It shrinks faster than it grows: an entry that left the feed between two polls is lost,
# while a needless poll only costs a 304.
_HABIT: tuple[tuple[float, float], ...] = ((0.5, 0.5), (0.2, 0.75))
_SOME_NEW = 1.0
_NONE_NEW = 1.25
# A failure that passes by itself is retried sooner than a deliberate answer such as a refusal.
_SOFT_GROWTH, _HARD_GROWTH = 1.5, 2.0
# A site that has been down for long is polled more rarely: after this share of its downtime. After three days that is every 50 minutes,
# after a month every 7 hours.
_OUTAGE_SHARE = 0.01
_SPREAD_S = 600  # feeds that wait for the end of the same hour are spread over this time


@dataclass(frozen=True, slots=True)
class ReaderRequests:
    """What a feed document asks of its readers. It stays valid until the next document is read: a 304 repeats it silently."""

    least_s: int = 0  # seconds between two polls: ttl, or the update period of the syndication module
    skip_hours: frozenset[int] = frozenset()  # 0–23, GMT
    skip_days: frozenset[int] = frozenset()  # 0 is Monday


@dataclass(frozen=True, slots=True)
class FeedState:
    """Everything that is stored between two polls. Validators are the site's, byte for byte; empty if it gave none."""

    state: str = "active"  # active, paused or stopped
    interval_s: int | None = None  # None until its habit is known
    failures: int = 0  # failed polls in a row
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes | None = None
    asked: ReaderRequests = field(default_factory=ReaderRequests)
    not_before: datetime | None = None  # the site's Retry-After, which applies to manual polls too
    probe_at: datetime | None = None  # from this time, a poll leaves out the validators to check for hidden entries
    move: Move | None = None
    sunset_at: datetime | None = None
    polled_well: bool = False  # at least once
    well_at: datetime | None = None  # the last successful poll; before the first, when the feed was added
    pushed_s: float = 0.0  # seconds between polls while its WebSub hub reliably pushes; else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a poll. None means unchanged."""

    code: str = ""  # '' for success, else the failure code
    entries: int = 0
    new: int = 0
    not_modified: bool = False  # a 304, or the same bytes again
    full: bool = False  # a whole document came, so no 304 can have hidden anything
    probe: bool = False  # a document that came because known validators were left out
    etag: str | None = None  # '': the server no longer sends one
    last_modified: str | None = None
    body_hash: bytes | None = None
    asked: ReaderRequests | None = None
    sunset_at: datetime | None = None
    fresh_s: float | None = None  # Cache-Control or Expires, less Age
    retry_after_s: float | None = None
    moved_to: str = ""  # the end of a chain of permanent redirects; '' if any redirect was temporary or there was none
    ended: bool = False  # the feed declares that it will not be updated again


@dataclass(frozen=True, slots=True)
class Decision:
    """The consequences of a poll: the new state, when to poll next, the reason as a sentence, and in `adopt` the address to poll from now
    on."""

    feed: FeedState
    next_poll_at: datetime
    reason: str
    adopt: str = ""


def decide(feed: FeedState, outcome: Outcome, now: datetime, settings: Poll, rand: float) -> Decision:
    """Decide the consequences of a poll that ended at `now` (UTC).

    `rand` in [0, 1) spreads the polls; it only lengthens the wait. `settings` are this feed's, with its own bounds. A feed that is gone
    (410) or declares that it has ended is stopped until someone resumes it.
    """
    if outcome.code == "feed_gone":
        return _stopped(feed, now, settings, "stopped: the site says that the feed is gone for good", failed=True)
    if outcome.code:
        return _after_failure(feed, outcome, now, settings, rand)
    after = _learnt(feed, outcome, now, settings, rand)
    if outcome.ended:
        return _stopped(after, now, settings, "stopped: the feed says that it has ended", failed=False)
    return _after_success(after, outcome, now, settings, rand)


def conditional(feed: FeedState, now: datetime) -> bool:
    """Whether to send the validators. Now and then they are left out: a server that always answers 304 would hide new entries forever."""
    return bool(feed.etag or feed.last_modified) and (feed.probe_at is None or now < feed.probe_at)


def _learnt(feed: FeedState, outcome: Outcome, now: datetime, settings: Poll, rand: float) -> FeedState:
    """The state after a successful poll."""
    base = feed.interval_s or settings.start_interval_s
    return replace(
        feed,
        # Entries that a hub pushed are not new to the poll, so the poll says nothing about the habit.
        interval_s=_bounded(base * (_habit(outcome) if feed.polled_well and not feed.pushed_s else 1.0), settings),
        failures=0,
        etag=feed.etag if outcome.etag is None else outcome.etag,
        last_modified=feed.last_modified if outcome.last_modified is None else outcome.last_modified,
        body_hash=outcome.body_hash or feed.body_hash,
        asked=outcome.asked or feed.asked,
        not_before=None,
        probe_at=_probe_at(feed, outcome, now, settings, rand),
        move=permanent_redirects.sighted(feed.move, outcome.moved_to, now),
        sunset_at=outcome.sunset_at if outcome.full else outcome.sunset_at or feed.sunset_at,
        polled_well=True,
        well_at=now,
    )


def _probe_at(feed: FeedState, outcome: Outcome, now: datetime, settings: Poll, rand: float) -> datetime:
    if not outcome.full and feed.probe_at is not None:
        return feed.probe_at
    caught = outcome.probe and outcome.new > 0
    return now + timedelta(seconds=(PROBE_AGAIN_S if caught else settings.probe_s) * (1 + settings.jitter * rand))


def _after_success(feed: FeedState, outcome: Outcome, now: datetime, settings: Poll, rand: float) -> Decision:
    interval = feed.interval_s or settings.start_interval_s
    floors = [(_requested_wait_s(feed, outcome, settings), "the site asks for at least {}")]
    if not feed.etag and not feed.last_modified:
        floors.append(
            (min(settings.unconditional_s, settings.max_interval_s), "it sends no validators, so it is polled at most once in {}")
        )
    floors.append((min(feed.pushed_s, settings.max_interval_s), "its hub sends what is new, so it is polled only every {}"))
    wait, why = _wait(interval, floors, interval * settings.jitter * rand)
    decision = _scheduled(feed, now, wait, f"every {span(interval, decimal=True)}: {_found(outcome)}{why}", rand)
    if feed.move is not None and permanent_redirects.is_confirmed(feed.move, now, settings):
        return replace(decision, feed=replace(feed, move=None), adopt=feed.move.to)
    return decision


def _after_failure(feed: FeedState, outcome: Outcome, now: datetime, settings: Poll, rand: float) -> Decision:
    failures = max(feed.failures, 0) + 1
    interval = _bounded(feed.interval_s or settings.start_interval_s, settings)
    base = max(interval, THROTTLED_S) if outcome.code == "http_429" else interval
    growth = _SOFT_GROWTH if describe(outcome.code).soft else _HARD_GROWTH
    backed_off = max(base, min(base * growth ** min(failures - 1, 60), settings.max_failing_s))
    courtesy = _requested_wait_s(feed, outcome, settings)
    if is_outage(outcome.code):  # what the site asks of its readers applies only when it answers
        backed_off, courtesy = min(backed_off, _outage_most_s(feed, now, settings)), 0.0
    demanded = min(max(outcome.retry_after_s or 0.0, 0.0), MAX_RETRY_AFTER_S)
    words = "the site asks for at least {}"
    wait, why = _wait(backed_off, [(courtesy, words), (demanded, words)], backed_off * settings.jitter * rand)
    # The habit is kept, so that polling continues as before after the first success.
    after = replace(
        feed, interval_s=interval, failures=failures, not_before=now + timedelta(seconds=demanded) if demanded else feed.not_before
    )
    count = "" if failures == 1 else f" ({failures} times in a row)"
    return _scheduled(after, now, wait, f"again in {span(backed_off, decimal=True)}: {describe(outcome.code).meaning}{count}{why}", rand)


def _outage_most_s(feed: FeedState, now: datetime, settings: Poll) -> float:
    """The longest wait for a site that is down, in seconds."""
    away = (now - feed.well_at).total_seconds() if feed.well_at else 0.0
    return max(settings.min_interval_s, settings.max_outage_s, away * _OUTAGE_SHARE)


def _stopped(feed: FeedState, now: datetime, settings: Poll, reason: str, *, failed: bool) -> Decision:
    interval = _bounded(feed.interval_s or settings.start_interval_s, settings)
    after = replace(feed, state="stopped", interval_s=interval, failures=max(feed.failures, 0) + failed)
    return Decision(after, now + timedelta(seconds=settings.max_interval_s), reason)


def _habit(outcome: Outcome) -> float:
    if outcome.not_modified or outcome.new <= 0:
        return _NONE_NEW
    share = outcome.new / max(outcome.entries, 1)
    return next((factor for least, factor in _HABIT if share >= least), _SOME_NEW)


def _requested_wait_s(feed: FeedState, outcome: Outcome, settings: Poll) -> float:
    """Seconds for which headers and document ask us to wait. They are no demand, so at most our own longest interval."""
    asked = outcome.asked or feed.asked
    return min(max(outcome.fresh_s or 0, asked.least_s, 0), settings.max_interval_s)


def _wait(own_s: float, floors: list[tuple[float, str]], jitter_s: float) -> tuple[float, str]:
    """Seconds to wait, and the sentence that says why if a floor makes that longer than our own wait."""
    floor, words = max(floors, key=lambda pair: pair[0])
    return max(own_s, floor) + jitter_s, f"; {words.format(span(floor, decimal=True))}" if floor > own_s else ""


def _scheduled(feed: FeedState, now: datetime, wait_s: float, reason: str, rand: float) -> Decision:
    due = now + timedelta(seconds=wait_s)
    moved = _outside(due, feed.asked)
    if moved == due:
        return Decision(feed, due, reason)
    moved += timedelta(seconds=_SPREAD_S * rand)
    return Decision(feed, moved, f"{reason}; the feed asks to skip that hour or day, so from {moved:%A %H:%M} UTC")


def _outside(due: datetime, asked: ReaderRequests) -> datetime:
    """The first moment from `due` on that skipHours and skipDays allow. Lists that allow no moment are a mistake and are ignored."""
    hours = asked.skip_hours if len(asked.skip_hours) < 24 else frozenset()
    days = asked.skip_days if len(asked.skip_days) < 7 else frozenset()
    due = due.astimezone(UTC)
    while due.hour in hours or due.weekday() in days:
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due


def _bounded(interval: float, settings: Poll) -> int:
    return round(min(max(interval, settings.min_interval_s), settings.max_interval_s))


def _found(outcome: Outcome) -> str:
    if outcome.not_modified:
        return "nothing has changed"
    if outcome.entries <= 0:
        return "the feed is empty"
    if outcome.new <= 0:
        return f"none of {outcome.entries} entries {_were(outcome.entries)} new"
    return f"{outcome.new} of {outcome.entries} entries {_were(outcome.new)} new"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
