"""A search looks into no more articles than it needs to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.search.parse import parse
from pipeline.search.vector import of_words, sample
from pipeline.store.db import clock
from pipeline.store.search import finding

ARTICLES = 300


@pytest.fixture
def plans(conn: psycopg.Connection) -> list[str]:
    """How Postgres ran the statements that found something, one plan each."""
    found: list[str] = []
    conn.execute("LOAD 'auto_explain'")
    for name, value in (("auto_explain.log_min_duration", "0"), ("auto_explain.log_analyze", "on"), ("client_min_messages", "log")):
        conn.execute("SELECT set_config(%s, %s, false)", (name, value))
    conn.add_notice_handler(lambda notice: found.append(notice.message_primary or ""))
    return found


def rows(plan: str, node: str) -> float:
    """How many rows a step gave."""
    said = re.search(rf"{node}.*actual time=\S+ rows=([0-9.]+)", plan)
    assert said, plan
    return float(said[1])


@pytest.mark.parametrize("query", ['"city council"', '"city council"~3', "title:news city"])
def test_what_the_index_does_not_tell_is_looked_up_from_the_newest_on_until_there_are_enough(
    conn: psycopg.Connection, plans: list[str], query: str
) -> None:
    now = clock.now(conn)
    since = datetime(now.year, now.month, 1, tzinfo=UTC)
    with conn.cursor() as cur, cur.copy("COPY search (article_id, at, day, words, sample, tsv) FROM STDIN") as copy:
        for number in range(1, ARTICLES + 1):
            at = since + timedelta(minutes=number)
            copy.write_row((number, at, at.date(), 5, sample(number), of_words(["news"], ["the", "city", "council"])))
    plans.clear()
    hits = finding.newest(conn, parse(query).tree)
    assert [hit.article_id for hit in hits] == list(range(ARTICLES, ARTICLES - 20, -1))
    (plan,) = [plan for plan in plans if "rows=20.00" in plan and "Bitmap Heap Scan" in plan]
    assert rows(plan, "Bitmap Heap Scan") == ARTICLES
    assert rows(plan, "Sort ") == rows(plan, "Subquery Scan") == 20
    assert "Removed by Filter" not in plan
