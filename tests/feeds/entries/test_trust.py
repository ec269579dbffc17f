"""Which feed speaks for which page."""

from __future__ import annotations

import pytest

from pipeline.feeds.discovery.announced_feeds import announced
from pipeline.feeds.trust import Ground, Sighting, feed_trust, trust_ground, trusted_sighting
from pipeline.normalise import file_names
from pipeline.normalise.urls import parse

PROXY = "https://feeds.feedburner.com/harbour"


@pytest.mark.parametrize(
    ("feed", "page", "announced_by", "trusted", "ground"),
    [
        ("https://e.com/feed", "https://www.e.com/a", (), False, "own site"),
        ("https://feeds.e.co.uk/a", "https://www.e.co.uk/a", (), False, "own site"),
        ("http://e.com/feed", "https://e.com/a", (), False, "own site"),
        ("https://evil.com/feed", "https://e.com/a", (), False, ""),
        ("https://evil.co.uk/feed", "https://e.co.uk/a", (), False, ""),
        pytest.param("https://evil.github.io/feed", "https://e.github.io/a", (), False, "", id="two people's sites"),
        pytest.param("https://evil.blogspot.com/feed", "https://e.blogspot.com/a", (), False, "", id="two blogs"),
        pytest.param("https://evil.substack.com/feed", "https://e.substack.com/a", (), False, "", id="two newsletters"),
        pytest.param("https://e.com.evil.com/feed", "https://e.com/a", (), False, "", id="a name that begins like it"),
        pytest.param("https://notthee.com/feed", "https://thee.com/a", (), False, "", id="a name that ends like it"),
        pytest.param("https://e.com:8443/feed", "https://e.com/a", (), False, "", id="another port"),
        pytest.param(PROXY, "https://e.com/a", (), False, "", id="a proxy that nobody announces"),
        pytest.param(PROXY, "https://e.com/a", ("e.com",), False, "announced", id="a proxy that the site announces"),
        pytest.param(PROXY, "https://blog.e.com/a", ("e.com",), False, "announced", id="anywhere on that site"),
        pytest.param(PROXY, "https://other.com/a", ("e.com",), False, "", id="but on no other"),
        pytest.param(PROXY, "https://other.com/a", (), True, "operator", id="a feed that the operator trusts"),
    ],
)
def test_a_feed_speaks_for_its_site_for_who_announces_it_and_by_the_operator(
    feed: str, page: str, announced_by: tuple[str, ...], trusted: bool, ground: Ground
) -> None:
    assert trust_ground(feed_trust(feed, announced_by, trusted=trusted), parse(page)) == ground


def test_an_entry_without_a_link_is_its_feeds_own() -> None:
    assert trust_ground(feed_trust(PROXY), file_names.named(b"entry of feed 1")) == "own site"


def test_the_first_of_those_that_may_speak_is_heard() -> None:
    feeds = [
        Sighting(n, url, feed_trust(url), frozenset()) for n, url in enumerate(("https://evil.com/f", "https://e.com/f", "https://e.com/g"))
    ]
    assert trusted_sighting(feeds, parse("https://e.com/a")) == feeds[1]
    assert trusted_sighting(feeds, parse("https://other.com/a")) is None


LINK = f'<link rel="alternate" type="application/rss+xml" href="{PROXY}">'


@pytest.mark.parametrize(
    ("html", "header", "found"),
    [
        (f"<html><head>{LINK}</head><body>x</body></html>", "", True),
        (f"<!doctype html>{LINK}<title>x</title>", "", True),
        (f"<html><head></head><body>{LINK}</body></html>", "", False),
        (f"<html><head></head><BODY class=x>{LINK}</BODY></html>", "", False),
        (f'<html><head></head><body><a href="{PROXY}">RSS</a></body></html>', "", False),
        (f'<html><head><link rel="alternate" type="text/html" href="{PROXY}"></head></html>', "", False),
        ("<html></html>", f'<{PROXY}>; rel="alternate"; type="application/rss+xml"', True),
        ("<html></html>", f'<{PROXY}>; rel="next"', False),
        ("", "", False),
    ],
)
def test_a_page_announces_in_its_head_and_not_in_what_readers_wrote(html: str, header: str, found: bool) -> None:
    assert (parse(PROXY).key in announced(html.encode(), "https://e.com/a", header)) is found
