"""Numbers as people say them."""

from __future__ import annotations

UNITS = ((86_400 * 2, 86_400, "d"), (3_600 * 2, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit: 45 s, 3 min, 7 h, 12 d."""
    size, name = next((size, name) for least, size, name in UNITS if abs(seconds) >= least)
    return f"{abs(seconds) / size:.0f} {name}"


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
