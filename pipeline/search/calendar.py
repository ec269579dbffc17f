"""Counts over time: each day, week, month or year of a range has a count, even if it is 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, TypeVar

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")
MOST = 100_000  # counts in one answer; 270 years of days
T = TypeVar("T")


def start(day: date, unit: Unit) -> date:
    """The first day of the week (Monday), month or year."""
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
    return day.replace(month=1, day=1)


def following(first: date, unit: Unit) -> date:
    """The first day of the next unit."""
    match unit:
        case "day":
            return first + timedelta(days=1)
        case "week":
            return first + timedelta(days=7)
        case "month":
            return (first + timedelta(days=31)).replace(day=1)
    return first.replace(year=first.year + 1)


def units(since: date, before: date, unit: Unit) -> Iterator[date]:
    """The first days of all units that contain a day from `since` on and before `before`."""
    at = start(since, unit)
    for _ in range(MOST):
        if at >= before:
            return
        yield at
        at = following(at, unit)


def filled(counts: Mapping[date, T], unit: Unit, nothing: T, since: date | None, before: date | None) -> dict[date, T]:
    """The counts in order, with missing ones filled in: from the first to the last, or within the requested range."""
    if not counts and (since is None or before is None):
        return {}
    first = since or min(counts)
    last = before or following(max(counts), unit)
    return {day: counts.get(day, nothing) for day in units(first, last, unit)}
