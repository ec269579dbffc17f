"""Of every normaliser: it never raises but a Failure where it says so, doing it again changes nothing, and no text makes it slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import text
from pipeline.extract.text.boilerplate_phrases import is_boilerplate
from pipeline.extract.text.site_boilerplate import mark
from pipeline.normalise import agencies, aggregators, author_names, canonical, file_names, idn, language, urls
from pipeline.normalise.canonical import Claims
from pipeline.normalise.dates import dates
from pipeline.normalise.site import same_site
from pipeline.outcomes import Failure

LIMIT_S = 5.0  # far above what any of them takes, far below what a runaway expression does

anything = st.text(st.characters(), max_size=200)
addresses = st.lists(
    st.sampled_from(
        ["http://", "https:", "//", "/", "a.example", "www.", "m.", "cdn.ampproject.org", "/c/s/", "news.google.com", "/rss/articles/x", "t.co", "?", "&a=1", "#!", "#", "..", "%2F",
         "%", "utm_source=x", "[::1]", ":8080", ":", "@", "{", "\n", " ", "é", "中", "\u202e", "\ud800", "ni:///sha-256;", "x" * 43, "2026/11/25", "-story-of-it", ".co.uk", "xn--"]
    ),
    max_size=9,
).map("".join)  # fmt: skip


def outcome(work: Callable[..., Any], *given: object) -> Any:
    """What comes of it; a Failure is a way to end."""
    try:
        return work(*given)
    except Failure as failure:
        return failure.code


SPOILERS = [
    "a" * 300_000, "{" * 100_000, "%" * 100_000, "-" * 100_000, " " * 300_000, "a " * 100_000, "e" + "\u0301" * 100_000, "\ud83d" * 50_000, "(((" * 50_000, "a.b" * 80_000,
    "By By " * 40_000, "1 2 3 " * 40_000, "\u202e" * 100_000, "http://" * 30_000, "<a;rel=" * 30_000, "漢" * 200_000, "क्" * 100_000, "\n" * 200_000, "copyright " * 20_000,
    "12:" * 50_000, "&amp;" * 40_000, '"' * 100_000, "'s " * 60_000, "||" * 100_000, "of the the of " * 20_000,
]  # fmt: skip
NORMALISERS: dict[str, Callable[[str], Any]] = {
    "clean": text.clean,
    "one_line": text.one_line,
    "count_words": text.count_words,
    "code_of": language.code_of,
    "detect": language.detect,
    "parse_date": dates.parse_date,
    "split_authors": lambda given: author_names.split_authors([given]),
    "is_full_name": author_names.is_full_name,
    "agencies": agencies.credited,
    "url": urls.parse,
    "is_homepage": urls.is_homepage,
    "address": file_names.address,
    "amp": aggregators.from_amp_cache,
    "unresolvable": aggregators.unresolvable,
    "better": lambda given: aggregators.better(given, given, given),
    "link header": canonical.from_header,
    "judge": lambda given: canonical.judge(Claims((given,), given, given, given, given), "https://a.example/2026/story-of-it"),
    "idn": idn.shown,
    "standing": is_boilerplate,
    "mark": mark,
}


@pytest.mark.parametrize("name", NORMALISERS)
def test_no_text_makes_it_raise_or_slow(name: str) -> None:
    for spoiler in SPOILERS:
        began = time.process_time()
        outcome(NORMALISERS[name], spoiler[:60_000])
        assert time.process_time() - began < LIMIT_S, spoiler[:20]


@pytest.mark.parametrize("name", NORMALISERS)
@settings(max_examples=60)
@given(given_text=anything | addresses)
def test_it_never_raises_but_a_failure(name: str, given_text: str) -> None:
    outcome(NORMALISERS[name], given_text)


@given(anything)
def test_a_code_is_two_letters_and_its_own_code(tag: str) -> None:
    code = language.code_of(tag)
    assert code is None or (len(code) == 2 and language.code_of(code) == code)


@given(addresses)
def test_the_own_address_of_a_copy_is_final(url: str) -> None:
    own = aggregators.from_amp_cache(url)
    assert outcome(aggregators.from_amp_cache, own) == own or aggregators.AMP_CACHE_HOST in own


@given(addresses)
def test_an_address_read_again_is_the_same(url: str) -> None:
    found = outcome(file_names.address, url)
    if not isinstance(found, str):
        assert file_names.address(found.text) == found


@given(st.lists(addresses, max_size=3).map(tuple), addresses, addresses)
def test_what_is_believed_is_of_the_page_s_own_site_and_believed_again(links: tuple[str, ...], header: str, final: str) -> None:
    judged = canonical.judge(Claims(links, header), final)
    assert not (judged.url and judged.rejected)
    if judged.url:
        assert same_site(urls.parse(judged.url).host, urls.parse(aggregators.from_amp_cache(final)).host)
        assert canonical.judge(Claims((judged.url,)), final).url == judged.url


@given(anything)
def test_a_mark_is_the_same_whatever_the_white_space_and_fits_postgres(given_text: str) -> None:
    found = mark(given_text)
    assert found == mark(f"  {given_text}\n")
    assert -(2**63) <= found < 2**63
