"""articles: which there are, by feed, site, language, time, tag and flag."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill, stored

A, B, C = "https://www.a.example/1", "https://b.example/2", "https://news.b.example/3"


@pytest.fixture
def three(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    """One article a site, a day apart, the oldest stored a week ago; the second was listed by a feed."""
    stored(conn, A, title="One", language="en", tags=("Harbour",), published_at=datetime(2026, 11, 20, tzinfo=UTC))
    stored(conn, B, title="Two", language="de", tags=(), published_at=datetime(2026, 11, 21, tzinfo=UTC))
    stored(conn, C, title="Three", language="pt-br", tags=(), published_at=None)
    feed, _ = feeds.add(conn, "https://b.example/feed", tags=["region"])
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT %s, link_id FROM articles WHERE title = 'Two'", (feed,))
    conn.execute("UPDATE articles SET flags = '{paywall,doubtful}' WHERE title = 'Two'")
    conn.execute("UPDATE articles SET created_at = now() - interval '7 days' WHERE title = 'One'")
    return stack


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ([], ["Three", "Two", "One"]),
        (["--limit", "1"], ["Three"]),
        (["--flag", "doubtful"], ["Two"]),
        (["--all"], ["Three", "Two", "One"]),
        (["--feed", "https://b.example/feed"], ["Two"]),
        (["--site", "b.example"], ["Three", "Two"]),
        (["--site", "https://news.b.example/x"], ["Three"]),
        (["--site", "a.example"], ["One"]),
        (["--site", "www.a.example"], ["One"]),
        (["--site", "example"], ["Three", "Two", "One"]),
        (["--site", "other.example"], []),
        (["--language", "DE"], ["Two"]),
        (["--language", "pt"], ["Three"]),
        (["--tag", "harbour"], ["One"]),
        (["--tag", "Region"], ["Two"]),
        (["--published-since", "2026-11-21"], ["Two"]),
        (["--published-before", "2026-11-21"], ["One"]),
        (["--stored-since", "1d"], ["Three", "Two"]),
        (["--stored-before", "1d"], ["One"]),
        (["--stored-since", "1d", "--language", "de"], ["Two"]),
    ],
)
def test_articles_are_chosen(three: Newsmill, options: list[str], titles: list[str]) -> None:
    said = three("articles", "--json", *options)
    assert (said.code, [one["title"] for one in said.objects]) == (0, titles)
    table = three("articles", *options).out
    assert [title for title in ("One", "Two", "Three") if title in table] == sorted(titles, key=["One", "Two", "Three"].index)


def test_a_list_of_articles_is_no_list_of_texts(three: Newsmill) -> None:
    (one, *_) = three("articles", "--json").objects
    assert {"id", "link_id", "url", "title", "host", "published_at", "created_at", "language", "tags"} <= set(one)
    assert "text" not in one


def test_no_article_and_no_feed_are_said_so(three: Newsmill) -> None:
    assert three("articles", "--language", "xx").out == "No matching articles.\n"
    assert three("articles", "--feed", "77").err == "There is no feed 77; `newsmill feeds` lists all feeds.\n"
