"""Which hosts are one site."""

from __future__ import annotations

import pytest

from pipeline.normalise import site
from pipeline.normalise.site import same_site, site_of


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.e.com", "e.com"),
        ("e.com", "e.com"),
        ("feeds.bbci.co.uk", "bbci.co.uk"),
        ("co.uk", "co.uk"),
        pytest.param("a.github.io", "a.github.io", id="the private part of the list"),
        pytest.param("x.a.github.io", "a.github.io", id="below a site of it"),
        ("a.blogspot.com", "a.blogspot.com"),
        ("a.blogspot.co.uk", "a.blogspot.co.uk"),
        pytest.param("a.substack.com", "a.substack.com", id="shared, but not on the list"),
        pytest.param("www.a.wordpress.com", "a.wordpress.com", id="below a site of a shared domain"),
        ("substack.com", "substack.com"),
        pytest.param("a.xn--55qx5d.cn", "a.xn--55qx5d.cn", id="a suffix that is not of ASCII"),
        pytest.param("news.a.unheard-of", "a.unheard-of", id="a suffix that nobody knows"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.20.0.1:81", "10.20.0.1:81"),
        ("[::1]:81", "[::1]:81"),
        ("www.e.com:8443", "e.com:8443"),
    ],
)
def test_the_site_of_a_host(host: str, expected: str) -> None:
    assert site_of(host) == expected


def test_two_ports_of_one_name_are_two_sites() -> None:
    assert same_site("www.e.com", "e.com")
    assert not same_site("e.com:8001", "e.com:8002")
    assert not same_site("e.com", "o.com")


def test_sites_are_told_apart_without_a_list_and_without_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_has_list", lambda: False)
    site_of.cache_clear()
    assert same_site("www.no-list.com", "no-list.com")
    assert not same_site("no-list.com", "other.com")
    site_of.cache_clear()
