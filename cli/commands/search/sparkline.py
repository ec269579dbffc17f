"""Draw numbers as a line of bars, one character each."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
WIDEST = 100  # characters; more numbers are combined in groups


def sparkline(numbers: Sequence[float]) -> str:
    """The largest number gets the highest bar; only 0 gets the lowest."""
    size = -(-len(numbers) // WIDEST) or 1
    sums = [sum(numbers[at : at + size]) for at in range(0, len(numbers), size)]
    most = max(sums, default=0)
    return "".join(BARS[0] if not one else BARS[max(1, round(one / most * (len(BARS) - 1)))] for one in sums)
