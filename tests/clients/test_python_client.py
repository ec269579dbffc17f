"""The Python client against the real web process: its numbers are those of the archive."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection

from pipeline.settings import Settings
from tests.paths import REPOSITORY
from tests.web.rows import NOW, add_article, add_known_link, article_of
from tests.web.served import served

sys.path.insert(0, str(REPOSITORY / "clients/python"))
from newsmill_client import Archive, NewsmillError


@pytest.fixture
def archive(settings: Settings, conn: Connection) -> Iterator[Archive]:
    """An archive with five articles about a budget and two others."""
    for n in range(7):
        url = f"https://{'a' if n % 2 else 'b'}.example/{n}"
        text = f"The budget number{n}." if n < 5 else "Rain."
        add_article(conn, add_known_link(conn, url), article_of(text, "", published_at=NOW - timedelta(days=n)), url=url)
    add_known_link(conn, "https://a.example/gone", state="failed", code="http_404", detail="The server answered 404.")
    with served(settings) as address:
        yield Archive(f"{address}/")


def test_every_number_is_the_same(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsmill_client.archive.PAGE", 2)
    count = archive.count("budget")
    assert (count.total, count.exact, count.query) == (5, True, "budget")
    assert len(list(archive.search("budget"))) == 5
    assert len(list(archive.search("budget", limit=3))) == 3
    assert sum(row["articles"] for row in archive.over_time("budget")) == 5
    assert {row["source"]: row["articles"] for row in archive.top("budget", share=True)} == {"b.example": 3, "a.example": 2}
    file = tmp_path / "all.jsonl"
    assert archive.export("budget", file) == file.stat().st_size
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 5
    assert archive.article(lines[0]["id"]) == lines[0]
    assert archive.text(lines[0]["id"]) == lines[0]["text"]
    assert list(archive.sample("budget", 3, seed="x")) == list(archive.sample("budget", 3, seed="x"))
    assert archive.explain("Budget")["query"] == "budget"
    assert len(archive.revisions(lines[0]["id"])) == 1


def test_addresses_are_looked_up_and_traced(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsmill_client.archive.LOOKED_UP", 2)
    found = archive.lookup(["https://a.example/1", "https://a.example/gone", "https://a.example/never"])
    assert [(one["state"], one["code"]) for one in found] == [("stored", ""), ("failed", "http_404"), ("unknown", "")]
    assert archive.trace("https://a.example/gone")["link"]["code"] == "http_404"
    with pytest.raises(NewsmillError) as refused:
        archive.trace("https://a.example/never")
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_query_that_cannot_be_run_says_why(archive: Archive) -> None:
    with pytest.raises(NewsmillError, match="not closed") as refused:
        archive.count("(budget")
    assert refused.value.code == "bad_query"


def test_a_wrong_token_is_refused(archive: Archive) -> None:
    with pytest.raises(NewsmillError) as refused:
        Archive(archive.connection.url, token="nm_wrong").count()
    assert refused.value.code == "bad_token"
