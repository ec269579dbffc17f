"""Search is compared with the articles from both sides, and made equal again."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from pipeline.store.search import checking
from tests.cli.conftest import stored


@pytest.fixture
def ids(conn: psycopg.Connection) -> list[int]:
    return [
        stored(conn, f"http://a.example/{n}", title=f"Number {n}", published_at=datetime(2026, 11, n + 1, tzinfo=UTC)) for n in range(6)
    ]


DAMAGE = {
    "missing": "UPDATE articles SET search_at = NULL WHERE id = %s",
    "lost": "DELETE FROM search WHERE article_id = %s",
    "orphaned": "INSERT INTO search SELECT article_id, at + interval '1 h', day, source_id, language, words, sample, tsv FROM search WHERE article_id = %s",
    "outdated": "UPDATE search SET language = 'xx' WHERE article_id = %s",
    "other_words": "UPDATE search SET tsv = 'other' WHERE article_id = %s",
}


def test_what_was_stored_is_equal(conn: psycopg.Connection, ids: list[int]) -> None:
    found = checking.check(conn)
    assert (found.rows, found.read, found.wrong) == (6, 6, 0)
    assert found.size > 0


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_difference_is_found_and_mended(conn: psycopg.Connection, ids: list[int], damage: str) -> None:
    whole = conn.execute("SELECT * FROM search ORDER BY article_id").fetchall()
    conn.execute(DAMAGE[damage], (ids[2],))
    assert getattr(checking.check(conn), damage) == 1
    checking.mend(conn)
    assert checking.check(conn).wrong == 0
    assert conn.execute("SELECT * FROM search ORDER BY article_id").fetchall() == whole


def test_a_day_that_is_counted_wrongly_is_found_and_mended(conn: psycopg.Connection, ids: list[int]) -> None:
    checking.check(conn)
    conn.execute("UPDATE daily SET stored = 7 WHERE day = '2026-11-02'")
    assert checking.check(conn).miscounted == 1
    checking.mend(conn)
    assert checking.check(conn).wrong == 0
