"""A number for all from the number of a sample, and how far off it may be."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

RATE = 0.05  # of the articles in the sample
Z = 1.96  # standard deviations within which a number lies 95 times in 100


@dataclass(frozen=True, slots=True)
class Number:
    """A count. `low` and `high` hold the true one 95 times in 100; of an exact one they are the same."""

    value: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        return self.low == self.high == self.value


def exactly(count: int) -> Number:
    """A number that was counted and not estimated."""
    return Number(count, count, count)


def estimated(hits: int, rate: float = RATE) -> Number:
    """How many there are where `hits` of them are in the sample. The ends are the numbers that `hits` would be just too few or too many of
    (Wilson's interval, solved for the number of articles)."""
    z2 = Z * Z * (1 - rate)
    half = sqrt(z2 * (4 * hits + z2))
    low, high = (2 * hits + z2 - half) / (2 * rate), (2 * hits + z2 + half) / (2 * rate)
    return Number(round(hits / rate), max(hits, int(low)), int(high) + 1)
