import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import clean, count_words, one_line

# Any string at all, lone surrogates and controls included.
anything = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        (None, ""),
        ("", ""),
        ("plain", "plain"),
        ("a\x00b", "ab"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        ("half \ud83d of a face", "half  of a face"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_clean_takes_out_what_postgres_refuses_and_composes_letters(given_text, cleaned):
    assert clean(given_text) == cleaned


@given(anything, st.none() | st.integers(0, 40))
def test_clean_text_is_storable_and_cleaning_again_changes_nothing(text, limit):
    once = clean(text, limit)
    once.encode("utf-8")
    assert "\x00" not in once
    assert unicodedata.is_normalized("NFC", once)
    assert limit is None or len(once) <= limit
    assert clean(once, limit) == once


def test_a_letter_with_a_hundred_thousand_marks_costs_no_more_than_a_short_one():
    assert len(clean("a" + "\u0300\u0327" * 100_000)) < 40


@given(anything, st.integers(0, 40))
def test_one_line_has_no_line_ends_and_is_stable(text, limit):
    line = one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line
    assert len(line) <= limit
    assert one_line(line, limit) == line


def test_one_line_folds_white_space_of_every_kind():
    assert one_line("  Flood\n\t in\u00a0the \u3000 north\u2028 ") == "Flood in the north"


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("", None, 0),
        ("It isn't over: 3.5 million well-known people — so far", None, 9),
        ("… - – !", None, 0),
        ("हिन्दी में समाचार", "hi", 3),
        ("오늘의 주요 뉴스", "ko", 3),
        ("今天天气很好我们去公园", "zh", 7),
        ("今日のニュースです", "ja", 5),
        ("รัฐบาลประกาศมาตรการ", "th", 5),
        ("BBC 新闻", "zh", 3),
    ],
)
def test_words_are_counted_in_every_script(text, language, words):
    assert count_words(text, language) == words


@given(anything, st.sampled_from([None, "zh", "ja", "xx"]))
def test_counting_words_never_raises(text, language):
    assert 0 <= count_words(text, language) <= len(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Fracht\u00adschiff\u00adfahrt", "Frachtschifffahrt"),
        ("zero\u200bwidth, word\u2060joiner, \ufeffmark", "zerowidth, wordjoiner, mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_marks_that_nobody_sees_part_no_word(text: str, seen: str) -> None:
    assert clean(text) == one_line(text) == seen


def test_c1_controls_go_and_a_next_line_is_white_space() -> None:
    assert clean("a\x9b31mb\x90c\x80") == "a31mbc"
    assert one_line("a\x85b\x9d") == "a b"
