"""enqueue with archives and lists of addresses: what becomes of their records, and that a stopped import goes on where it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline import jobs
from pipeline.extract.model import EXTRACTOR
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.articles import articles, pages
from pipeline.store.extraction import extracting
from pipeline.store.links import links, trace
from tests.cli.conftest import Newsmill, ended, stored, waiting
from tests.inputs.archives import Archive, page

URL = "https://river.example/2019/ferry"
AT = datetime(2019, 5, 14, 8, 30, tzinfo=UTC)


def crawl(folder: Path, count: int = 1) -> Path:
    archive = Archive()
    for number in range(count):
        archive.add(f"{URL}-{number}", page(f"Ferry number {number}"))
    path = folder / "crawl.warc.gz"
    path.write_bytes(archive.bytes)
    return path


def extracted(conn: psycopg.Connection, settings: Settings, url: str) -> articles.Stored:
    """Do what a worker does with the page of a link."""
    link = links.find(conn, url)
    assert link
    (claim,) = conn.execute("SELECT dispatch_id FROM links WHERE id = %s", (link.id,)).fetchone() or (None,)
    job = extracting.start(conn, link.id, claim, settings, "w")
    assert job
    result = extract_step.extract_page(job, settings)
    extracting.stored(conn, replace(job, page=result.page), result.article, result.identity, EXTRACTOR, 0.1, settings)
    link = links.find(conn, url)
    assert link
    article = articles.get(conn, link.article_id or 0)
    assert article
    return article


def test_a_page_of_an_archive_becomes_an_article_with_the_archives_date(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    path = crawl(tmp_path)
    said = stack("enqueue", str(path))
    (link,) = links.listing(conn)
    assert (said.code, said.lines) == (0, [f"enqueued: {URL}-0 is link {link.id}"])
    article = extracted(conn, settings, f"{URL}-0")
    assert (article.title, article.final_url, article.fetched_at) == ("Ferry number 0", f"{URL}-0", AT)
    story = trace.trace(conn, f"{URL}-0")
    assert story
    assert f"read from the archive {path}" in stack("trace", f"{URL}-0").out


def test_an_old_page_is_pruned_by_when_it_came(stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    pages.make_partitions(conn)
    stack("enqueue", str(crawl(tmp_path)))
    extracted(conn, settings, f"{URL}-0")
    assert pages.prune(conn, 7).pages == 0
    (one,) = pages.export(conn)
    assert one.page.fetched_at == AT
    (now,) = conn.execute("SELECT now()").fetchone() or (None,)
    assert pages.prune(conn, 7, now + timedelta(days=8)).pages == 1


def test_archives_wait_behind_what_feeds_bring(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    stack("enqueue", str(crawl(tmp_path)))
    assert conn.execute("SELECT priority FROM links").fetchone() == (-10,)


def test_what_failed_starts_anew_and_what_is_stored_or_waits_stays(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    ended(conn, f"{URL}-0", "failed", "http_404")
    stored(conn, f"{URL}-1")
    waiting(conn, f"{URL}-2")
    said = stack("enqueue", str(crawl(tmp_path, 4)), "--json")
    assert [one["what"] for one in said.objects] == ["again", "stored", "waiting", "new"]
    assert pages.count(conn) == 2


def test_the_first_of_several_records_of_one_address_counts(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(Archive(compressed=False).add(URL, page("First")).add(URL, page("Second")).bytes)
    assert len(stack("enqueue", str(path)).lines) == 1
    (one,) = pages.export(conn)
    assert b"First" in one.page.body


def test_broken_records_are_told_and_what_is_no_page_is_counted(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    archive = Archive().add(URL, status="301 Moved").add(f"{URL}-0", page()).add(f"{URL}-1", page())
    path.write_bytes(archive.bytes[:-50])
    said = stack("enqueue", str(path))
    assert said.code == 1
    assert said.err.splitlines() == [
        f"refused: byte {archive.places[2]}: {path}: The record cannot be read: it ends before it is complete. (bad_record)",
        "Archive records that are not article pages were skipped: 1 http_301.",
    ]
    assert [link.url for link in links.listing(conn)] == [f"{URL}-0"]
    told = stack("enqueue", str(path), "--json").objects[0]
    assert (told["what"], told["code"], told["byte"], told["line"]) == ("refused", "bad_record", archive.places[2], None)


def test_folders_give_their_archives(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    (tmp_path / "crawls").mkdir()
    crawl(tmp_path / "crawls")
    (tmp_path / "crawls" / "list.csv").write_text("url\nhttps://a.example/1\n")
    stack("enqueue", str(tmp_path / "crawls"))
    assert [link.url for link in links.listing(conn)] == [f"{URL}-0"]


def test_what_a_list_says_counts_where_the_page_says_nothing(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    url = "https://river.example/plain"
    (tmp_path / "list.csv").write_text(f"url,published,title,source\n{url},2026-11-20T10:00:00Z,Of the list,The River Post\nnot,,,\n")
    said = stack("enqueue", str(tmp_path / "list.csv"))
    assert said.code == 1
    assert said.err.startswith("refused: line 3: not: ")
    (link,) = links.listing(conn)
    assert (link.url, link.stage) == (url, "fetch")
    body = page("From the page").replace(b"<h1>From the page</h1>", b"")
    pages.insert(conn, link.id, jobs.Page(url, url, 200, {"content-type": "text/html"}, (), body))
    conn.execute("UPDATE links SET state = 'dispatched', stage = 'extract', dispatch_id = gen_random_uuid(), lease_until = now()")
    article = extracted(conn, settings, url)
    assert (article.title, article.published_at) == ("From the page", datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert (article.site_name, article.sources["site_name"], article.sources["published_at"]) == ("The River Post", "list", "list")


def left(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    """All that an import leaves behind, but for numbers and times."""
    return conn.execute(
        """
        SELECT l.url, l.state, l.priority, p.sha256, p.archived_at, g.title,
               (SELECT count(*) FROM attempts t WHERE t.link_id = l.id), (SELECT count(*) FROM imports)
        FROM links l LEFT JOIN pages p ON p.link_id = l.id LEFT JOIN given_hints g ON g.link_id = l.id ORDER BY l.url, p.id
        """
    ).fetchall()


def a_list(folder: Path, count: int) -> Path:
    path = folder / "list.jsonl"
    path.write_text("".join(json.dumps({"url": f"{URL}-{number}", "title": f"Title {number}"}) + "\n" for number in range(count)))
    return path


@pytest.mark.parametrize("make", [crawl, a_list])
def test_a_killed_import_goes_on_where_it_was_and_ends_as_one_that_was_not(
    make: Any, stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL in the middle of the second batch, before and after its transaction."""
    path = make(tmp_path, 10)
    monkeypatch.setattr("cli.commands.links.sources.DOCUMENTS", 3)
    monkeypatch.setattr("cli.commands.links.sources.BATCH", 3)
    assert stack("enqueue", str(path)).code == 0
    conn.execute("UPDATE links SET state = 'waiting', stage = 'fetch', dispatch_id = NULL, lease_until = NULL WHERE state = 'dispatched'")
    undisturbed = left(conn)
    assert len(undisturbed) == 10
    for when in ("before", "within", "after"):
        conn.execute("TRUNCATE links, pages, hosts CASCADE")
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, when, str(path)], env=os.environ, capture_output=True, text=True, check=False
        )
        assert killed.returncode == -9, killed.stderr
        (done,) = conn.execute("SELECT count(*) FROM links").fetchone() or (0,)
        assert done == (6 if when == "after" else 3)
        said = stack("enqueue", str(path), "--json")
        assert [one["what"] for one in said.objects] == ["new"] * (10 - done)
        conn.execute(
            "UPDATE links SET state = 'waiting', stage = 'fetch', dispatch_id = NULL, lease_until = NULL WHERE state = 'dispatched'"
        )
        assert left(conn) == undisturbed


KILLED = """
import os, signal, sys
from cli.commands.links import sources
from pipeline.store.links import imports
from workers import dispatch, intake
sources.DOCUMENTS = sources.BATCH = 3
when, path = sys.argv[1:]
calls = []

def second(real):
    def wrapped(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            real(*arguments, **named) if when == "within" else None
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return wrapped

if when == "before":
    intake.take_in = second(intake.take_in)
elif when == "within":
    imports.note_reached = second(imports.note_reached)
else:
    dispatch.extract_now = second(dispatch.extract_now)
    dispatch.fetch_now = second(dispatch.fetch_now)
from cli.main import app
app(["enqueue", path])
"""


def test_an_import_that_is_done_begins_anew(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    path = crawl(tmp_path, 2)
    stack("enqueue", str(path))
    assert [one["what"] for one in stack("enqueue", str(path), "--json").objects] == ["waiting", "waiting"]
