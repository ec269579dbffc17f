"""Estimates hold the true number as often as they say, and counts over time leave nothing out."""

from __future__ import annotations

import random
from datetime import date

import pytest

from pipeline.search.calendar import Unit, filled
from pipeline.search.estimate import estimated, exactly
from pipeline.search.keyness import in_texts, typical
from pipeline.search.vector import sample


def test_a_sample_is_one_in_twenty_of_any_articles() -> None:
    for step in (1, 2, 7, 24, 1000):
        drawn = sum(sample(1 + number * step) < 50 for number in range(100_000))
        assert 4_700 < drawn < 5_300, step


@pytest.mark.parametrize("true", [3, 20, 100, 1_000, 20_000])
def test_intervals_hold_the_true_number(true: int) -> None:
    rng = random.Random(true)
    held = 0
    for _ in range(300):
        hits = sum(sample(rng.randrange(10**9)) < 50 for _ in range(true))
        number = estimated(hits)
        held += number.low <= true <= number.high
        assert hits <= number.low <= number.high
    assert held >= 0.93 * 300


def test_no_hits_are_not_nothing() -> None:
    none = estimated(0)
    assert (none.value, none.low) == (0, 0)
    assert 50 < none.high < 100
    assert not none.exact
    assert exactly(0).exact


@pytest.mark.parametrize(
    ("unit", "days"),
    [
        ("day", ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]),
        ("week", ["2026-02-23", "2026-03-02"]),
        ("month", ["2026-02-01", "2026-03-01"]),
        ("year", ["2026-01-01"]),
    ],
)
def test_what_has_no_articles_has_a_zero(unit: Unit, days: list[str]) -> None:
    since, before = date(2026, 2, 27), date(2026, 3, 3)
    assert list(map(str, filled({}, unit, 0, since, before))) == days


def test_a_range_goes_from_the_first_to_the_last() -> None:
    counts = {date(2026, 11, 3): 2, date(2026, 11, 1): 1}
    assert list(filled(counts, "day", 0, None, None).values()) == [1, 0, 2]
    assert filled({}, "day", 0, None, None) == {}


def test_typical_words_are_not_the_frequent_ones() -> None:
    here = in_texts(["the mayor resigned", "the mayor spoke", "the mayor left"])
    everywhere = in_texts(["the weather", "the mayor", "the match", "the storm", "the council"] * 10)
    assert typical(here, 3, everywhere, 50, 3)[0].word == "mayor"
    assert "the" not in [word.word for word in typical(here, 3, everywhere, 50, 10)]
