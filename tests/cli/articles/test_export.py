"""`newsmill export`: articles as JSON lines and CSV, feeds as OPML."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import psycopg
import pytest

from pipeline.extract.html.blocks import of_lines
from pipeline.extract.model import Reservation
from pipeline.feeds import opml
from pipeline.store.feeds import feeds
from tests.cli.articles.exported import FIELDS
from tests.cli.conftest import Newsmill, stored

URL = "https://a.example/1"


def test_jsonl_has_the_fields_that_programs_count_on_in_order(stack: Newsmill, conn: psycopg.Connection) -> None:
    stored(conn, URL, title="Grüße “hier”\u2028dort")
    said = stack("export")
    assert said.code == 0
    (line,) = said.out.splitlines()
    found = json.loads(line)
    assert list(found) == FIELDS
    assert found["title"] == "Grüße “hier”\u2028dort"
    assert "Grüße" in line
    assert found["published_at"] == "2026-11-20T12:30:00Z"
    assert (found["modified_at"], found["authors"], found["feed_urls"]) == (None, ["Ann Ash", "Bo Beech"], [])
    assert (len(found["url_key"]), len(found["content_hash"])) == (64, 64)


def test_csv_can_be_read_back_and_holds_no_formula(stack: Newsmill, conn: psycopg.Connection) -> None:
    stored(conn, URL, title="=HYPERLINK(1)", authors=("@home", "B"), blocks=of_lines(['He said "no",', "and left"]))
    header, row = csv.reader(io.StringIO(stack("export", "--format", "csv").out, newline=""))
    assert header == FIELDS
    found = dict(zip(header, row, strict=True))
    assert (found["title"], found["authors"], found["tags"]) == ("'=HYPERLINK(1)", "'@home; B", "council; river")
    assert found["text"] == 'He said "no",\nand left'
    assert (found["modified_at"], found["word_count"]) == ("", "8")


def test_an_empty_archive_gives_an_empty_export(stack: Newsmill) -> None:
    assert stack("export").out == ""
    assert stack("export", "--format", "csv").out == ",".join(FIELDS) + "\n"


def test_since_leaves_out_what_was_stored_before(stack: Newsmill, conn: psycopg.Connection) -> None:
    old = stored(conn, URL)
    new = stored(conn, "https://a.example/2")
    conn.execute("UPDATE articles SET created_at = '2026-01-05 12:00+00' WHERE id = %s", (old,))
    conn.execute("UPDATE articles SET created_at = now() - interval '1 hour' WHERE id = %s", (new,))
    for since, expected in (
        ("2026-01-05", [old, new]),
        ("2026-01-05T12:00:01Z", [new]),
        ("2026-01-05T13:00:01+02:00", [old, new]),
        ("2h", [new]),
        ("30m", []),
    ):
        assert [found["id"] for found in stack("export", "--since", since).objects] == expected


def test_a_file_is_written_whole(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    stored(conn, URL, title="Ü")
    file = tmp_path / "out.jsonl"
    said = stack("export", "--output", str(file))
    assert (said.code, said.out) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))["title"] == "Ü"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(stack: Newsmill) -> None:
    said = stack("export", "--output", "no/such/folder/out.csv")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "No such file or directory" in said.err


def test_an_export_that_breaks_off_leaves_the_old_file(stack: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("old")

    def broken(*_: object) -> None:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr("pipeline.store.articles.exporting.pages", broken)
    assert stack("export", "-o", str(file)).code == 1
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_feeds_as_opml(stack: Newsmill, conn: psycopg.Connection) -> None:
    feeds.add(conn, "https://a.example/feed?a=1&b=2", title="A & B", tags=["x"], site_url="https://a.example/")
    outlines, problems = opml.read(stack("export", "--format", "opml").out.encode())
    assert problems == []
    assert [(o.url, o.title, o.site_url) for o in outlines] == [("https://a.example/feed?a=1&b=2", "A & B", "https://a.example/")]


def test_reservations_are_exported_and_reserved_articles_can_be_left_out(stack: Newsmill, conn: psycopg.Connection) -> None:
    reserved = Reservation("tdm-reservation", "1", "header:tdm-reservation")
    stored(conn, "https://news.example/open")
    stored(conn, "https://news.example/reserved", flags=("tdm_reserved",), reservations=(reserved,))
    every = stack("export", "--format", "jsonl").objects
    assert [one["reservations"] for one in every] == [[], [dataclasses.asdict(reserved)]]
    assert "tdm-reservation: 1" in stack("export", "--format", "csv").out
    assert [one["url"] for one in stack("export", "--exclude-reserved").objects] == ["https://news.example/open"]
    said = stack("export", "--format", "opml", "--exclude-reserved")
    assert said.code == 2
    assert "--exclude-reserved" in said.err
