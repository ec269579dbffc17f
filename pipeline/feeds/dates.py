"""The date of an entry: the first that can be read of those that its format knows, and what is to be known about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.normalise.dates import MAX_CHARS, names_zone, parse_date

_ANY_TIME = datetime(9990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dated:
    """`at`: UTC, at the latest the time of reading. `raw`: as written, also where nothing could be made of it. `source`: whence it was read."""

    at: datetime | None
    raw: str = ""
    source: str = ""
    zone_assumed: bool = False


NEVER = Dated(None)


def read_date(candidates: Iterable[tuple[str, str]], now: datetime) -> Dated:
    """The first date that can be read among (name of the element, its text). Dates ahead of `now` are read as now."""
    first = NEVER
    for source, raw in candidates:
        moment = parse_date(raw, now=_ANY_TIME)
        if moment is not None:
            return Dated(min(moment, now), raw, source, not names_zone(raw))
        first = first if first.raw else Dated(None, raw[:MAX_CHARS], source)
    return first


def read_future(raw: str) -> datetime | None:
    """A date that may lie ahead, such as the end of an entry's life."""
    return parse_date(raw, now=_ANY_TIME)
