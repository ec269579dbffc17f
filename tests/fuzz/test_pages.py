"""A slice of the fuzzing on our own pages; `python -m tests.fuzz.pages CORPUS` runs as many as one likes on any others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.extract.pages import ENGLISH, GERMAN, JAPANESE, RUSSIAN, ld, page
from tests.fuzz import pages as fuzz
from tests.fuzz.mutate import MUTATIONS, SPLINTERS, mutated

HEAD = ld(
    {"@type": "NewsArticle", "headline": "Old bridge stays", "datePublished": "2026-03-01T10:00:00Z", "author": [{"name": "Ada Ash"}]}
)
OWN = [
    page(text, head=HEAD, lang=lang, top="<p class='byline'>By Ada Ash and Bo Beech</p><time datetime='2026-03-01'>1 March</time>").encode()
    for text, lang in ((ENGLISH, "en"), (GERMAN, "de"), (RUSSIAN, "ru"), (JAPANESE, "ja"))
]


def test_mutated_pages_give_an_article_or_a_verdict() -> None:
    counts, wrong = fuzz.run(OWN, "own", range(120))
    assert wrong == []
    assert counts.total() == 120
    assert counts["article"] > 30, "what is broken beyond reading says little"


def test_each_number_gives_the_same_page_again() -> None:
    assert mutated(OWN, "own", 7) == mutated(OWN, "own", 7) != mutated(OWN, "own", 8)
    assert len({mutated(OWN, "own", number) for number in range(50)}) > 45
    assert len(SPLINTERS) > 50
    assert len(MUTATIONS) > 5


def test_a_process_that_dies_is_told_with_the_number_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "faults", lambda _pages, _seed, number: os.kill(os.getpid(), 9) if number == 3 else ("article", []))
    counts, wrong = fuzz.run(OWN, "own", range(6))
    assert (dict(counts), wrong) == ({"article": 5, "killed": 1}, [(3, "the process ended with -9")])


def test_a_corpus_is_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"x")
    (tmp_path / "b.txt").write_bytes(b"y")
    assert fuzz.read_corpus(tmp_path) == [b"x"]
