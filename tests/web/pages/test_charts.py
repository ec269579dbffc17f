"""Charts as numbers."""

from __future__ import annotations

import pytest

from web.pages import charts
from web.pages.charts import chart, levels


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (6, [0, 2, 4, 6]),
        (7, [0, 2, 4, 6, 8]),
        (40, [0, 10, 20, 30, 40]),
        (41, [0, 20, 40, 60]),
        (1_234_567, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_levels_are_round_and_reach_the_highest_value(highest: float, expected: list[float]) -> None:
    assert levels(highest) == expected


def test_levels_of_shares_may_be_parts_of_one() -> None:
    assert levels(0.034, whole=False) == [0, 0.01, 0.02, 0.03, 0.04]


def test_bars_stand_on_the_zero_line_and_the_highest_reaches_its_level() -> None:
    drawn = chart(["a", "b"], [("q", [0, 4])])
    (series,) = drawn.series
    assert [point.y for point in series.points] == [drawn.zero, charts.TOP]
    assert drawn.bars
    assert series.points[0].x == charts.LEFT
    assert series.points[1].x + drawn.slot == pytest.approx(drawn.right, abs=0.01)


def test_several_queries_and_long_ranges_are_lines() -> None:
    assert not chart(["a"], [("p", [1]), ("q", [2])]).bars
    assert not chart([str(n) for n in range(charts.MOST_BARS + 1)], [("q", [1] * (charts.MOST_BARS + 1))]).bars


def test_the_labels_of_a_long_axis_are_few() -> None:
    drawn = chart([str(n) for n in range(100)], [("q", [1] * 100)])
    assert len(drawn.labels) <= charts.LABELS
    assert drawn.labels[0].text == "0"


def test_nothing_to_draw_is_an_empty_frame() -> None:
    assert chart([], []).series == []
