"""An article's words are there exactly as long as the article, whatever happens to it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg

from pipeline.store.search import daily, filling, months
from tests.cli.conftest import stored


def rows(conn: psycopg.Connection) -> list[tuple]:
    return conn.execute("SELECT article_id, at, day, words, language FROM search ORDER BY article_id").fetchall()


def found(conn: psycopg.Connection, query: str) -> list[int]:
    return [id_ for (id_,) in conn.execute("SELECT article_id FROM search WHERE tsv @@ %s::tsquery ORDER BY 1", (query,))]


def test_an_article_is_found_by_title_and_text(conn: psycopg.Connection) -> None:
    one = stored(conn, "http://a.example/1", title="Council meets")
    assert rows(conn) == [(one, datetime(2026, 11, 20, 12, 30, tzinfo=UTC), date(2026, 11, 20), 8, "en")]
    assert found(conn, "'council':A <-> 'meets':A") == [one]


def test_an_article_written_anew_is_found_by_its_new_words_only(conn: psycopg.Connection) -> None:
    one = stored(conn, "http://a.example/1", title="Council meets")
    moved = datetime(2025, 1, 2, tzinfo=UTC)
    assert stored(conn, "http://a.example/1", title="Mayor leaves", published_at=moved) == one
    assert found(conn, "'council':A") == []
    assert found(conn, "'mayor'") == [one]
    assert [(at, day) for _, at, day, _, _ in rows(conn)] == [(moved, date(2025, 1, 2))]


def test_an_article_that_goes_takes_its_words_along(conn: psycopg.Connection) -> None:
    one = stored(conn, "http://a.example/1")
    conn.execute("DELETE FROM articles WHERE id = %s", (one,))
    assert rows(conn) == []


def test_a_time_that_cannot_be_is_not_believed(conn: psycopg.Connection) -> None:
    stored(conn, "http://a.example/1", published_at=datetime(1246, 1, 1, tzinfo=UTC))
    stored(conn, "http://a.example/2", published_at=datetime(2031, 1, 1, tzinfo=UTC))
    stored(conn, "http://a.example/3", published_at=None)
    assert {day for _, _, day, _, _ in rows(conn)} == {date(2026, 11, 20)}  # that of the fetch


def test_a_day_is_the_publishers_own(conn: psycopg.Connection) -> None:
    stored(conn, "http://a.example/1", published_at=datetime(2026, 11, 19, 22, 0, tzinfo=UTC), published_offset_min=180)
    assert [day for _, _, day, _, _ in rows(conn)] == [date(2026, 11, 20)]


def test_earlier_articles_get_their_words_by_and_by(conn: psycopg.Connection) -> None:
    articles = [
        stored(conn, f"http://a.example/{n}", title=f"Number {n}", published_at=datetime(2020 + n, 1, 1, tzinfo=UTC)) for n in range(5)
    ]
    whole = conn.execute("SELECT * FROM search ORDER BY article_id").fetchall()
    conn.execute("UPDATE articles SET search_at = NULL, source_id = NULL")
    assert rows(conn) == []
    assert filling.missing(conn) == 5
    assert next(filling.fill(conn, 2)) == 2  # and is killed
    assert found(conn, "'number'") == articles[:2]
    assert list(filling.fill(conn, 2)) == [2, 1]
    assert conn.execute("SELECT * FROM search ORDER BY article_id").fetchall() == whole
    assert filling.missing(conn) == 0


def test_the_first_article_of_a_site_makes_its_source_and_the_longest_name_fits(conn: psycopg.Connection) -> None:
    conn.execute("INSERT INTO sources (name) VALUES ('a.example/sport')")
    one = stored(conn, "http://www.a.example/sport/cup")
    two = stored(conn, "http://news.a.example/sports")
    three = stored(conn, "http://news.a.example/x")
    named = "SELECT a.id, o.name FROM articles a JOIN search s ON s.article_id = a.id AND s.source_id = a.source_id JOIN sources o ON o.id = a.source_id"
    assert dict(conn.execute(named).fetchall()) == {one: "a.example/sport", two: "a.example", three: "a.example"}


def test_a_month_with_many_rows_gets_a_partition(conn: psycopg.Connection) -> None:
    for n in range(3):
        stored(conn, f"http://a.example/{n}", published_at=datetime(2019, 2, 1 + n, tzinfo=UTC))
    before = rows(conn)
    assert months.settle(conn, worth=4) == []
    assert months.settle(conn, worth=3) == ["search_2019_02"]
    assert rows(conn) == before
    assert conn.execute("SELECT count(*) FROM search_other").fetchone() == (0,)
    stored(conn, "http://a.example/9", published_at=datetime(2019, 2, 28, tzinfo=UTC))
    assert conn.execute("SELECT count(*) FROM search_2019_02").fetchone() == (4,)


def test_days_are_counted_by_source_and_language(conn: psycopg.Connection) -> None:
    one = stored(conn, "http://a.example/1")
    stored(conn, "http://a.example/2")
    stored(conn, "http://b.example/1", language="de", published_at=datetime(2026, 11, 19, tzinfo=UTC))
    assert daily.recount(conn) == 2
    counted = "SELECT d.day, o.name, d.language, d.stored FROM daily d JOIN sources o ON o.id = d.source_id ORDER BY 1"
    assert conn.execute(counted).fetchall() == [(date(2026, 11, 19), "b.example", "de", 1), (date(2026, 11, 20), "a.example", "en", 2)]
    conn.execute("DELETE FROM articles WHERE id = %s", (one,))
    assert daily.recount(conn) == 1
    assert conn.execute(counted).fetchall()[1][3] == 1
    assert daily.recount(conn) == 0


def test_a_text_of_very_many_words_is_stored(conn: psycopg.Connection) -> None:
    from pipeline.search.vector import vector

    text = " ".join(f"word{n}x" for n in range(300_000)) + " last"
    assert conn.execute("SELECT length(%s::tsvector) > 20000", (vector("Title", text),)).fetchone() == (True,)
    wide = " ".join("\U00010400" * 90 + chr(0x4E00 + n) for n in range(5000))
    conn.execute("SELECT %s::tsvector", (vector("Title", wide),))
    conn.execute("SELECT %s::tsvector", (vector("Title", "same " * 100_000),))
