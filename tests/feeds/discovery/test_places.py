"""Where feeds usually are."""

from __future__ import annotations

import pytest

from pipeline.feeds.discovery.usual_places import usual_places


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("https://medium.com/@ann/a-story-1", "https://medium.com/feed/@ann"),
        ("https://www.reddit.com/r/news/top", "https://www.reddit.com/r/news/.rss"),
        ("https://www.youtube.com/channel/UC123/videos", "https://www.youtube.com/feeds/videos.xml?channel_id=UC123"),
        ("https://github.com/o/r", "https://github.com/o/r/releases.atom"),
        ("https://town.blogspot.com/2024/01/x.html", "https://town.blogspot.com/feeds/posts/default"),
        ("https://social.example/@ann", "https://social.example/@ann.rss"),
        ("https://news.example/", "https://news.example/feed"),
        ("https://news.example/blog/", "https://news.example/blog/feed"),
    ],
)
def test_a_service_has_its_feeds_in_one_place(page: str, first: str) -> None:
    assert usual_places(page)[0] == first


def test_the_places_of_the_system_come_first_and_all_are_few() -> None:
    for sign in ("", "joomla", "wordpress drupal typo3 squarespace hubspot phpbb"):
        for path in ("", "sport/", "a/b/c.html"):
            found = usual_places(f"https://news.example/{path}", sign)
            assert len(found) == len(set(found)) <= 24
    assert usual_places("https://news.example/", "Joomla! 5")[0] == "https://news.example/?format=feed&type=rss"


def test_an_address_that_is_none_has_no_places() -> None:
    assert usual_places("nothing") == []
