"""URLs as they are fetched and linked: parsing, resolving, and what is refused."""

from __future__ import annotations

import pytest

from pipeline.normalise import urls
from pipeline.normalise.urls import is_homepage, parse
from pipeline.outcomes import Failure
from tests.normalise.urls.url_corpus import rows
from tests.support.tables import failing_rows


def code(text: str) -> str:
    with pytest.raises(Failure) as caught:
        parse(text)
    return caught.value.code


# ada accepts malformed punycode; such a host has no address anyway. And hosts of dots or punctuation are refused here.
ACCEPTED = {"w183", "w184", "w185", "w186", "w187", "w188", "w425"}

REFUSED = {"w206", "w207", "w313", "w408"}


def test_parsing_is_that_of_the_url_standard() -> None:
    def check(row: dict) -> None:
        try:
            host: str | None = urls.hostname_of(parse(row["input"], row.get("base")))
        except Failure:
            host = None
        expected = None if row.get("href") is None else row["hostname"].strip("[]")
        if row["id"] in ACCEPTED:
            assert host is not None
        elif row["id"] in REFUSED:
            assert host is None
        else:
            assert host == expected

    assert failing_rows(rows("whatwg_http"), check, lambda row: row["id"]) == {}


@pytest.mark.parametrize("row", rows("homepage"), ids=lambda r: r["id"])
def test_home_pages_are_known(row: dict) -> None:
    assert is_homepage(row["url"]) is row["homepage"]


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://e.com/?utm_source=x", True),
        ("https://e.com/?p=123", False),
        ("https://e.com/index.html", True),
        ("https://e.com/en-gb/", True),
        ("https://e.com:8080/", True),
        ("https://e.com:8080/story", False),
        ("https://e.com/#!/story/1", False),
        ("https://e.com/uk/story", False),
        ("nonsense", False),
    ],
)
def test_a_home_page_has_neither_path_nor_query(url: str, home: bool) -> None:
    assert is_homepage(url) is home


@pytest.mark.parametrize(
    ("given", "text", "scheme", "host"),
    [
        ("  HTTP://WWW.E.COM:80/News ", "http://www.e.com/News", "http", "www.e.com"),
        ("https://e.com", "https://e.com/", "https", "e.com"),
        ("https://user:pw@e.com/x#part", "https://e.com/x", "https", "e.com"),
        ("https://e.com/#!/story/1", "https://e.com/#!/story/1", "https", "e.com"),
        ("https://e.com:8443/x", "https://e.com:8443/x", "https", "e.com:8443"),
        ("http://e.com:443/", "http://e.com:443/", "http", "e.com:443"),
        ("https://e.com./x", "https://e.com/x", "https", "e.com"),
        ("https://bücher.example/café?q=ü", "https://xn--bcher-kva.example/caf%C3%A9?q=%C3%BC", "https", "xn--bcher-kva.example"),
        pytest.param("http://ⓔⓧ.ⓒⓞⓜ/", "http://ex.com/", "http", "ex.com", id="circled letters"),
        pytest.param("http://e\u00adx\u200b.com/", "http://ex.com/", "http", "ex.com", id="soft hyphen and zero width space"),
        pytest.param("http://e\u2060x\ufeff.com/", "http://ex.com/", "http", "ex.com", id="word joiner and byte order mark"),
        pytest.param("http://ｅｘ．ｃｏｍ/", "http://ex.com/", "http", "ex.com", id="full width"),
        ("https://e.com/\u202estory\u2069", "https://e.com/story", "https", "e.com"),
        ("http://2130706433/", "http://127.0.0.1/", "http", "127.0.0.1"),
        ("http://0x7f.1/", "http://127.0.0.1/", "http", "127.0.0.1"),
        ("http://[::FFFF:7f00:1]:8080/", "http://[::ffff:7f00:1]:8080/", "http", "[::ffff:7f00:1]:8080"),
        ("http://127.0.0.1\\@example.com/", "http://127.0.0.1/@example.com/", "http", "127.0.0.1"),
        ("http://e.com/a/../b/./c\n", "http://e.com/b/c", "http", "e.com"),
        ("http://foo:💩@example.com/", "http://example.com/", "http", "example.com"),
        ("https://e.com/x?utm_source=a&b=1", "https://e.com/x?utm_source=a&b=1", "https", "e.com"),
    ],
)
def test_the_address_to_fetch(given: str, text: str, scheme: str, host: str) -> None:
    url = parse(given)
    assert (url.text, url.scheme, url.host) == (text, scheme, host)


