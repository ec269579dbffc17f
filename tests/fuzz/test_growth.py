"""The short form of `python -m tests.fuzz.growth`: a square of the input's length takes many times the seconds that are given here."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.extraction import warm_up
from tests.fuzz.growth.measure import LIMIT_S, Growth, growth, took
from tests.fuzz.growth.patterns import Found, patterns
from tests.fuzz.growth.readers import outdated, readers, unregistered
from tests.fuzz.growth.shapes import shapes

PATTERN_CHARS, PATTERN_S = 20_000, 0.3  # linear: under 10 ms; quadratic: seconds
READER_CHARS, READER_S = 8_000, 2.0  # linear: under 0.5 s; quadratic in steps of Python: 6 s
TELLING = 5  # inputs of a pattern, most telling first
EVERY = 38  # of a reader's inputs; the program reads all of them


def test_a_pattern_takes_no_more_than_in_proportion_to_its_text(subtests: pytest.Subtests) -> None:
    """Subtests and no parameters: to find the patterns takes seconds, which the collection in every process would spend again."""
    for found in patterns():
        with subtests.test(found.name):
            _is_soon_done(found)


def _is_soon_done(found: Found) -> None:
    for way, call in found.calls().items():
        for shape in shapes(found.pattern)[:TELLING]:
            spent = took(call, shape.of(PATTERN_CHARS))
            assert spent < PATTERN_S, f"{way} takes {spent:.2f} s for {shape}"


def test_a_reader_is_soon_done_with_its_worst_texts(subtests: pytest.Subtests) -> None:
    warm_up()
    for reader in readers():
        with subtests.test(reader.name):
            for shape in reader.shapes[::EVERY]:
                spent = took(reader.call, shape.of(READER_CHARS), limit_s=READER_S)
                assert spent < READER_S, f"takes {spent:.2f} s or more for {shape}"


def test_the_registry_names_what_there_is() -> None:
    assert (outdated(), unregistered()) == ([], [])


@pytest.mark.parametrize(
    ("pattern", "steep"), [(r"\s+$", True), (r"(?:a|b)+c", True), (r"[\w.]*token", True), (r"(?<!\s)\s+$", False), (r"a{1,9}b", False)]
)
def test_a_pattern_that_grows_is_told_from_one_that_does_not(pattern: str, steep: bool) -> None:
    compiled = re.compile(pattern)
    found = (growth(compiled.search, shape.of, 500, harmless_s=0.002) for shape in shapes(compiled)[:TELLING])
    assert any(grown and grown.is_steep for grown in found) is steep


def test_a_call_that_does_not_end_is_cut_off() -> None:
    assert took(re.compile(r"(a|a)*b").match, "a" * 60, limit_s=0.2) == 0.2
    assert Growth((0.02, 0.2, LIMIT_S, LIMIT_S)).is_steep
    assert not Growth((0.2, 0.5, LIMIT_S, LIMIT_S)).is_steep  # slow, but in proportion
    assert not Growth((0.1, 0.2, 0.4, 0.8)).is_steep
