"""Counts that run out of time are estimates that say so."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.search.estimate import exactly
from pipeline.search.parse import parse
from pipeline.search.vector import of_words, sample
from pipeline.store.search import counting, finding, rows
from tests.cli.conftest import stored

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)


def fill(conn: psycopg.Connection, count: int) -> None:
    for number in range(1, count + 1):
        at = BEGIN + timedelta(hours=2 * number)
        rows.write(conn, rows.Row(number, at, at.date(), None, "en", 5), "Title", "even" if number % 2 == 0 else "odd")


def test_without_time_for_an_exact_count_it_is_estimated(conn: psycopg.Connection) -> None:
    fill(conn, 1000)
    query = parse("even").tree
    exact, estimate = counting.count(conn, query, "day"), counting.count(conn, query, "day", limit_s=0)
    assert exact.exact
    assert exact.total.value == 500
    hits = sum(sample(number) < 50 for number in range(2, 1001, 2))
    assert not estimate.exact
    assert estimate.total.value == hits * 20
    assert estimate.total.low <= 500 <= estimate.total.high
    assert sum(number.value for number in estimate.groups.values()) == estimate.total.value


def test_what_needs_a_look_into_too_many_articles_is_estimated_at_once(conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(conn, 1000)
    phrase, word = parse('"even" title:title').tree, parse("even").tree
    assert counting.count(conn, phrase).total == counting.count(conn, word).total == exactly(500)
    monkeypatch.setattr(counting, "LOOK_S", counting.LIMIT_S / 100)
    estimate = counting.count(conn, phrase, "day")
    assert not estimate.exact
    assert estimate.total == counting.count(conn, word, limit_s=0).total
    assert counting.count(conn, word).exact, "the index alone answers this"


def test_the_intervals_of_a_hundred_queries_hold_the_true_number_of_at_least_93(conn: psycopg.Connection) -> None:
    rng = random.Random(5)
    likely = {f"w{n}": 10 ** -(3 * n / 100) for n in range(100)}  # from a word of all articles to one of a thousand
    with conn.cursor() as cur, cur.copy("COPY search (article_id, at, day, words, sample, tsv) FROM STDIN") as copy:
        for number in range(1, 4001):
            words = [word for word, chance in likely.items() if rng.random() < chance]
            copy.write_row((number, BEGIN, BEGIN.date(), len(words), sample(number), of_words([], words)))
    held = 0
    for word in likely:
        query = parse(word).tree
        exact, estimate = counting.count(conn, query).total, counting.count(conn, query, limit_s=0).total
        assert exact.exact
        held += estimate.low <= exact.value <= estimate.high
    assert held >= 93


def test_a_range_of_days_looks_into_its_months_only(conn: psycopg.Connection) -> None:
    from pipeline.store.search.compile import compiled

    everywhere = finding.parts(conn, compiled(parse("a").tree))
    assert len(everywhere) == 3  # this month and the next two
    assert finding.parts(conn, compiled(parse("a published:2020").tree)) == []


def test_filters_look_into_what_articles_say(conn: psycopg.Connection) -> None:
    one = stored(
        conn,
        "http://www.a.example/1",
        authors=("Jane Doe",),
        tags=("Climate Change",),
        agencies=("Reuters",),
        section="Politics",
        access="paid",
        flags=("paywall",),
    )
    other = stored(conn, "http://b.example/1", published_at=datetime(2026, 11, 21, tzinfo=UTC))
    conn.execute("UPDATE sources SET country = 'DE', label = 'The A' WHERE name = 'a.example'")
    conn.execute("INSERT INTO collections (name) VALUES ('Baltic papers')")
    conn.execute("INSERT INTO source_collections SELECT c.id, o.id FROM collections c, sources o WHERE o.name = 'a.example'")

    def found(query: str) -> list[int]:
        return sorted(hit.article_id for hit in finding.newest(conn, parse(query).tree))

    for query in (
        "source:a.example", 'source:"the a"', "country:de", 'collection:"baltic papers"', "author:doe", 'author:"jane doe"', 'tag:"climate change"',
        "agency:reuters", "section:politics", "access:paid", "flag:paywall", "published:2026-11-20", "published:[* TO 2026-11-20]", "-source:b.example",
        "council source:a.example", "NOT (source:b.example OR tag:x)",
    ):  # fmt: skip
        assert found(query) == [one], query
    for query in (
        "source:ample",
        "author:do",
        "tag:climate",
        "has:revisions",
        "story:1",
        "feed:1",
        "words:[100 TO *]",
        "stored:2020",
        "language:e",
    ):
        assert found(query) == [], query
    for query in ("is:original", "language:en", "words:8", "stored:[2026-01-01 TO *]", "source:a.example OR source:b.example", "*"):
        assert found(query) == sorted([one, other]), query
