"""People who ask with SQL: what they may, and that the examples of the document do what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.maintenance import sql_roles
from pipeline.store.maintenance.sql_roles import Refused, Role
from tests.cli.conftest import ended, stored
from tests.paths import REPOSITORY

DOCUMENT = (REPOSITORY / "docs/how-to/ask-with-sql.md").read_text(encoding="utf-8")
SHARE, RANDOM, REVISIONS, SPANISH, MISSING = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def analyst(settings: Settings, conn: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A connection of a role that asks with SQL. Roles are the whole server's, so its name is that of this database."""
    name = f"analyst_{conn.info.dbname}"
    password = sql_roles.add(conn, Role(name, 60, 2))
    with psycopg.connect(settings.database_url, user=name, password=password, autocommit=True) as reading:
        yield reading
    sql_roles.remove(conn, name)


@pytest.fixture
def archive(conn: psycopg.Connection) -> list[int]:
    """Four articles, one of them changed once, of a feed that has listed more."""
    feed, _ = feeds.add(conn, "https://a.example/feed")
    numbers = [
        stored(conn, f"https://{site}.example/{n}", title=title, language=language, published_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
        for n, (site, title, language) in enumerate([("a", "One", "en"), ("a", "Dos", "es"), ("b", "Tres", "es"), ("b", "Four", "en")])
    ]
    conn.execute(
        """
        INSERT INTO revisions (article_id, title, text, content_hash, extractor, fetched_at)
        SELECT id, 'Before', 'Nothing of it', content_hash, extractor, fetched_at - interval '1 h' FROM articles WHERE id = %s
        """,
        (numbers[0],),
    )
    ended(conn, "https://a.example/lost", "failed", "http_404", "The server answered 404.")
    ended(conn, "https://a.example/kept-out", "skipped", "robots_denied", "Its robots.txt says so.")
    conn.execute("INSERT INTO sightings (feed_id, link_id, title) SELECT %s, id, 'Listed' FROM links", (feed,))
    return numbers


def rows(conn: psycopg.Connection, statement: str) -> list[tuple[Any, ...]]:
    return conn.execute(statement).fetchall()


def test_the_share_of_a_word_a_day_and_source(analyst: psycopg.Connection, archive: list[int], conn: psycopg.Connection) -> None:
    found = [(str(day), source, mentions, articles, float(percent)) for day, source, mentions, articles, percent in rows(analyst, SHARE)]
    assert found == [("2026-11-20", "a.example", 2, 2, 100.0), ("2026-11-20", "b.example", 2, 2, 100.0)]
    found = [row[2:4] for row in rows(analyst, SHARE.replace("'council'", "'dos:A'"))]
    assert found == [(1, 2), (0, 2)]


def test_random_articles_are_the_same_each_time(analyst: psycopg.Connection, archive: list[int]) -> None:
    first = rows(analyst, RANDOM)
    assert sorted(row[0] for row in first) == archive
    assert rows(analyst, RANDOM) == first


def test_all_texts_of_an_article(analyst: psycopg.Connection, archive: list[int]) -> None:
    found = rows(analyst, REVISIONS.replace("article_id = 1", f"article_id = {archive[0]}"))
    assert [(version, latest, title) for version, latest, _, title, _ in found] == [(1, False, "Before"), (2, True, "One")]


def test_all_articles_of_a_language(analyst: psycopg.Connection, archive: list[int]) -> None:
    assert [row[3] for row in rows(analyst, SPANISH)] == ["Dos", "Tres"]


def test_what_is_missing_of_a_feed_and_why(analyst: psycopg.Connection, archive: list[int]) -> None:
    (feed,) = {row[0] for row in rows(analyst, "SELECT feed_id FROM sightings")}
    found = rows(analyst, MISSING.replace("feed_id = 1", f"feed_id = {feed}"))
    assert sorted((url, outcome, code, reason) for _, url, _, outcome, code, reason in found) == [
        ("https://a.example/kept-out", "skipped", "robots_denied", "Its robots.txt says so."),
        ("https://a.example/lost", "failed", "http_404", "The server answered 404."),
    ]
    assert rows(analyst, "SELECT count(*) FROM sightings WHERE outcome = 'stored' AND article_id IS NOT NULL") == [(4,)]


def test_the_day_is_that_of_search(analyst: psycopg.Connection, conn: psycopg.Connection) -> None:
    at = datetime(2026, 11, 19, 22, tzinfo=UTC)
    for n, (published, offset) in enumerate([(at, 180), (at, None), (None, None), (datetime(1246, 1, 1, tzinfo=UTC), 60), (datetime(2031, 1, 1, tzinfo=UTC), 60)]):  # fmt: skip
        stored(conn, f"https://a.example/{n}", published_at=published, published_offset_min=offset)
    assert rows(analyst, "SELECT count(*) FROM articles a JOIN words w ON w.article_id = a.id AND w.day = a.day") == [(5,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM public.articles",
        "SELECT options FROM public.feeds",
        "DELETE FROM articles",
        "SET default_transaction_read_only = off; UPDATE articles SET title = ''",
        "SET default_transaction_read_only = off; CREATE TABLE public.mine (x int)",
        "SET default_transaction_read_only = off; CREATE TABLE archive.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY articles TO PROGRAM 'cat'",
    ],
)
def test_the_role_reads_the_views_and_does_nothing_else(analyst: psycopg.Connection, statement: str) -> None:
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.ObjectNotInPrerequisiteState)
    with pytest.raises(refusals):
        analyst.execute(statement)
    for view in ("articles", "revisions", "sightings", "stories", "words"):
        assert rows(analyst, f"SELECT count(*) FROM {view}") == [(0,)]


def test_statements_are_ended_and_connections_are_few(analyst: psycopg.Connection, settings: Settings, conn: psycopg.Connection) -> None:
    assert rows(analyst, "SHOW statement_timeout") == [("1min",)]
    name = analyst.info.user
    password = sql_roles.add(conn, Role(name, 5, 1))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(settings.database_url, user=name, password=password)  # the one it has is taken
    assert [role for role in sql_roles.listing(conn) if role.name == name] == [Role(name, 5, 1)]


def test_a_role_that_newsmill_has_not_made_is_left_alone(conn: psycopg.Connection) -> None:
    with pytest.raises(Refused, match="there is a role newsmill that newsmill has not made"):
        sql_roles.add(conn, Role("newsmill", 60, 1))
    with pytest.raises(Refused, match="is no name of a role"):
        sql_roles.add(conn, Role('x"; DROP', 60, 1))
    assert not sql_roles.remove(conn, "newsmill")
