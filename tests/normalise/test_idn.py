"""How the name of a host is shown."""

from __future__ import annotations

import pytest

from pipeline.normalise.idn import shown
from pipeline.normalise.urls import parse


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("e.com", "e.com"),
        ("b\u00fccher.example", "b\u00fccher.example"),
        ("b\u00fccher.example:8443", "b\u00fccher.example:8443"),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.com", "\u043f\u0440\u0438\u043c\u0435\u0440.com"),
        ("\u65e5\u672c\u30ab\u30bf\u30ab\u30ca\u3072\u3089\u30fc.jp", "\u65e5\u672c\u30ab\u30bf\u30ab\u30ca\u3072\u3089\u30fc.jp"),
        pytest.param("g\u043e\u043egle.com", "xn--ggle-55da.com", id="Cyrillic o in a Latin name"),
        pytest.param("www.g\u03bf\u03bfgle.com", "www.xn--ggle-0nda.com", id="Greek o in a Latin name"),
        ("[::1]:81", "[::1]:81"),
    ],
)
def test_a_name_is_kept_as_a_label_and_shown_in_unicode_where_it_cannot_deceive(host: str, expected: str) -> None:
    kept = parse(f"https://{host}/").host
    assert kept.isascii()
    assert shown(kept) == expected


@pytest.mark.parametrize("host", ["xn--", "xn--zzzz", "xn--a.example", "a.xn--0.example"])
def test_what_is_no_name_stays_as_it_is(host: str) -> None:
    assert shown(host) == host
