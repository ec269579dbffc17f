"""Addresses that stand for another: AMP, redirectors, aggregators."""

from __future__ import annotations

import pytest

from pipeline.normalise.aggregators import better, from_amp_cache, is_redirector, unresolvable

BURNED = "http://feedproxy.google.com/~r/paper/~3/AbC/"
STORY = "https://e.com/a-story"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://e-com.cdn.ampproject.org/c/s/e.com/a-story", STORY),
        ("https://cdn.ampproject.org/c/s/e.com/a-story?x=1&y=2", f"{STORY}?x=1&y=2"),
        ("https://cdn.ampproject.org/v/s/e.com/a-story", STORY),
        ("https://cdn.ampproject.org/c/e.com/a-story", "http://e.com/a-story"),
        ("https://cdn.ampproject.org/c/s/e.com", "https://e.com/"),
        ("https://cdn.ampproject.org/c/s/", "https://cdn.ampproject.org/c/s/"),
        ("https://cdn.ampproject.org/i/s/e.com/picture.jpg", "https://cdn.ampproject.org/i/s/e.com/picture.jpg"),
        ("https://notampproject.org/c/s/e.com/x", "https://notampproject.org/c/s/e.com/x"),
        ("https://e.com/c/s/o.com/x", "https://e.com/c/s/o.com/x"),
        ("https://e.com/a-story/amp/", "https://e.com/a-story/amp/"),
        ("nonsense", "nonsense"),
    ],
)
def test_only_the_form_of_the_amp_cache_is_rewritten(given: str, expected: str) -> None:
    assert from_amp_cache(given) == expected


@pytest.mark.parametrize(
    ("link", "guid", "origlink", "expected"),
    [
        pytest.param(BURNED, "", STORY, STORY, id="origLink"),
        pytest.param(BURNED, STORY, "", STORY, id="permalink guid"),
        pytest.param(BURNED, "https://e.com/?p=1", STORY, STORY, id="origLink before guid"),
        pytest.param(BURNED, STORY, "https://bit.ly/x", STORY, id="not another redirector"),
        pytest.param(BURNED, "tag:e.com,2026:1", "", BURNED, id="a guid that is no address"),
        pytest.param(BURNED, "ftp://e.com/x", "javascript:x", BURNED, id="other schemes"),
        pytest.param(BURNED, "", "", BURNED, id="nothing better: resolved by fetching"),
        pytest.param(STORY, "https://e.com/?p=1", "https://o.com/x", STORY, id="an own link stays"),
        pytest.param("https://feeds.e.com/~r/paper/~3/AbC/", "", STORY, STORY, id="FeedBurner under the publisher's name"),
        pytest.param("https://cdn.ampproject.org/c/s/e.com/a-story", "", "", STORY, id="in a feed"),
    ],
)
def test_a_feed_names_the_article_and_not_the_redirector(link: str, guid: str, origlink: str, expected: str) -> None:
    assert better(link, guid, origlink) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://t.co/AbC", True),
        ("http://www.bit.ly/x", True),
        ("https://lnkd.in/x", True),
        ("http://feeds.feedburner.com/~r/paper/~3/x/", True),
        (BURNED, True),
        ("https://not.co/x", False),
        ("https://e.com/t.co/", False),
        ("https://sport.co/x", False),
        ("nonsense", False),
    ],
)
def test_redirectors_are_known_by_host(url: str, expected: bool) -> None:
    assert is_redirector(url) is expected


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/articles/CBMiXyz?oc=5",
        "https://news.google.com/articles/CBMiXyz",
        "https://news.google.com/read/CBMiXyz?hl=en",
        "https://news.google.com/__i/rss/rd/articles/CBMiXyz",
    ],
)
def test_links_of_google_news_lead_to_no_article(url: str) -> None:
    assert "Google News" in unresolvable(url)


@pytest.mark.parametrize(
    "url",
    ["https://news.google.com/rss/search?q=x", "https://news.google.com/read/", "https://e.com/rss/articles/CBMi", STORY, "nonsense", ""],
)
def test_other_links_may_be_tried(url: str) -> None:
    assert unresolvable(url) == ""
