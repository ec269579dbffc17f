"""Codes and failures."""

from __future__ import annotations

import pickle
import re

import pytest

from pipeline.outcomes import CODES, MAX_DETAIL, Failure, State, describe
from tests.paths import REPOSITORY


@pytest.mark.parametrize(
    ("code", "again"), [("http_404", "no"), ("http_429", "yes"), ("http_408", "yes"), ("http_500", "yes"), ("http_599", "yes")]
)
def test_http_codes_are_their_numbers(code: str, again: str) -> None:
    assert describe(code).again == again


def test_a_misspelt_code_is_found_where_it_is_raised() -> None:
    with pytest.raises(KeyError):
        Failure("htp_404")


def test_only_skipping_codes_end_as_skipped() -> None:
    assert {name for name, code in CODES.items() if code.state == State.SKIPPED} == {
        "robots_disallowed",
        "duplicate",
        "unresolvable_aggregator",
        "excluded_by_feed",
    }


def test_a_detail_is_one_sentence_that_postgres_takes() -> None:
    failure = Failure("reset", "a\x00b\n\ud800 " + "x" * 1000)
    assert "\x00" not in failure.detail
    assert "\n" not in failure.detail
    assert failure.detail.isprintable()
    assert len(failure.detail) <= MAX_DETAIL
    failure.detail.encode()


def test_a_failure_without_words_says_what_its_code_means() -> None:
    assert str(Failure("dns")) == "dns: the host name could not be resolved"


def test_a_failure_travels_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(Failure("http_503", "busy")))
    assert (copy.code, copy.detail) == ("http_503", "busy")


def test_what_is_known_of_a_code_stands_beside_it() -> None:
    sets = re.compile(r'frozenset\(\s*\{[^}]*"(?:http_\d|(?:dns|timeout)")')
    files = [file for package in ("pipeline", "workers") for file in (REPOSITORY / package).rglob("*.py")]
    assert [file.name for file in files if sets.search(file.read_text(encoding="utf-8"))] == []
    assert sets.search('frozenset({"http_429", "http_503"})')
