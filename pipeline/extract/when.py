"""When an article was published, from several texts of unequal worth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.normalise.dates import parse_date

TIME = re.compile(r"\d{1,2}[:h]\d{2}|(?<![\d.])\d{1,2}\.\d{2}(?![\d.])|T\d{4,6}|^\d{10,13}$")  # 14.30 is a time, 14.3.2026 is none
OFFSET = re.compile(r"\d\s*(?:Z|[+-]\d{2}:?\d{2}|UTC|GMT|[A-Z]{3,4})\s*$")
SPAN = timedelta(hours=26)  # two texts of one day, in whatever zones, are no further apart
MAX_OFFSET = timedelta(hours=14)
QUARTER = 900  # seconds; real offsets from UTC are whole quarters of an hour


TIME_KNOWN, ZONE_ASSUMED, DAY = "time", "zone_assumed", "day"


@dataclass(frozen=True, slots=True)
class Published:
    """A time in UTC, where it was found, and its precision: time (with its zone), zone_assumed (no zone was named, so UTC was taken) or day
    (only the day is known; `at` is its midnight)."""

    at: datetime
    source: str
    precision: str = TIME_KNOWN

    @property
    def day_only(self) -> bool:
        return self.precision == DAY


@dataclass(frozen=True, slots=True)
class Reading:
    source: str
    at: datetime
    has_time: bool
    has_offset: bool


def published(
    texts: Iterable[tuple[str, str]],
    modified_texts: Iterable[str],
    from_feed: datetime | None,
    feed: str = "feed",
    *,
    language: str = "",
) -> Published | None:
    """The time of publication: the first (source, text) that can be read, made exact by the others. `language`: as the page declares it.

    A day without a time takes the time of another text of that day; a time without an offset takes the offset of another
    text of the page. The feed is asked where the page is silent or gives only the day.
    """
    readings = [r for source, text in texts if (r := _read(source, text, language))]
    if not readings:
        return Published(from_feed, feed) if from_feed else None
    best = readings[0]
    if not best.has_time:
        exact = next((r for r in readings if r.has_time and abs(r.at - best.at) <= SPAN), None)
        if exact is None and from_feed and abs(from_feed - best.at) <= SPAN:
            return Published(from_feed, feed)
        if exact is None:
            return Published(best.at, best.source, DAY)
        best = exact
    if not best.has_offset:
        others = [*readings, *(r for text in modified_texts if (r := _read("modified", text, language)))]
        return _with_offset(best, others, modified_texts, from_feed)
    return Published(best.at, best.source)


def modified(texts: Iterable[tuple[str, str]], after: datetime | None, *, language: str = "") -> Published | None:
    """The first time of change that can be read and is not before the publication."""
    readings = [r for source, text in texts if (r := _read(source, text, language))]
    found = next((r for r in readings if after is None or r.at >= after), None)
    if found is None:
        return None
    return Published(found.at, found.source, DAY if not found.has_time else TIME_KNOWN if found.has_offset else ZONE_ASSUMED)


def day(text: str | None, source: str) -> Published | None:
    at = parse_date(text)
    return Published(at, source, DAY) if at else None


def is_exact(text: str) -> bool:
    """Whether a text names an instant, with time and offset."""
    reading = _read("", text)
    return reading is not None and reading.has_time and reading.has_offset


def _read(source: str, text: str, language: str = "") -> Reading | None:
    text = text.strip()
    at = parse_date(text, language=language)
    return Reading(source, at, bool(TIME.search(text)), bool(OFFSET.search(text)) or text.isdigit()) if at else None


def _with_offset(naive: Reading, others: list[Reading], modified_texts: Iterable[str], from_feed: datetime | None) -> Published:
    """A local time made UTC: by a text (or the feed) that names the same instant, else by the page's own offset."""
    instants = [r.at for r in others if r.has_offset and r.source != "modified"] + ([from_feed] if from_feed else [])
    for instant in instants:
        gap = abs((instant - naive.at).total_seconds())
        if gap <= MAX_OFFSET.total_seconds() and gap % QUARTER < 60:
            return Published(instant, naive.source)
    for text in modified_texts:
        if (offset := _offset_of(text)) is not None:
            return Published(naive.at - offset, naive.source)
    return Published(naive.at, naive.source, ZONE_ASSUMED)


def _offset_of(text: str) -> timedelta | None:
    match = re.search(r"([+-])(\d{2}):?(\d{2})\s*$", text)
    if match is None:
        return None
    offset = timedelta(hours=int(match.group(2)), minutes=int(match.group(3)))
    return None if offset > MAX_OFFSET else (offset if match.group(1) == "+" else -offset)
