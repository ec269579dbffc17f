"""feedparser's own test files. They are no part of this repository: tests/conformance/feedparser_corpus.sh fetches and compares them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance import feedparser_corpus

PLACE = os.environ.get("FEEDPARSER_TESTS", "")


@pytest.mark.skipif(not PLACE, reason="FEEDPARSER_TESTS does not name the tests folder of a checkout of feedparser")
def test_we_find_what_feedparser_finds_in_its_own_test_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert feedparser_corpus.main(Path(PLACE)) == 0, capsys.readouterr().out
