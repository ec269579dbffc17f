"""The words of an article in the form that Postgres reads."""

from __future__ import annotations

import pytest

from pipeline.search.vector import GAP, LAST_POSITION, MOST_BYTES, MOST_POSITIONS, vector

TEXT = 2 + GAP  # the first place of a text whose title has two words


@pytest.mark.parametrize(
    ("title", "text", "made"),
    [
        ("", "", ""),
        ("City council", "", "'city':1A 'council':2A"),
        ("", "a b a", f"'a':{GAP},{GAP + 2} 'b':{GAP + 1}"),
        ("City council", "The city", f"'city':1A,{TEXT + 1} 'council':2A 'the':{TEXT}"),
    ],
)
def test_words_have_their_places(title: str, text: str, made: str) -> None:
    assert vector(title, text) == made


def test_a_word_has_no_more_places_than_postgres_keeps() -> None:
    assert vector("", "a " * 1000).count(",") == MOST_POSITIONS - 1


def test_words_behind_the_last_place_have_none() -> None:
    made = vector("", "a " * (LAST_POSITION + 1 - GAP) + "b a c")
    assert made.endswith("'b' 'c'")


def test_of_more_words_than_postgres_takes_the_first_are_kept() -> None:
    made = vector("", " ".join(f"{'x' * 90}{n}" for n in range(20_000)))
    assert 0.2 * MOST_BYTES < len(made.encode()) < MOST_BYTES
    assert made.startswith(f"'{'x' * 90}0'")