@pytest.mark.parametrize(
    ("given", "base", "text"),
    [
        ("story.html", "https://e.com/a/feed.xml", "https://e.com/a/story.html"),
        ("//other.com/x", "https://e.com/a/", "https://other.com/x"),
        ("?p=1", "https://e.com/a/b", "https://e.com/a/b?p=1"),
        ("a b/é.html", "https://e.com/", "https://e.com/a%20b/%C3%A9.html"),
        ("\n  story\n.html\t", "https://e.com/a/", "https://e.com/a/story.html"),
        ("story?a=1&amp;b=2", "https://e.com/", "https://e.com/story?a=1&amp;b=2"),
        ("../b", "https://e.com/a/c/", "https://e.com/a/b"),
        ("https://o.com/", "nonsense", None),
    ],
)
def test_a_relative_address_is_resolved(given: str, base: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(Failure):
            parse(given, base)
    else:
        assert parse(given, base).text == text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "bad_url"),
        ("story.html", "bad_url"),
        ("example.com/story", "bad_url"),
        ("http://", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://e.com:65536/", "bad_url"),
        ("http://exa mple/", "bad_url"),
        ("http://./", "bad_url"),
        ("http://a..b/", "bad_url"),
        ("http://fe80::1%25eth0/", "bad_url"),
        ("http://\ud83d.com/", "bad_url"),
        ("https://e.com/" + "x" * 8192, "bad_url"),
        ("https://e.com/" + "ü" * 4000, "bad_url"),
        ("{" * 200_000, "bad_url"),
        ("FILE:///etc/passwd", "blocked_scheme"),
        ("\tftp://e.com/", "blocked_scheme"),
        ("javascript:alert(1)", "blocked_scheme"),
        ("data:text/html,x", "blocked_scheme"),
        ("http+unix://%2Fvar%2Frun%2Fdocker.sock/info", "blocked_scheme"),
        ("ws://e.com/", "blocked_scheme"),
        ("mailto:a@e.com", "blocked_scheme"),
    ],
)
def test_what_is_no_address_of_a_page(given: str, expected: str) -> None:
    assert code(given) == expected


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://e.com/", "e.com", 80),
        ("https://e.com/", "e.com", 443),
        ("https://e.com:81/", "e.com", 81),
        ("http://[::1]/", "::1", 80),
        ("http://[::1]:81/", "::1", 81),
    ],
)
def test_host_name_and_port(url: str, host: str, port: int) -> None:
    assert (urls.hostname_of(parse(url)), urls.port_of(parse(url))) == (host, port)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" HTTP://a.example/x ", "HTTP://a.example/x"),
        ("javascript:alert(1)", ""),
        ("java\tscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("//a.example/x", ""),
        ("http:///x", ""),
        ("/x", ""),
        ("", ""),
        (None, ""),
        ("https://a.example/" + "x" * 9000, ""),
    ],
)
def test_a_link_is_an_address_of_the_web_or_nothing(text: str | None, kept: str) -> None:
    assert urls.web_link(text) == kept


@pytest.mark.parametrize(
    ("text", "runs"), [("javascript:x", True), (" \x01data :x", True), ("CC BY 4.0", False), ("Licence: CC BY", False)]
)
def test_words_of_a_licence_are_told_from_what_a_browser_runs(text: str, runs: bool) -> None:
    assert urls.is_runnable(text) is runs
