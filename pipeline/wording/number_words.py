"""Numbers, sizes and lengths of time as people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_SPAN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(s|m|min|h|d|w)?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def read_span(text: str) -> float | None:
    """The seconds of a length of time that a person wrote: 90, 45s, 30m, 2h, 7d, 1w. A bare number is seconds. None for anything else."""
    found = _SPAN.fullmatch(text.strip())
    return float(found[1]) * _SECONDS[(found[2] or "s").lower()] if found else None


def span(seconds: float, *, decimal: bool = False) -> str:
    """A length of time in the largest unit of which it has two, or exactly one hour or minute: 0.4 s, 45 s, 3 min, 1 h, 12 d. With `decimal`,
    numbers below ten have one decimal place: 2.2 h."""
    value, unit = abs(seconds), "s"
    for name, length in _UNITS:
        if value >= 2 * length or (value == length and name != "d"):
            value, unit = value / length, name
            break
    digits = 1 if value < 1 or (decimal and value < 10 and unit != "s") else 0
    return f"{value:.{digits}f}".removesuffix(".0") + f" {unit}"


def from_now(at: datetime, now: datetime | None = None) -> str:
    """A time as seen from now: `3 min ago`, `in 2 h`, `now`."""
    seconds = (at - (now or datetime.now(UTC))).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"in {span(seconds)}" if seconds > 0 else f"{span(seconds)} ago"


def size(number: float) -> str:
    """A number of bytes as people read it."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"


def many(number: int, noun: str) -> str:
    """`1 link`, `3 links`, `12,000 links`."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else several}"
