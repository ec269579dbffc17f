"""Counts that run out of time are estimates that say so; a backfill that is killed is gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psycopg

from pipeline.search.parse import parse
from pipeline.search.vector import sample
from pipeline.settings import Settings
from pipeline.store.search import checking, counting, finding, rows
from tests.cli.conftest import stored

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
FILL = """
import sys, psycopg
from pipeline.store.search import filling
with psycopg.connect(sys.argv[1], autocommit=True) as conn:
    for written in filling.fill(conn, 3):
        print(written, flush=True)
        sys.stdin.readline()
"""


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


def test_a_backfill_that_is_killed_is_gone_on_with(conn: psycopg.Connection, settings: Settings) -> None:
    for number in range(9):
        stored(conn, f"http://a.example/{number}", title=f"Number {number}")
    whole = conn.execute("SELECT * FROM search ORDER BY article_id").fetchall()
    conn.execute("UPDATE articles SET search_at = NULL, source_id = NULL")
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", FILL, settings.database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "3\n"
            os.kill(child.pid, signal.SIGKILL)
    checking.mend(conn)
    assert conn.execute("SELECT * FROM search ORDER BY article_id").fetchall() == whole
    assert checking.check(conn).wrong == 0
