"""`newsmill export --format warc`: the pages as they came."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import psycopg
from warcio.archiveiterator import ArchiveIterator

from pipeline.jobs import Page
from pipeline.store.articles import pages
from tests.cli.conftest import Newsmill, waiting

URL = "https://a.example/1"


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
    assert done.stderr == b"A WARC file cannot be shown on a terminal; name a file with --output, such as pages.warc.gz.\n"
