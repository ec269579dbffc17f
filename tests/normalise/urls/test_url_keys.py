"""The key of a URL: which spellings are one address, and which are not."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import urls
from pipeline.normalise.urls import is_tracking, parse
from pipeline.outcomes import Failure
from tests.normalise.urls.url_corpus import rows
from tests.support.tables import failing_rows


def key(text: str, base: str | None = None) -> str:
    return parse(text, base).key_text


def key_or_code(text: str) -> str:
    try:
        return key(text)
    except Failure as failure:
        return failure.code


EVERY = sorted({r[field] for r in rows("normalisation") for field in ("input", "expected")} | {r["input"] for r in rows("whatwg_http")})

# Equal for most libraries and different here, by choice.
KEPT_APART = {
    **dict.fromkeys(("n0167", "n0168", "n0169", "n0170", "n0171", "n0172", "n0304"), "// in a path is kept: archives have URLs in theirs"),
    **dict.fromkeys(("n0203", "n0206", "n0267", "n0268"), "`b=` and `b` differ"),
    "n0270": "%40 and @ differ: @ is reserved, RFC 3986 section 2.2",
}


def test_spellings_of_one_address_have_one_key() -> None:
    def check(row: dict) -> None:
        assert (key_or_code(row["input"]) == key_or_code(row["expected"])) is (row["id"] not in KEPT_APART)

    assert failing_rows((row for row in rows("normalisation") if row["class"] == "safe"), check, lambda row: row["id"]) == {}


@pytest.mark.parametrize("row", rows("trap_pairs"), ids=lambda r: r["id"])
def test_different_stories_keep_different_keys(row: dict) -> None:
    assert key(row["a"]) != key(row["b"])


def test_only_http_and_https_are_merged() -> None:
    def check(row: dict) -> None:
        only_scheme = row["a"].replace("https:", "http:") == row["b"].replace("https:", "http:")
        assert (key(row["a"]) == key(row["b"])) is only_scheme

    assert failing_rows(rows("distinct_pairs"), check, lambda row: row["id"]) == {}


def test_a_key_is_ascii_and_doing_it_twice_changes_nothing() -> None:
    for text in EVERY:
        try:
            url = parse(text)
        except Failure:
            continue
        assert parse(url.text) == url
        assert url.key == hashlib.sha256(url.key_text.encode()).digest()
        assert url.key_text.isascii()
        assert url.key_text.isprintable()
        assert " " not in url.key_text
        assert "#" not in url.text.replace("#!", "")
        again = f"{url.scheme}:{url.key_text}" if url.key_text.startswith("//") else url.key_text
        assert key(again) == url.key_text


@given(
    st.from_regex(r"https?://[a-z]{1,3}\.com(:[0-9]{1,4})?", fullmatch=True),
    st.text(st.sampled_from("ab/.%?&=+#!;:@~|^[]{}\\'\"<> \t\u00e9\u200b\u4e2d\ud800\U0001f4a90123456789ACEFjsessionid_utm"), max_size=40),
)
def test_the_address_to_fetch_has_the_key_of_what_was_found(origin: str, rest: str) -> None:
    try:
        url = parse(f"{origin}/{rest}")
    except Failure:
        return
    assert parse(url.text) == url
    assert key(f"{url.scheme}:{url.key_text}" if url.key_text.startswith("//") else url.key_text) == url.key_text
    assert url.key_text.isascii()
    assert url.key_text.isprintable()
    assert " " not in url.key_text


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param("http://e.com/x", "https://e.com/x", True, id="scheme"),
        pytest.param("http://e.com:8080/x", "https://e.com/x", False, id="port that is not the scheme's"),
        ("https://e.com/x#c", "https://e.com/x", True),
        ("https://e.com/x?", "https://e.com/x", True),
        ("https://e.com/x?b=2&a=1", "https://e.com/x?a=1&b=2", True),
        ("https://e.com/x?a=2&a=1", "https://e.com/x?a=1&a=2", False),
        pytest.param("https://e.com/x?utm_Source=a&UTM_MEDIUM=b&id=7", "https://e.com/x?id=7", True, id="letter case"),
        pytest.param("https://e.com/x?fbclid=1", "https://e.com/x", True, id="click id"),
        ("https://e.com/x?utm%5Fsource=1", "https://e.com/x", True),
        ("https://e.com/x?q=a+b", "https://e.com/x?q=a%20b", True),
        ("https://e.com/x?q=a%2Bb", "https://e.com/x?q=a%20b", False),
        ("https://e.com/%7Euser/%e4%b8%ad", "https://e.com/~user/中", True),
        ("https://e.com/a;jsessionid=1A2B?x=1", "https://e.com/a?x=1", True),
        ("https://e.com/a;version=2", "https://e.com/a", False),
        ("https://e.com/x?a=%E9", "https://e.com/x?a=%C3%A9", False),
        ("https://e.com/100%", "https://e.com/100%25", True),
        pytest.param("https://e.com/news/", "https://e.com/news", False, id="trailing slash"),
        pytest.param("https://www.e.com/x", "https://e.com/x", False, id="www"),
        pytest.param("https://m.e.com/x", "https://e.com/x", False, id="m"),
        pytest.param("https://e.com/X", "https://e.com/x", False, id="letter case"),
        pytest.param("https://e.com/index.html", "https://e.com/", False, id="index.html"),
        pytest.param("http://e.com:80/x", "https://e.com:443/x", True, id="default ports"),
        pytest.param("http://e.com:8080/x", "https://e.com:8080/x", False, id="another port stays with its scheme"),
        pytest.param("https://mobile.e.com/x", "https://e.com/x", False, id="mobile"),
        pytest.param("https://amp.e.com/x", "https://e.com/x", False, id="amp"),
        pytest.param("https://e.com/x?outputType=amp", "https://e.com/x", False, id="outputType=amp"),
        pytest.param("https://e.com/x/amp/", "https://e.com/x/", False, id="/amp/"),
        pytest.param("https://e.com/x.amp.html", "https://e.com/x.html", False, id=".amp.html"),
        pytest.param("https://e.com/x?amp=1", "https://e.com/x", False, id="amp=1"),
        ("https://web.archive.org/web/2020/https://e.com/x", "https://web.archive.org/web/2020/https:/e.com/x", False),
    ],
)
def test_what_makes_one_identity(a: str, b: str, same: bool) -> None:
    assert (key(a) == key(b)) is same


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://www.e.com/x", "https://e.com/x"),
        ("https://m.e.com/x", "https://e.com/x"),
        ("https://mobile.e.com/x", "https://e.com/x"),
        ("https://amp.e.com/x", "https://e.com/x"),
        ("https://e.com/news/", "https://e.com/news"),
        ("https://e.com/index.html", "https://e.com/"),
        ("https://e.com/X", "https://e.com/x"),
    ],
)
def test_what_one_site_means_by_it_another_does_not(a: str, b: str) -> None:
    assert key(a) != key(b)


@pytest.mark.parametrize(
    "name",
    [
        "utm_source",
        "UTM_CAMPAIGN",
        "mtm_x",
        "pk_x",
        "itm_x",
        "hsa_x",
        "matomo_x",
        "fbclid",
        "gclid",
        "mc_cid",
        "xtor",
        "__xts__[0]",
        "__tn__",
        "source=rss-aa1------2",
        "source=rss----bb2---4",
        "SOURCE=RSS",
        "partner=rss",
    ],
)
def test_tracking_names(name: str) -> None:
    assert is_tracking(name)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "p",
        "ref",
        "source",
        "cid",
        "eid",
        "sid",
        "uid",
        "session",
        "gallery",
        "game",
        "keyword",
        "utm",
        "xfbclid",
        "mc",
        "",
        "source=rsstuff",
        "source=agency-rss",
        "ref=rss-feeds-explained",
    ],
)
def test_names_that_may_tell_stories_apart(name: str) -> None:
    assert not is_tracking(name)


def test_the_list_of_tracking_names_has_a_version() -> None:
    assert urls.tracking_version() >= 1
    assert urls.key_version() == urls.KEY_RULES + urls.tracking_version()


# What `key_text` gives for addresses that every rule touches. Whoever changes this raises KEY_RULES or the list's version.
AS_OF_VERSION_2 = {
    "HTTP://www.E.com:80/%7Ea/%c3%a9;jsessionid=1?b=2&utm_source=x&a=1+1&A=[x]#top": "//www.e.com/~a/%C3%A9?A=%5Bx%5D&a=1%201&b=2",
    "https://e.com:8443/100%?q=#!/story|1": "https://e.com:8443/100%25?q=#!/story%7C1",
    "https://e.com/p/1?__xts__%5B0%5D=68.AR&__tn__=-R&source=rss-aa1------2&from=home": "//e.com/p/1?from=home",
}


@pytest.mark.parametrize(("text", "expected"), AS_OF_VERSION_2.items())
def test_keys_of_one_version_are_the_same_for_ever(text: str, expected: str) -> None:
    assert urls.key_version() == 2
    assert key(text) == expected


def test_the_list_names_its_licence_and_holds_each_name_once() -> None:
    folder = files("pipeline.normalise")
    lines = folder.joinpath("tracking.txt").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith(("#", "version "))]
    assert len(names) == len(set(names)) > 50
    assert all(re.fullmatch(r"[a-z_.]+(=[a-z_-]+)?\*?", name) for name in names)
    assert "Apache License 2.0" in folder.joinpath("tracking-licence.txt").read_text()
