"""Asking the archive from the command line."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import psycopg
import pytest

from tests.cli.conftest import Newsmill, stored


def out(newsmill: Newsmill, *arguments: str) -> str:
    said = newsmill(*arguments)
    assert said.code == 0, said.err
    return said.out


def said(newsmill: Newsmill, *arguments: str) -> str:
    return out(newsmill, *arguments).strip()


@pytest.fixture
def archive(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    for n in range(4):
        day = datetime(2026, 11, 1 + n * (n > 1), 12, tzinfo=UTC)
        stored(conn, f"http://www.a.example/{n}", title=f"Council meets {n}", published_at=day, authors=("Ann Ash",))
    stored(
        conn,
        "http://b.example/1",
        title="Bürgermeister tritt zurück",
        language="de",
        published_at=datetime(2026, 11, 3, tzinfo=UTC),
        authors=("Bo",),
    )
    return stack


def test_articles_are_found_newest_first(archive: Newsmill) -> None:
    lines = [json.loads(line) for line in out(archive, "search", "title:council", "--json").splitlines()]
    assert [line["title"] for line in lines] == ["Council meets 3", "Council meets 2", "Council meets 1", "Council meets 0"]
    assert lines[0]["day"] == "2026-11-04"
    assert lines[0]["source"] == "a.example"
    assert "Bürgermeister" in out(archive, "search", "burgermeister")
    assert said(archive, "search", "nothing-like-it") == "No matching articles."


def test_a_query_may_be_filters_alone(archive: Newsmill) -> None:
    assert len(out(archive, "search", "source:b.example language:de", "--json").splitlines()) == 1
    assert len(out(archive, "search", "NOT source:b.example", "--all", "--json").splitlines()) == 4


def test_counts_agree_with_each_other(archive: Newsmill) -> None:
    by_day = json.loads(out(archive, "count", "title:council", "--by", "day", "--json"))
    assert [(row["key"], row["articles"]) for row in by_day["rows"]] == [
        ("2026-11-01", 2),
        ("2026-11-02", 0),
        ("2026-11-03", 1),
        ("2026-11-04", 1),
    ]
    assert by_day["total"] == 4 == sum(row["articles"] for row in by_day["rows"])
    assert by_day["relation"] == "exact"
    assert len(out(archive, "search", "title:council", "--all", "--csv").splitlines()) == 1 + 4
    assert said(archive, "count", "title:council") == "4 articles"


def test_counts_by_what_articles_are(archive: Newsmill) -> None:
    def rows(by: str) -> dict[str, int]:
        return {row["key"]: row["articles"] for row in json.loads(out(archive, "count", "", "--by", by, "--json"))["rows"]}

    assert rows("source") == {"a.example": 4, "b.example": 1}
    assert rows("language") == {"en": 4, "de": 1}
    assert rows("author") == {"Ann Ash": 4, "Bo": 1}
    assert rows("tag") == {"council": 5, "river": 5}
    assert rows("week") == {"2026-10-26": 2, "2026-11-02": 3}
    assert rows("month") == {"2026-11-01": 5}
    assert rows("country") == {"": 5}


def test_a_share_is_of_the_same_days_and_sources(archive: Newsmill) -> None:
    table = list(csv.DictReader(io.StringIO(out(archive, "count", "title:council", "--by", "day", "--share", "--csv"))))
    assert [(row["articles"], row["of"], row["share"]) for row in table] == [
        ("2", "2", "1.0"),
        ("0", "0", ""),
        ("1", "2", "0.5"),
        ("1", "1", "1.0"),
    ]
    table = list(csv.DictReader(io.StringIO(out(archive, "count", "title:council source:a.example", "--by", "day", "--share", "--csv"))))
    assert [row["share"] for row in table] == ["1.0", "", "1.0", "1.0"]


def test_the_same_seed_gives_the_same_sample(archive: Newsmill) -> None:
    first = out(archive, "sample", "", "-n", "3", "--seed", "x", "--json")
    assert out(archive, "sample", "", "-n", "3", "--seed", "x", "--json") == first
    assert len(first.splitlines()) == 3


def test_typical_words_and_explanations(archive: Newsmill) -> None:
    words = json.loads(out(archive, "words", "source:a.example", "--json"))
    assert words["sample"] == 4
    explained = json.loads(out(archive, "explain", "title:Council -language:de", "--json"))
    assert explained["query"] == "title:council AND NOT language:de"
    assert explained["led_by"] == "words"


def test_all_forms_of_a_word_are_asked_for_by_option(archive: Newsmill) -> None:
    assert said(archive, "count", "meeting") == "0 articles"
    explained = json.loads(out(archive, "explain", "meeting", "--forms", "en", "--json"))
    assert explained["query"] == "meeting OR meets"
    assert said(archive, "count", "meeting", "--forms", "en") == "4 articles"


def test_what_is_wrong_is_said_with_its_place(archive: Newsmill) -> None:
    failed = archive("count", 'council OR "mayor')
    assert failed.code == 2
    assert 'This quote is not closed; write another " at the end of the phrase. (character 12: ")' in failed.err
    assert "Note: There is no source 'z.example' in this archive." in archive("count", "source:z.example").err
    assert "for the operator write OR" in archive("count", "a or b").err


def test_articles_of_earlier_versions_are_found_after_reindex(archive: Newsmill, conn: psycopg.Connection) -> None:
    conn.execute("UPDATE articles SET search_at = NULL")
    assert "5 articles of earlier versions" in archive("count", "title:council").err
    assert "5 articles made searchable" in out(archive, "reindex")
    assert said(archive, "reindex") == "all articles are searchable"
    assert said(archive, "reindex", "--all") == "5 articles made searchable"
    assert said(archive, "count", "title:council") == "4 articles"
