"""Where a broken feed may have gone: when to look, where, and what is offered."""

from __future__ import annotations

import pytest

from pipeline.feeds.discovery import page_links
from pipeline.feeds.discovery.successor import home, successor, worth_a_look
from tests.feeds.discovery.announcing import announced

OLD = "http://a.example/rss.xml"


@pytest.mark.parametrize("code", ["http_404", "http_410", "feed_gone", "not_a_feed", "dns"])
def test_what_says_that_a_feed_is_elsewhere(code: str) -> None:
    assert worth_a_look(code)


@pytest.mark.parametrize("code", ["", "http_429", "http_403", "http_401", "challenge", "http_503", "timeout", "connect", "no_contact", "blocked_address"])  # fmt: skip
def test_outages_and_refusals_say_nothing_of_that(code: str) -> None:
    assert not worth_a_look(code)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("https://www.a.example/news/", "https://www.a.example/news/"),
        ("", "http://a.example/"),
        ("mailto:us@a.example", "http://a.example/"),
    ],
)
def test_the_page_to_look_at(site: str, expected: str) -> None:
    assert home(OLD, site) == expected


@pytest.mark.parametrize(
    ("page", "offered"),
    [
        (announced("/feed"), "http://a.example/feed"),
        (announced("/comments/feed", "/feed", "/sport/feed"), "http://a.example/feed"),
        (announced("/rss.xml"), ""),
        (announced("/feed", "https://a.example/rss.xml?utm_source=x"), ""),
        (announced("/older"), ""),
        (announced("ftp://a.example/feed", "/feed"), "http://a.example/feed"),
        (b"<html><body><a href=/feed>RSS</a>", ""),
        (b"", ""),
    ],
)
def test_what_the_site_announces_is_offered_unless_it_is_the_broken_one(page: bytes, offered: str) -> None:
    found = page_links.find(page, "http://a.example/")
    assert successor(found, [OLD, "http://a.example/older"]) == offered
