"""The measures of benchmarks/articles/scoring.py, on articles small enough to count by hand."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.articles.scoring import score, summary


@pytest.mark.parametrize(
    ("truth", "guess", "wanted"),
    [
        ("a b c d e", "a b c d e", {"P": 1.0, "R": 1.0, "pageF1": 1.0, "exact": 1.0}),
        ("a b c d e", "a b c d", {"P": 1.0, "R": 0.5, "pageF1": 2 / 3, "exact": 0.0}),
        ("a b c d e", "a, b: c. d\n\ne!", {"P": 1.0, "R": 1.0, "exact": 1.0}),
        ("a b c d", "x a b c d y", {"P": 1 / 3, "R": 1.0}),
        ("a b", "a b", {"P": 1.0, "R": 1.0}),
        ("a\u00adb c", "ab c", {"exact": 1.0}),
        ("a b c d", "", {"R": 0.0, "pageF1": 0.0, "nonempty": 0.0}),
    ],
)
def test_bodies_are_compared_by_runs_of_four_words(truth: str, guess: str, wanted: dict[str, float]) -> None:
    found = score({"body": truth}, {"body": guess})
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)


def test_a_precision_of_nothing_is_not_counted() -> None:
    assert "P" not in score({"body": "a b c d"}, {"body": ""})


@pytest.mark.parametrize(
    ("truth", "guess", "wanted"),
    [
        ({"title": "A bridge"}, {"title": " A  bridge "}, {"title": 1.0, "title~": 1.0}),
        ({"title": "A bridge"}, {"title": "a Bridge | The Post"}, {"title": 0.0, "title~": 1.0}),
        ({"title": "A bridge"}, {"title": "The bridge"}, {"title": 0.0, "title~": 0.0}),
        ({"authors": ["Ann Bee", "Cy Dee"]}, {"authors": ["cy dee"]}, {"auF1": 2 / 3, "au=": 0.0}),
        ({"authors": []}, {}, {"auF1": 1.0, "au=": 1.0}),
        ({"topics": ["a", "b"]}, {"topics": ["B", "A"]}, {"topF1": 1.0}),
        ({"title": None, "authors": None, "published": None}, {"title": "x"}, {}),
        ({"published": "2026-03-01T00:30:00+02:00"}, {"published": "2026-02-28T22:30:40Z"}, {"minute": 1.0, "day": 1.0}),
        ({"published": "2026-03-01T00:30:00+02:00"}, {"published": "2026-02-28"}, {"minute": 0.0, "day": 1.0}),
        ({"published": "2026-03-01T12:00:00+00:00"}, {"published": "2026-03-01T12:00:59"}, {"minute": 1.0, "day": 1.0}),
        ({"published": "2026-03-01"}, {"published": "2026-03-01T12:00:00+00:00"}, {"day": 1.0}),
        ({"published": "2026-03-01"}, {}, {"day": 0.0}),
    ],
)
def test_fields_are_compared_where_the_truth_has_them(truth: dict[str, Any], guess: dict[str, Any], wanted: dict[str, float]) -> None:
    found = score(truth, guess)
    assert {name: value for name, value in found.items() if name in wanted or not wanted} == pytest.approx(wanted)


def test_f1_is_of_the_mean_precision_and_the_mean_recall() -> None:
    assert summary([{"P": 1.0, "R": 0.5}, {"P": 0.5, "R": 0.5}])["F1"] == pytest.approx(2 * 0.75 * 0.5 / 1.25)
