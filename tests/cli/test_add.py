"""add and import: feeds found, refused, known."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from pipeline.store import feeds
from tests.cli.conftest import Newsmill

FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>River Post</title><link>http://river.example/</link><description>News</description>
<item><title>One</title><link>http://river.example/1</link><guid>1</guid></item>
<item><title>Two</title><link>http://river.example/2</link><guid>2</guid></item></channel></rss>"""


def page(*links: str) -> bytes:
    heads = "".join(f'<link rel="alternate" type="application/rss+xml" title="Feed {href}" href="{href}">' for href in links)
    return f"<!doctype html><html><head><title>A site</title>{heads}</head><body><p>Hello</p></body></html>".encode()


PAGES = {
    "/feed": (200, "application/rss+xml", FEED),
    "/other": (200, "text/xml", FEED),
    "/one": (200, "text/html", page("/feed")),
    "/several": (200, "text/html", page("/feed", "/other", "/third")),
    "/none": (200, "text/html", page()),
    "/moved": (301, "/feed", b""),
    "/elsewhere": (302, "/feed", b""),
    "/broken": (503, "text/html", b"later"),
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body = PAGES.get(self.path, (404, "text/html", b"not here"))
        self.send_response(status)
        self.send_header("Location" if status in (301, 302) else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def urls(conn: psycopg.Connection) -> list[str]:
    return sorted(feed.url for feed in feeds.listing(conn))


def test_a_feed_is_added_with_what_it_says_of_itself(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    said = stack("add", f"{site}/feed", "--tag", "local", "--tag", "daily")
    (feed,) = feeds.listing(conn)
    assert (said.code, said.out) == (0, f"added: {site}/feed is feed {feed.id} (River Post, 2 entries)\n")
    assert (feed.title, feed.site_url, feed.tags) == ("River Post", "http://river.example/", ["local", "daily"])


def test_what_is_known_is_not_fetched_again(stack: Newsmill, conn: psycopg.Connection) -> None:
    number, _ = feeds.add(conn, "http://127.0.0.1:1/feed")
    said = stack("add", "http://127.0.0.1:1/feed")
    assert (said.code, said.out) == (0, f"known: http://127.0.0.1:1/feed is feed {number}\n")


def test_the_only_feed_of_a_site_is_found(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    assert stack("add", f"{site}/one").code == 0
    assert urls(conn) == [f"{site}/feed"]


@pytest.mark.parametrize(("option", "found"), [("--first", ["/feed"]), ("--all", ["/feed", "/other", "/third"])])
def test_of_several_feeds_the_wanted_ones_are_taken(
    stack: Newsmill, conn: psycopg.Connection, site: str, option: str, found: list[str]
) -> None:
    assert stack("add", f"{site}/several", option).code == 0
    assert urls(conn) == [site + path for path in found]


def test_several_feeds_are_listed_where_nobody_can_be_asked(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    said = stack("add", f"{site}/several")
    assert said.code == 1
    assert [f"{site}{path}" in said.out for path in ("/feed", "/other", "/third")] == [True] * 3
    assert "--first or --all" in said.err
    assert urls(conn) == []


@pytest.mark.parametrize(
    ("answer", "found"), [("\n", ["/feed"]), ("2,3\n", ["/other", "/third"]), ("all\n", ["/feed", "/other", "/third"]), ("none\n", [])]
)
def test_a_person_is_asked(
    stack: Newsmill, conn: psycopg.Connection, site: str, monkeypatch: pytest.MonkeyPatch, answer: str, found: list[str]
) -> None:
    monkeypatch.setattr("cli.add.somebody_is_there", lambda: True)
    assert stack("add", f"{site}/several", given=answer).code == 0
    assert urls(conn) == [site + path for path in found]


def test_an_answer_that_names_no_feed_adds_none(
    stack: Newsmill, conn: psycopg.Connection, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.add.somebody_is_there", lambda: True)
    for answer in ("9\n", "0\n", "-1\n", "x\n"):
        assert stack("add", f"{site}/several", given=answer).code == 1
    assert urls(conn) == []


@pytest.mark.parametrize(("path", "why"), [("/none", "names no feed"), ("/missing", "404"), ("/broken", "503")])
def test_what_is_no_feed_is_not_added_and_the_reason_said(
    stack: Newsmill, conn: psycopg.Connection, site: str, path: str, why: str
) -> None:
    said = stack("add", f"{site}{path}", f"{site}/feed")
    assert said.code == 1
    assert said.err.startswith(f"not added: {site}{path}: ")
    assert why in said.err
    assert len(said.err.splitlines()) == 1
    assert urls(conn) == [f"{site}/feed"]


@pytest.mark.parametrize("bad", ["ftp://a.example/feed", "http://10.0.0.1/feed", "https://exa mple/feed"])
def test_what_must_not_be_fetched_is_refused(stack: Newsmill, conn: psycopg.Connection, bad: str) -> None:
    said = stack("add", bad)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert urls(conn) == []


def test_no_check_adds_without_fetching(stack: Newsmill, conn: psycopg.Connection) -> None:
    assert stack("add", "http://127.0.0.1:1/feed", "--no-check").code == 0
    assert stack("add", "news.example/feed", "--no-check").code == 0
    assert urls(conn) == ["http://127.0.0.1:1/feed", "https://news.example/feed"]


def test_a_lasting_move_is_followed_for_good_and_a_passing_one_is_not(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    stack("add", f"{site}/moved", f"{site}/elsewhere")
    assert urls(conn) == [f"{site}/elsewhere", f"{site}/feed"]


OPML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="World"><outline type="rss" text="A feed" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/></outline>
<outline type="rss" text="B feed" xmlUrl="https://b.example/feed"/>
</body></opml>"""


def test_opml_is_imported_and_a_second_time_known(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_bytes(OPML)
    assert stack("import", str(file), "--tag", "mine").out == "2 new, 0 known, 0 refused\n"
    again = stack("import", str(file))
    assert (again.code, again.out) == (0, "0 new, 2 known, 0 refused\n")
    assert urls(conn) == ["https://a.example/feed", "https://b.example/feed"]
    feed = feeds.listing(conn)[0]
    assert (feed.title, feed.site_url) == ("A feed", "https://a.example/")
    assert "mine" in feed.tags


def test_what_is_refused_is_said_line_by_line_and_the_rest_taken(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("import", "-", given="https://a.example/feed\nftp://b.example/feed\nhttps://c.example/feed\n")
    assert said.code == 1
    assert said.out == "2 new, 0 known, 1 refused\n"
    assert "ftp://b.example/feed" in said.err
    assert urls(conn) == ["https://a.example/feed", "https://c.example/feed"]


def test_a_file_that_is_not_there(stack: Newsmill) -> None:
    said = stack("import", "nowhere.opml")
    assert (said.code, said.err) == (1, "nowhere.opml cannot be used: No such file or directory.\n")


def test_export_can_be_imported(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    feeds.add(conn, "https://a.example/feed", title="A & B", tags=["x"])
    stack("export", "--format", "opml", "-o", str(tmp_path / "out.opml"))
    stack("feeds", "remove", "--yes", "https://a.example/feed")
    assert stack("import", str(tmp_path / "out.opml")).out == "1 new, 0 known, 0 refused\n"
    assert [(feed.title, feed.tags) for feed in feeds.listing(conn)] == [("A & B", ["x"])]
