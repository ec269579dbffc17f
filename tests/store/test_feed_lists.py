"""Lists of feeds are taken in as a whole: what becomes of each, and with how few statements."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.feeds.opml import Outline
from pipeline.feeds.options import Options
from pipeline.outcomes import Failure
from pipeline.store.feeds import feeds


def test_each_feed_of_a_list_is_new_known_or_refused_in_its_place(conn: psycopg.Connection) -> None:
    known, _ = feeds.add(conn, "https://known.example/feed")
    moved, _ = feeds.add(conn, "https://old.example/feed")
    feeds.move(conn, moved, "https://new.example/feed")
    given = [
        "https://b.example/feed",
        "https://known.example/feed",
        "https://old.example/feed",
        "ftp://c.example/",
        "https://a.example/feed",
    ]
    given += ["http://b.example/feed?utm_source=list"]
    b, is_known, is_moved, refused, a, again = feeds.add_all(conn, [Outline(url) for url in given])
    assert (is_known, is_moved) == (feeds.Added(known, False), feeds.Added(moved, False))
    assert isinstance(refused, Failure)
    assert refused.code == "blocked_scheme"
    assert isinstance(a, feeds.Added)
    assert isinstance(b, feeds.Added)
    assert a.is_new
    assert b.is_new
    assert again == feeds.Added(b.id, False)
    assert b.id < a.id, "numbers follow the list"


def test_what_a_list_says_of_a_feed_is_kept(conn: psycopg.Connection) -> None:
    outlines = [
        Outline("https://a.example/feed", "A & B", "https://a.example/", ("x", "y, z"), Options(headers=(("X-Key", "s"),)), True),
        Outline("https://b.example/feed"),
    ]
    feeds.add_all(conn, outlines)
    assert list(feeds.outlines(conn)) == outlines
    assert conn.execute("SELECT name FROM hosts WHERE feed_due_at IS NOT NULL").fetchall() == [("b.example",)], "the other is paused"


@pytest.mark.parametrize("known", [False, True])
def test_a_long_list_takes_as_few_statements_as_a_short_one(conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    several = [[Outline(f"https://{size}-{n % 50}.example/{n}") for n in range(size)] for size in (2, 300)]
    if known:
        for outlines in several:
            feeds.add_all(conn, outlines)
    counts = []
    real = conn.execute
    for outlines in several:
        asked: list[object] = []
        monkeypatch.setattr(conn, "execute", lambda *a, asked=asked, **k: (asked.append(a[0]), real(*a, **k))[1])
        feeds.add_all(conn, outlines)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 10
