"""Compute charts: the coordinates of every bar, line and label. Templates draw them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

# Units of the SVG's view box. The page scales it.
WIDTH, HEIGHT = 920, 250
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 28
LEVELS = 4  # most horizontal lines, besides the zero line
LABELS = 7  # most labels on the horizontal axis
MOST_BARS = 200  # a longer row is easier to read as a line


@dataclass(frozen=True, slots=True)
class Label:
    """A text on an axis. `at` is its coordinate on that axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One value: a bar from the zero line to `y`, or a point of a line. `x` is the left edge of its slot."""

    x: float
    y: float
    key: str
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one query. `line` is the `points` attribute of the polyline, which runs through the middles of the slots."""

    name: str
    points: list[Point]
    line: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `slot` is the width of one key. `bars` says whether to draw bars instead of lines."""

    series: list[Series]
    levels: list[Label]
    labels: list[Label]
    slot: float
    bars: bool
    percent: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    zero: int = HEIGHT - BOTTOM


def chart(keys: Sequence[str], values: Sequence[tuple[str, Sequence[float]]], *, percent: bool = False) -> Chart:
    """Lay out the values of each query over the same keys, in order. With `percent`, values are shares from 0 to 1."""
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(keys))
    steps = levels(max((value for _, row in values for value in row), default=0.0), whole=not percent)
    top = steps[-1]

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 2)

    def series(name: str, row: Sequence[float]) -> Series:
        points = [Point(round(LEFT + slot * i, 2), y(value), key, value) for i, (key, value) in enumerate(zip(keys, row, strict=True))]
        return Series(name, points, " ".join(f"{point.x + slot / 2:.2f},{point.y}" for point in points))

    every = max(1, ceil(len(keys) / LABELS))
    return Chart(
        series=[series(name, row) for name, row in values],
        levels=[Label(y(step), _written(step, percent=percent)) for step in steps],
        labels=[Label(round(LEFT + slot * (i + 0.5), 2), keys[i]) for i in range(0, len(keys), every)],
        slot=round(slot, 3),
        bars=len(values) == 1 and len(keys) <= MOST_BARS,
        percent=percent,
    )


def levels(highest: float, *, whole: bool = True) -> list[float]:
    """Round numbers for the horizontal lines: from 0 to at least the highest value, in steps of 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(highest / LEVELS))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * LEVELS >= highest * (1 - 1e-9))
    if whole:
        step = max(1.0, step)
    return [round(step * i, 12) for i in range(ceil(highest / step - 1e-9) + 1)]


def _written(value: float, *, percent: bool) -> str:
    return f"{value * 100:g} %" if percent else f"{value:,.0f}"
