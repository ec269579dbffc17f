"""Read the date of an entry: the first readable one among its format's date elements, with its source and any doubts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.normalise.dates.dates import EARLIEST, MAX_CHARS, names_zone, parse_date

_MONTHS = {
    name: f"{n:02}" for n, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1)
}
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|UTC|Z|([+-][01][0-9][0-5][0-9]))"
)
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_ANY_TIME = datetime(9990, 1, 1, tzinfo=UTC)
_ANOTHER_CALENDAR = datetime(2400, 1, 1, tzinfo=UTC)  # a later year comes from another calendar


class Dated(NamedTuple):
    """`at` is in UTC and not later than the time of reading. `raw` is the date as written, even if unreadable. `source` is the element that
    it came from."""

    at: datetime | None
    raw: str = ""
    source: str = ""
    zone_assumed: bool = False


NEVER = Dated(None)


def read_date(candidates: Iterable[tuple[str, str]], now: datetime, language: str = "") -> Dated:
    """The first readable date among `candidates` (element name, text). Dates after `now` become `now`. `language` is the feed's."""
    first = NEVER
    for source, raw in candidates:
        if moment := _exact(raw):
            return Dated(min(moment, now), raw, source)
        moment = parse_date(raw, now=_ANY_TIME, language=language)
        if moment is not None:
            return Dated(min(moment, now), raw, source, not names_zone(raw))
        first = first if first.raw else Dated(None, raw[:MAX_CHARS], source)
    return first


def _exact(raw: str) -> datetime | None:
    """Read a date written exactly by RFC 822 or RFC 3339, as nearly all are. None for any other form and for impossible dates."""
    if match := _RFC_822.fullmatch(raw):
        day, month, year, clock, offset = match.groups()
        raw = f"{year}-{_MONTHS.get(month)}-{day:0>2}T{clock}{offset or 'Z'}"
    elif not _RFC_3339.fullmatch(raw):
        return None
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if moment.microsecond:
        moment = moment.replace(microsecond=0)
    return moment if EARLIEST <= moment < _ANOTHER_CALENDAR else None


def read_future(raw: str) -> datetime | None:
    """Read a date that may be in the future, such as when an entry expires."""
    return parse_date(raw, now=_ANY_TIME)
