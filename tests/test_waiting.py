"""What a link waits for, in words."""

from __future__ import annotations

import pytest

from pipeline.wording.waiting_reasons import Facts, waits_for

H = "a.example"


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Facts("waiting", "fetch", "", H), "its turn at a.example"),
        (Facts("waiting", "fetch", "", H, redirected=True), "its turn at a.example, where a redirect led"),
        (Facts("waiting", "fetch", "timeout", H, later=True), "a retry after timeout"),
        (Facts("dispatched", "fetch", "timeout", H, later=True), "a retry after timeout"),
        (Facts("waiting", "fetch", "timeout", H), "its turn at a.example"),
        (Facts("waiting", "fetch", "dns", H, later=True, robots_code="dns"), "robots.txt of a.example: dns"),
        (Facts("waiting", "fetch", "", H, robots_code="http_503", pause="http_503: down"), "robots.txt of a.example: http_503"),
        (
            Facts("waiting", "fetch", "dns", H, later=True, late=True, robots_code="dns"),
            "a late retry after dns, sooner if a.example answers again",
        ),
        (Facts("waiting", "fetch", "dns", H, late=True, pause="5 failures in a row"), "the pause of a.example: 5 failures in a row"),
        (Facts("waiting", "fetch", "", H, pause="they asked", by_hand=True), "`newsmill hosts resume a.example`: they asked"),
        (Facts("dispatched", "fetch", "", H), "a free fetch worker"),
        (Facts("running", "fetch", "", H), "the answer of a.example"),
        (Facts("fetched", "extract", "", H), "its extraction"),
        (Facts("dispatched", "extract", "", H), "a free extract worker"),
        (Facts("stored", "extract", "", H), ""),
        (Facts("failed", "fetch", "http_404", H), ""),
    ],
)
def test_the_words_say_what_has_to_happen_next(link: Facts, words: str) -> None:
    assert waits_for(link) == words
