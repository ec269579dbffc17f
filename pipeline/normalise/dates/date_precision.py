"""Determine when an article was published, from several texts of different reliability, and the publisher's offset from UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipeline.normalise.dates.dates import names_zone, parse_date, parse_local

TIME = re.compile(r"\d{1,2}[:h]\d{2}|(?<![\d.])\d{1,2}\.\d{2}(?![\d.])|T\d{4,6}|^\d{10,13}$")  # 14.30 is a time, 14.3.2026 is not
SPAN = timedelta(hours=26)  # two texts of one day, in any zones, differ by less
HOUR = timedelta(hours=1)
MAX_OFFSET = timedelta(hours=14)
QUARTER = 900  # seconds; real offsets from UTC are multiples of a quarter of an hour
FAR = timedelta(days=2)  # the date in a URL may be that of planning, but hardly of another week


TIME_KNOWN, ZONE_ASSUMED, DAY = "time", "zone_assumed", "day"


@dataclass(frozen=True, slots=True)
class Published:
    """A time in UTC, its source and its precision: time (with its zone), zone_assumed (no zone was named, so UTC was assumed) or day (only
    the day is known; `at` is its midnight). `offset_min` is minutes from UTC to the publisher's clock then; None if unknown."""

    at: datetime
    source: str
    precision: str = TIME_KNOWN
    offset_min: int | None = None

    @property
    def day_only(self) -> bool:
        return self.precision == DAY


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read as a moment in UTC, and the offset that it names, if any."""

    source: str
    at: datetime
    has_time: bool
    offset: timedelta | None

    @property
    def has_offset(self) -> bool:
        return self.offset is not None


@dataclass(frozen=True, slots=True)
class DateContext:
    """What else the page says about the time: when it was changed, the day in its URL, its language, the feed's date and the feed's name."""

    modified: tuple[str, ...] = ()
    address_day: date | None = None
    language: str = ""
    from_feed: datetime | None = None
    feed: str = "feed"


def published(stated: Iterable[tuple[str, str]], guesses: Iterable[tuple[str, str]], context: DateContext) -> Published | None:
    """The time of publication: the first readable (source, text) pair, made exact by the others.

    What the page states comes before the feed, and the feed before `guesses`: times shown on the page, which may belong to something
    else. A day without time takes the time of another text of that day. A time without offset takes the offset of another text of the
    page. `guesses` are not read if the first readable text is in the publisher's own time.
    """
    sure = [r for source, text in stated if (r := _read(source, text, context.language))]
    is_exact = bool(sure and sure[0].has_time and sure[0].offset)  # in the publisher's own time: nothing is left to guess
    unsure = [] if is_exact else [r for source, text in guesses if (r := _read(source, text, context.language))]
    if not sure and context.from_feed:
        return _local(Published(context.from_feed, context.feed), None, unsure, context)
    if not sure and context.address_day:
        unsure = [r for r in unsure if abs(_midnight(context.address_day) - r.at) <= FAR]
        sure = unsure or [Reading("url", _midnight(context.address_day), False, None)]
    readings = [*sure, *unsure] if sure else unsure
    if not readings:
        return None
    best = readings[0]
    if not best.has_time:
        exact = next((r for r in readings if r.has_time and abs(r.at - best.at) <= SPAN), None)
        if exact is None and context.from_feed and abs(context.from_feed - best.at) <= SPAN:
            return _local(Published(context.from_feed, context.feed), None, readings, context)
        if exact is None:
            return Published(best.at, best.source, DAY)
        best = exact
    best = _mended(best, readings)
    found = Published(best.at, best.source) if best.has_offset else _with_offset(best, readings, context)
    return _local(found, best.offset, readings, context)


def modified(texts: Iterable[tuple[str, str]], after: datetime | None, *, language: str = "") -> Published | None:
    """The first readable time of change that is not before the publication."""
    readings = [r for source, text in texts if (r := _read(source, text, language))]
    found = next((r for r in readings if after is None or r.at >= after), None)
    if found is None:
        return None
    if not found.has_time:
        return Published(found.at, found.source, DAY)
    return _local(
        Published(found.at, found.source, TIME_KNOWN if found.has_offset else ZONE_ASSUMED), found.offset, readings, DateContext()
    )


def day(text: str | None, source: str) -> Published | None:
    """A publication date of which only the day is known; None if the text is not a date."""
    at = parse_date(text)
    return Published(at, source, DAY) if at else None


def is_exact(text: str) -> bool:
    """Whether a text names an instant, with time and offset."""
    reading = _read("", text)
    return reading is not None and reading.has_time and reading.has_offset


def _read(source: str, text: str, language: str = "") -> Reading | None:
    text = text.strip()
    at = parse_local(text, language=language)
    if at is None:
        return None
    return Reading(source, at.astimezone(UTC), bool(TIME.search(text)), at.utcoffset() if names_zone(text) else None)


def _with_offset(naive: Reading, readings: Sequence[Reading], context: DateContext) -> Published:
    """Convert a local time to UTC: with a text (or the feed) that names the same instant, else with the page's own offset."""
    instants = [r.at for r in readings if r.has_offset] + ([context.from_feed] if context.from_feed else [])
    for instant in instants:
        gap = abs((instant - naive.at).total_seconds())
        if gap <= MAX_OFFSET.total_seconds() and gap % QUARTER < 60:
            return Published(instant, naive.source)
    for text in context.modified:
        change = _read("modified", text, context.language)
        if change and change.offset is not None and not text.rstrip().endswith(("Z", "z")):
            return Published(naive.at - change.offset, naive.source)
    return Published(naive.at, naive.source, ZONE_ASSUMED)


