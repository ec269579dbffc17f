"""show and export."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from warcio.archiveiterator import ArchiveIterator

from cli.commands.articles.csv_cells import cell
from pipeline.extract.html.blocks import of_lines, of_markup
from pipeline.extract.model import Dropped, Reservation
from pipeline.feeds import opml
from pipeline.jobs import Page
from pipeline.store.articles import pages
from pipeline.store.feeds import feeds
from tests.cli.conftest import TEXT, Newsmill, ended, stored, waiting
from tests.paths import CONFORMANCE

URL = "https://a.example/1"
FIELDS = [
    "id",
    "url",
    "final_url",
    "canonical_url",
    "url_key",
    "title",
    "authors",
    "published_at",
    "modified_at",
    "text",
    "language",
    "site_name",
    "summary",
    "image_url",
    "tags",
    "word_count",
    "content_hash",
    "story_id",
    "feed_urls",
    "fetched_at",
    "extractor",
    "flags",
    "reservations",
    "markdown",
    "duplicate_of",
    "published_precision",
    "modified_precision",
    "section",
    "agencies",
    "original_publisher",
    "original_url",
    "licence",
    "access",
    "image_width",
    "image_height",
    "published_local",
    "modified_local",
    "sources",
    "link_id",
    "canonical_rejected",
    "checked_at",
    "dropped",
    "published_offset_min",
    "modified_offset_min",
]


def test_show_prints_the_article(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL)
    by_number, by_url = stack("show", str(number)), stack("show", URL)
    assert by_number == by_url
    assert by_number.out.endswith(f"\n\n{TEXT}\n")
    assert "authors:   Ann Ash; Bo Beech" in by_number.out


def test_show_as_json(stack: Newsmill, conn: psycopg.Connection) -> None:
    (found,) = stack("show", str(stored(conn, URL)), "--json").objects
    assert list(found) == FIELDS
    assert found["sources"] == {"title": "json-ld"}


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"published_precision": "day"}, "published: 2026-11-20 site:"),
        ({"published_precision": "zone_assumed"}, "UTC assumed"),
        ({"original_publisher": "Isles Dispatch", "original_url": "https://isles.example/1"}, "first at:   Isles Dispatch https://isles.example/1"),
        ({"agencies": ("AFP",)}, "agencies:   AFP"),
        ({"section": "Town"}, "section:    Town"),
        ({"licence": "https://creativecommons.org/licenses/by/4.0/"}, "licence:    https://creativecommons.org/licenses/by/4.0/"),
        ({"access": "paid"}, "access:     paid"),
        ({"image_url": "https://a.example/i.jpg", "image_width": 1200, "image_height": 675}, "i.jpg (1200 × 675)"),
    ],
)  # fmt: skip
def test_show_says_what_is_known_beyond_the_text(stack: Newsmill, conn: psycopg.Connection, fields: dict[str, Any], line: str) -> None:
    said = stack("show", str(stored(conn, URL, **fields))).out
    assert " ".join(line.split()) in " ".join(said.split())


def test_show_gives_the_markdown_alone(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL, blocks=of_markup("<h2>The vote</h2><ul><li>Nineteen for it</li><li>Eleven against it</li></ul>"))
    assert stack("show", str(number), "--markdown").out == "## The vote\n\n- Nineteen for it\n- Eleven against it\n"


def test_show_gives_what_was_left_out(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL, dropped=(Dropped(0, "Share this story."), Dropped(3, "Please donate.")))
    assert stack("show", str(number), "--dropped").lines == ["Share this story.", "Please donate."]
    assert "2 paragraphs of the site" in stack("show", str(number)).out
    (found,) = stack("show", str(number), "--json").objects
    assert found["dropped"][1] == {"at": 3, "text": "Please donate."}


def test_show_says_why_there_is_no_article(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = ended(conn, URL, "failed", "http_404", "The server answered 404.")
    said = stack("show", URL)
    assert said.code == 1
    assert (
        said.err
        == f"There is no article of link {number}, {URL}: it is failed (http_404: The server answered 404.); `newsmill trace link {number}` tells the whole story.\n"
    )
    assert stack("show", "4711").code == 1
    assert stack("show", "https://a.example/else").err.startswith("newsmill has never heard of")


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


FORMULAS = [json.loads(line)["payload"] for line in (CONFORMANCE / "web" / "csv_formulas.jsonl").open()]


@pytest.mark.parametrize("payload", FORMULAS)
def test_a_formula_comes_out_as_text_and_a_number_as_a_number(payload: str) -> None:
    assert cell(payload) == "'" + payload.replace("\r", "\ufffd").replace("\0", "\ufffd")
    assert cell(-5) == -5


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠"))
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    shown = "\ufffd" if start in "\r\0" else start
    assert cell(f"{start}1") == f"'{shown}1"
    assert cell([f"{start}1", "b"]) == f"'{shown}1; b"


@pytest.mark.parametrize(
    "before",
    [
        "\xa0",
        "\u200b",
        "\ufeff",
        "\u2028",
        "|",
        " |",
        "\u3000",
        "\u2003",
        "\u00ad",
        "\u200e",
        "\u2060",
        "\u180e",
        "\x9b",
        "\ufe0f",
        '";, \xa0',
    ],
)
@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
def test_a_formula_behind_what_is_not_seen_is_made_text(before: str, sign: str) -> None:
    assert str(cell(f"{before}{sign}cmd|' /C calc'!A0")).startswith("'")


@pytest.mark.parametrize("text", ["A title", "5 – 3", "“Quoted”", "«=»", "a|b", "نص", "é", "–5", "…"])
def test_what_no_spreadsheet_would_run_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (-5, -5),
        ("a=b", "a=b"),
        ("", ""),
        (["a", "b"], "a; b"),
        ([], ""),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
    ],
)
def test_other_cells_stay_as_they_are(value: object, expected: object) -> None:
    assert cell(value) == expected


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

    monkeypatch.setattr("pipeline.store.articles.articles.export", broken)
    assert stack("export", "-o", str(file)).code == 1
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_feeds_as_opml(stack: Newsmill, conn: psycopg.Connection) -> None:
    feeds.add(conn, "https://a.example/feed?a=1&b=2", title="A & B", tags=["x"], site_url="https://a.example/")
    outlines, problems = opml.read(stack("export", "--format", "opml").out.encode())
    assert problems == []
    assert [(o.url, o.title, o.site_url) for o in outlines] == [("https://a.example/feed?a=1&b=2", "A & B", "https://a.example/")]


def page(conn: psycopg.Connection, url: str, body: bytes) -> None:
    pages.insert(conn, waiting(conn, url), Page(url, url, 200, {}, (), body, raw_headers=(("Content-Type", "text/html"),)))


def bodies(data: bytes) -> list[tuple[str, bytes]]:
    """Address and body of the pages in a WARC file. Raises where a digest does not fit."""
    records = ArchiveIterator(io.BytesIO(data), check_digests="raise")
    return [(r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read()) for r in records if r.rec_type == "response"]


def test_pages_as_warc(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    found = [(f"https://a.example/{number}", b"<p>%d" % number) for number in range(50)]
    for url, body in found:
        page(conn, url, body)
    file = tmp_path / "pages.warc.gz"
    said = stack("export", "--format", "warc", "--output", str(file))
    assert (said.code, said.out) == (0, "")
    assert bodies(file.read_bytes()) == found
    assert [path.name for path in tmp_path.iterdir()] == ["pages.warc.gz"]


def test_a_warc_file_is_compressed_where_its_name_says_so(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    page(conn, URL, b"<p>1")
    for name, start in (("a.warc", b"WARC/1.1\r\n"), ("a.warc.gz", b"\x1f\x8b")):
        stack("export", "--format", "warc", "--output", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(start)


def test_warc_since_counts_by_the_time_of_the_fetch(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    for number in (1, 2):
        page(conn, f"https://a.example/{number}", b"<p>%d" % number)
    conn.execute("UPDATE pages SET fetched_at = now() - interval '3 days' WHERE id = (SELECT min(id) FROM pages)")
    file = tmp_path / "pages.warc.gz"
    for since, expected in (("2d", [b"<p>2"]), ("4d", [b"<p>1", b"<p>2"])):
        stack("export", "--format", "warc", "--since", since, "-o", str(file))
        assert sorted(body for _, body in bodies(file.read_bytes())) == expected


def test_warc_goes_to_standard_output_as_it_is(stack: Newsmill, conn: psycopg.Connection) -> None:
    page(conn, URL, b"<p>\xff\r\n")
    command = [sys.executable, "-c", "from cli.main import run; run()", "export", "--format", "warc"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert bodies(done.stdout) == [(URL, b"<p>\xff\r\n")]


def test_warc_is_not_poured_on_a_terminal(stack: Newsmill) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from cli.main import run; run()", "export", "--format", "warc"]
    try:
        done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 1
    assert done.stderr == b"A WARC file is not for the terminal; name a file with --output, such as pages.warc.gz.\n"


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
