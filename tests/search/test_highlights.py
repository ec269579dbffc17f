"""Which parts of a text are shown and marked."""

from __future__ import annotations

import pytest

from pipeline.search.highlights import marks, passage
from pipeline.search.parse import parse
from pipeline.search.tree import wanted

MARKED = [
    ("council", "The Council met the council.", "The [Council] met the [council]."),
    ("elect*", "Elections elected him, select.", "[Elections] [elected] him, select."),
    ('"free press"', "A free press; free, press? Press free.", "A [free press]; [free, press]? Press free."),
    ("café", "Cafe\u0301 CAFE coffee", "[Cafe\u0301] [CAFE] coffee"),
    ("don't", "They don’t.", "They [don’t]."),
    ("-council met", "The council met.", "The council [met]."),
    ("中国人", "在中国人民中", "在[中国人]民中"),
    ("中", "在中国人民中", "在[中]国人民[中]"),
    ("中国", "在中国人", "在[中国]人"),
    ('"a b"~3', "b x a y", "[b] x [a] y"),
    ("source:x.org", "x.org says", "x.org says"),
]


@pytest.mark.parametrize(("query", "text", "marked"), MARKED, ids=[query for query, *_ in MARKED])
def test_words_are_marked_where_they_stand(query: str, text: str, marked: str) -> None:
    found = text
    for start, end in reversed(marks(text, wanted(parse(query).tree))):
        found = f"{found[:start]}[{found[start:end]}]{found[end:]}"
    assert found == marked


def test_a_passage_has_the_words_and_says_where_it_is_cut() -> None:
    text = "word " * 200 + "the mayor resigned today " + "word " * 200
    shown = passage(text, wanted(parse('"mayor resigned"').tree))
    ((start, end),) = shown.marks
    assert shown.text[start:end] == "mayor resigned"
    assert shown.cut == (True, True)
    assert len(shown.text) <= 240


def test_without_a_match_the_beginning_is_shown() -> None:
    assert passage("A short\ntext.", wanted(parse("other").tree)).text == "A short text."
    assert passage("", []).text == ""


def test_a_match_longer_than_a_passage_is_still_shown() -> None:
    shown = passage("x" * 400 + " tail", wanted(parse("x" * 100 + "*").tree))
    assert shown.text
