"""prune."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from cli.commands.admin.prune import as_sentences
from pipeline.jobs import Page
from pipeline.store.articles import pages
from pipeline.store.articles.pages import Pruned
from tests.cli.conftest import Newsmill, ended, waiting

URL = "https://a.example/1"


def kept(conn: psycopg.Connection, link_id: int, age: str) -> None:
    """A page of this age."""
    pages.insert(conn, link_id, Page(URL, URL, 200, {}, (), b"<p>" * 100))
    conn.execute(
        "UPDATE pages SET fetched_at = now() - %s::interval WHERE id = (SELECT max(id) FROM pages)",
        (age,),
    )


def ages(conn: psycopg.Connection) -> list[int]:
    return [days for (days,) in conn.execute("SELECT extract(day FROM now() - fetched_at)::int FROM pages ORDER BY 1")]


@pytest.fixture
def link(conn: psycopg.Connection) -> int:
    return ended(conn, URL, "stored", "")


def test_the_setting_says_how_old_a_page_may_be(
    stack: Newsmill, conn: psycopg.Connection, link: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age in ("10 days", "89 days", "91 days", "400 days"):
        kept(conn, link, age)
    said = stack("prune")
    assert said.code == 0
    assert said.out.startswith("gone: 2 pages, ")
    assert ages(conn) == [10, 89]
    monkeypatch.setenv("NEWSMILL_STORE__KEEP_PAGES_DAYS", "30")
    assert stack("prune").out.startswith("gone: 1 page, ")
    assert ages(conn) == [10]


def test_another_age_may_be_given(stack: Newsmill, conn: psycopg.Connection, link: int) -> None:
    for age in ("1 hour", "3 hours", "3 days"):
        kept(conn, link, age)
    assert stack("prune", "--older-than", "2h").out.startswith("gone: 2 pages, ")
    assert ages(conn) == [0]
    assert "is not a length of time" in stack("prune", "--older-than", "soon").err


def test_a_dry_run_says_the_same_and_changes_nothing(stack: Newsmill, conn: psycopg.Connection, link: int) -> None:
    pages.make_partitions(conn, datetime(2020, 11, 15, tzinfo=UTC))
    kept(conn, link, "100 days")
    pages.insert(conn, link, Page(URL, URL, 200, {}, (), b"old"))
    conn.execute("UPDATE pages SET fetched_at = '2020-12-03+00' WHERE id = (SELECT max(id) FROM pages)")
    before = conn.execute("SELECT count(*) FROM pg_inherits").fetchone()
    would = stack("prune", "--dry-run").out
    assert would.startswith("would go: 2 pages, ")
    assert "whole months: 2020-11, 2020-12, 2021-01, 2021-02" in would
    assert len(ages(conn)) == 2
    assert conn.execute("SELECT count(*) FROM pg_inherits").fetchone() == before
    assert stack("prune").out == would.replace("would go", "gone")
    assert ages(conn) == []


def test_a_page_that_waits_for_its_extraction_stays_and_is_told(stack: Newsmill, conn: psycopg.Connection) -> None:
    link = waiting(conn, URL)
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract'")
    kept(conn, link, "100 days")
    assert stack("prune").out == "gone: 0 pages, 0 B\nkept: 1 page that waits for extraction\n"
    assert ages(conn) == [100]


def test_a_month_that_is_read_is_told() -> None:
    assert as_sentences(Pruned(busy=("pages_2026_05",), kept=2), dry_run=False)[1:] == [
        "kept: 2 pages that wait for extraction",
        "kept: the month 2026-05, because another process uses it now, such as an export; prune again later",
    ]
