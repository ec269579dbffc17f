"""reextract: stored pages through this version, and what that changes."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from pipeline import reextract
from pipeline.extract.model import EXTRACTOR
from pipeline.jobs import Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import pages
from pipeline.store.links import links
from tests.cli.conftest import Newsmill, end
from tests.cli.conftest import stored as put
from tests.extract.boilerplate import BOX, story
from tests.extract.pages import page as html
from workers.processes import child_pool

numbers = itertools.count()
EMPTY = "<html><body><p>Nothing.</p></body></html>"


def stored(conn: psycopg.Connection, url: str, body: str, **fields: object) -> int:
    """An article of an older version with its page. Returns its number."""
    article = put(conn, url, **fields)
    (link_id,) = conn.execute("SELECT link_id FROM articles WHERE id = %s", (article,)).fetchone() or (0,)
    pages.insert(conn, link_id, page(url, body))
    return article


def page(url: str, body: str) -> Page:
    return Page(url, url, 200, {"content-type": "text/html; charset=utf-8"}, (), body.encode())


def failed(conn: psycopg.Connection, url: str, body: str, code: str) -> int:
    """A link whose page gave no article to an older version. Returns its number."""
    number = links.enqueue(conn, [parse(url)])[0].id
    pages.insert(conn, number, page(url, body))
    end(conn, number, "failed", code)
    conn.execute("UPDATE links SET stage = 'extract' WHERE id = %s", (number,))
    return number


def texts(conn: psycopg.Connection) -> list[tuple]:
    return conn.execute("SELECT id, title, text, extractor FROM articles ORDER BY id").fetchall()


def an_archive(conn: psycopg.Connection) -> None:
    """Three articles that an older version read badly, one whose page was pruned, one whose page is none any more, two that failed."""
    for n in range(3):
        stored(conn, f"https://a.example/{n}", html((*story(n), BOX), title=f"Story {n} of the harbour"), title="An old title")
    put(conn, "https://a.example/pruned")
    stored(conn, "https://a.example/none", EMPTY)
    failed(conn, "https://a.example/found", html(tuple(story(7)), title="Found at last"), "no_content")
    failed(conn, "https://a.example/empty", EMPTY, "no_content")


def test_a_dry_run_says_what_would_change_and_changes_nothing(stack: Newsmill, conn: psycopg.Connection) -> None:
    an_archive(conn)
    before = texts(conn)
    said = stack("reextract", "--dry-run")
    assert said.code == 0, said.err
    assert texts(conn) == before
    assert conn.execute("SELECT count(*) FROM site_paragraphs").fetchone() == (0,)
    assert "7 links, and nothing was changed" in said.out
    assert "title An old title → Story 0 of the harbour" in said.out
    (report,) = stack("reextract", "--dry-run", "--json").objects
    assert report["outcomes"] == {"changed": 3, "pruned": 1, "refused": 1, "stored": 1, "still": 1}
    assert {"was": "no_content", "now": "stored", "links": 1} in report["verdicts"]
    assert {"was": "stored", "now": "no_content", "links": 1} in report["verdicts"]
    assert report["fields"]["title"] == 3


def test_pages_are_extracted_again_and_earlier_texts_kept(stack: Newsmill, conn: psycopg.Connection) -> None:
    an_archive(conn)
    (report,) = stack("reextract", "--json", "--processes", "1").objects
    assert (report["applied"], report["finished"], report["links"]) == (True, True, 7)
    now = {title: (text, extractor) for _, title, text, extractor in texts(conn)}
    assert now["Story 1 of the harbour"] == ("\n".join([*story(1), BOX]), EXTRACTOR)
    assert now["Story 2 of the harbour"] == ("\n".join(story(2)), EXTRACTOR), "the site is known from the third article on"
    assert "Found at last" in now
    assert conn.execute("SELECT count(*) FROM revisions").fetchone() == (3,)
    assert now["Council meets"][1] == "newsmill-1", "what is no article to this version stays as it was"
    assert conn.execute("SELECT state, count(*) FROM links GROUP BY 1 ORDER BY 1").fetchall() == [("failed", 1), ("stored", 6)]
    again = stack("reextract", "--json", "--processes", "1").objects[0]
    assert again["outcomes"] == {"changed": 2, "same": 2, "pruned": 1, "refused": 1, "still": 1}, "the first two are clean now as well"
    assert stack("reextract", "--json").objects[0]["outcomes"]["same"] == 4
    assert conn.execute("SELECT count(*) FROM articles WHERE dropped <> '[]'").fetchone() == (3,)


OLD = {"markdown": "''", "original_url": "'https://old.example/'", "image_width": "7", "published_precision": "'day'", "sources": "'{}'",
       "reservations": """'[{"name": "x", "value": "1", "source": "meta"}]'"""}  # fmt: skip


def test_what_differs_beside_the_text_is_written_too(stack: Newsmill, conn: psycopg.Connection) -> None:
    for n, _ in enumerate(OLD):
        stored(conn, f"https://a.example/{n}", html(tuple(story(n)), title=f"Story {n} of the harbour"))
    stack("reextract", "--processes", "1")
    now = [conn.execute(f"SELECT {column} FROM articles WHERE id = %s", (n + 1,)).fetchone() for n, column in enumerate(OLD)]
    for n, (column, value) in enumerate(OLD.items()):
        conn.execute(f"UPDATE articles SET {column} = {value} WHERE id = %s", (n + 1,))
    (report,) = stack("reextract", "--json", "--processes", "1").objects
    assert report["outcomes"] == {"changed": len(OLD)}
    assert [conn.execute(f"SELECT {column} FROM articles WHERE id = %s", (n + 1,)).fetchone() for n, column in enumerate(OLD)] == now


def test_diff_shows_how_a_text_has_changed(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, "https://a.example/1", html(("A paragraph that was there before. " * 5, *story(1)), title="Story 1"), title="Old")
    assert stack("diff", str(number)).out == f"the text of article {number} has never changed\n"
    stack("reextract")
    lines = stack("diff", "https://a.example/1").lines
    assert lines[0].endswith(" newsmill-1")
    assert lines[1].endswith(EXTRACTOR)
    assert {"-Old", "+Story 1", f"+{story(1)[0]}", "-It said nothing."} <= set(lines)
    assert [version["title"] for version in stack("diff", str(number), "--json").objects] == ["Old", "Story 1"]
    assert stack("diff", "4711").code == 1


def test_only_what_is_asked_for_is_extracted(stack: Newsmill, conn: psycopg.Connection) -> None:
    for host, n in itertools.product("ab", range(3)):
        stored(conn, f"https://{host}.example/{n}", html(tuple(story(n)), title=f"Story {n} of the harbour"))
    assert stack("reextract", "--host", "a.example", "--dry-run", "--json").objects[0]["links"] == 3
    assert stack("reextract", "--since", "2099-01-01", "--dry-run").out == "there is nothing to extract again\n"
    for count, finished in ((2, False), (2, False), (2, True)):
        report = stack("reextract", "--limit", "2", "--json").objects[0]
        assert (report["links"], report["finished"]) == (count, finished)
    assert {extractor for *_, extractor in texts(conn)} == {EXTRACTOR}


def test_a_link_that_a_worker_is_on_is_left_to_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    stored(conn, "https://a.example/1", html(tuple(story(1)), title="Story 1 of the harbour"))
    before = texts(conn)
    conn.execute("UPDATE links SET state = 'waiting', stage = 'fetch', recheck = true")
    assert stack("reextract").out == "there is nothing to extract again\n"
    assert texts(conn) == before


def test_a_page_that_kills_its_process_costs_that_page_alone(
    stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2):
        stored(conn, f"https://a.example/{n}", html(tuple(story(n)), title=f"Story {n} of the harbour"))
    (deadly,) = conn.execute("SELECT id FROM links WHERE url LIKE '%/0'").fetchone() or (0,)
    real = reextract.again

    def again(conn: psycopg.Connection, link_id: int, *arguments: Any, **options: Any) -> reextract.Outcome:
        if link_id == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(conn, link_id, *arguments, **options)

    monkeypatch.setattr(reextract, "again", again)  # before the children are forked
    report = stack("reextract", "--json", "--processes", "1").objects[0]
    assert report["outcomes"] == {"broken": 1, "changed": 1}
    assert report["verdicts"] == [{"was": "stored", "now": "extract_crashed", "links": 1}]


@pytest.mark.timeout(900)
def test_what_is_stopped_is_gone_on_with(settings: Settings, conn: psycopg.Connection) -> None:
    count = 60
    for n in range(count):
        stored(conn, f"https://a.example/{n}", html(tuple(story(n, length=60)), title=f"Story {n} of the harbour"))
    command = [sys.executable, "-c", "from cli.main import run; run()", "reextract", "--json", "--processes", "1"]
    env = {**os.environ, "NEWSMILL_DATABASE_URL": settings.database_url, "NEWSMILL_REDIS_URL": settings.redis_url}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 600
        done = 0
        while done < 3 and time.monotonic() < deadline:
            time.sleep(0.1)
            (done,) = conn.execute("SELECT count(*) FROM articles WHERE extractor = %s", (EXTRACTOR,)).fetchone() or (0,)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    (done,) = conn.execute("SELECT count(*) FROM articles WHERE extractor = %s", (EXTRACTOR,)).fetchone() or (0,)
    assert 3 <= done < count, "it was to be stopped in mid-work"
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    # Those that were under way are read once more.
    assert 0 <= json.loads(ended.stdout)["links"] - (count - done) <= child_pool.WAITING, ended
    assert conn.execute("SELECT count(*) FROM articles WHERE extractor = %s", (EXTRACTOR,)).fetchone() == (count,)
    assert conn.execute("SELECT count(*) FROM reextractions").fetchone() == (0,)