def _mended(best: Reading, readings: Sequence[Reading]) -> Reading:
    """Correct the offset of `best` by another reading. There are two cases. Both have the same clock time, but `best` calls it UTC and the
    other has an offset: the other is right. Or `best` is an hour off in UTC because it ignores summer time."""
    for other in readings:
        if best.offset is None or other.offset is None or not other.has_time:
            continue
        if not best.offset and other.offset and other.at + other.offset == best.at:
            return other
        if best.offset and not other.offset and abs(other.at - best.at) == HOUR and other.at != best.at + best.offset:
            return replace(other, offset=best.at + best.offset - other.at)
    return best


def _local(found: Published, own: timedelta | None, readings: Sequence[Reading], context: DateContext) -> Published:
    """Add the publisher's offset to the time: its own, that of another text of the page, or one that makes its day agree with the URL. Many
    sites state UTC in their data and local time elsewhere."""
    if found.precision != TIME_KNOWN:
        return found
    offset = own or next(filter(None, _offsets(found.at, readings, context)), None)
    if offset is None:
        offset = _to_day(found.at, context.address_day) or own
    return found if offset is None else replace(found, offset_min=round(offset.total_seconds() / 60))


def _offsets(at: datetime, readings: Sequence[Reading], context: DateContext) -> Iterable[timedelta]:
    """The offsets that other texts suggest for a moment: the same instant with an offset, the same clock time without a zone, the time of
    the last change."""
    for reading in readings:
        ahead = reading.at - at
        if reading.offset is not None and abs(ahead) < timedelta(minutes=1):
            yield reading.offset
        elif reading.offset is None and reading.has_time and abs(ahead) <= MAX_OFFSET and abs(ahead.total_seconds()) % QUARTER < 60:
            yield timedelta(seconds=round(ahead.total_seconds() / QUARTER) * QUARTER)
    for text in context.modified:
        change = _read("modified", text, context.language)
        if change and change.offset:
            yield change.offset


def _to_day(at: datetime, wanted: date | None) -> timedelta | None:
    """The smallest whole-hour offset that puts a moment on the day in the page's URL; None if that needs more than half a day."""
    if wanted is None or at.date() == wanted:
        return None
    step = timedelta(hours=1 if wanted > at.date() else -1)
    return next((step * hours for hours in range(1, 13) if (at + step * hours).date() == wanted), None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
