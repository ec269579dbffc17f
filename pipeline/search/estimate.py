"""Estimate a total from a sample, with its margin of error."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

RATE = 0.05  # share of the articles in the sample
Z = 1.96  # standard deviations that contain the true value 95 times in 100


@dataclass(frozen=True, slots=True)
class Number:
    """A count. `low` and `high` contain the true one 95 times in 100; for an exact count they are equal."""

    value: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        return self.low == self.high == self.value


def exactly(count: int) -> Number:
    """An exact count."""
    return Number(count, count, count)


def estimated(hits: int, rate: float = RATE) -> Number:
    """The estimated total if `hits` of the sample match. `low` and `high` are the totals for which `hits` would be just too few or too many
    (Wilson's interval, solved for the number of articles)."""
    z2 = Z * Z * (1 - rate)
    half = sqrt(z2 * (4 * hits + z2))
    low, high = (2 * hits + z2 - half) / (2 * rate), (2 * hits + z2 + half) / (2 * rate)
    return Number(round(hits / rate), max(hits, int(low)), int(high) + 1)
