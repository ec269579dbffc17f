"""enqueue: what is taken in, what is refused, and following links to their end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import redis

from pipeline.jobs import Identity, Page
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.articles import articles
from pipeline.store.db.pool import connect
from pipeline.store.links import links
from tests.cli.conftest import Newsmill, article, end, ended, stored, waiting
from workers import dispatch

A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"
Work = Callable[[psycopg.Connection, links.Link], None]


def test_urls_are_taken_in_and_sent_at_once(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("enqueue", A, B)
    assert said.code == 0
    numbers = {link.url: link.id for link in links.listing(conn)}
    assert said.lines == [f"enqueued: {A} is link {numbers[A]}", f"enqueued: {B} is link {numbers[B]}"]
    assert {link.state for link in links.listing(conn)} == {"dispatched"}


def test_what_is_known_is_said_so(stack: Newsmill, conn: psycopg.Connection) -> None:
    stored(conn, A)
    ended(conn, B, "failed", "http_404")
    waiting(conn, C)
    said = stack("enqueue", A, B, C, "--json")
    assert [(one["url"], one["what"]) for one in said.objects] == [(A, "stored"), (B, "again"), (C, "waiting")]


def test_urls_come_from_standard_input(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("enqueue", A, "-", given=f"{B}\n\n  {C}  \r\n")
    assert said.code == 0
    assert {link.url for link in links.listing(conn)} == {A, B, C}


@pytest.mark.parametrize("bad", ["not an address", "ftp://a.example/1", "mailto:a@b.example", "http://", "https://a.example/" + "x" * 9000])
def test_a_bad_url_is_refused_with_its_reason_and_the_others_are_taken(stack: Newsmill, conn: psycopg.Connection, bad: str) -> None:
    said = stack("enqueue", bad, A)
    assert said.code == 1
    assert said.err.startswith("refused: ")
    assert [link.url for link in links.listing(conn)] == [A]


def test_many_urls_go_in_batches(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.commands.links.sources.BATCH", 2)
    urls = [f"https://a.example/{number}" for number in range(5)]
    said = stack("enqueue", "-", given="\n".join(urls))
    assert [line.split()[1] for line in said.lines] == urls


def test_a_line_with_an_error_is_told_by_its_number_and_the_others_are_taken_in(stack: Newsmill, conn: psycopg.Connection) -> None:
    given = f"{A}\n\nnot an address\n".encode() + b"https://a.example/\xff\xfe\n" + b"x" * 200_000 + f"\n{B}".encode()
    said = stack("enqueue", "-", given=given)
    assert said.code == 1
    assert {link.url for link in links.listing(conn)} >= {A, B}
    starts = [line.split(" ")[:3] for line in said.err.splitlines()]
    assert [start for start in starts if start[2] != "4:"] == [["refused:", "line", "3:"], ["refused:", "line", "5:"]]
    assert "(bad_url)" in said.err.splitlines()[0]
    told = stack("enqueue", "-", "--json", given="ftp://a.example/1\n").objects
    assert [(one["line"], one["what"], one["code"]) for one in told] == [(1, "refused", "blocked_scheme")]


def test_ctrl_c_is_heard_when_what_is_claimed_was_sent(
    stack: Newsmill, settings: Settings, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.links.sources.BATCH", 2)
    real = dispatch.publish

    def interrupted(*arguments: Any) -> int:
        monkeypatch.setattr(dispatch, "publish", real)  # a second one would hurry
        os.kill(os.getpid(), signal.SIGINT)
        return real(*arguments)

    monkeypatch.setattr(dispatch, "publish", interrupted)
    said = stack("enqueue", A, B, C)
    taken = {link.url: link.state for link in links.listing(conn)}
    assert len(taken) in (2, 3), "the next batch may have been begun"
    assert set(taken.values()) == {"dispatched"}
    assert said.code == 1
    assert said.err.endswith(f"Stopped after {len(taken)} links, which are processed; the same command adds the rest.\n")
    with redis.Redis.from_url(settings.redis_url.rpartition("/")[0] + "/9") as client:
        assert client.llen("fetch") == len(taken)


def test_without_redis_the_links_wait_in_the_database(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_REDIS_URL", "redis://127.0.0.1:1/0")
    said = stack("enqueue", A)
    assert said.code == 0
    assert f"enqueued: {A}" in said.out
    assert len(links.listing(conn)) == 1


def store(conn: psycopg.Connection, link: links.Link) -> None:
    key = conn.execute("SELECT url_key FROM links WHERE id = %s", (link.id,)).fetchone()
    assert key is not None
    page = Page(link.url, link.url, 200, {}, (), b"", link.created_at)
    articles.upsert(conn, link.id, link.url, page, article(), Identity(key[0]), "newsmill-1")
    end(conn, link.id, "stored", "")


def fail(conn: psycopg.Connection, link: links.Link) -> None:
    end(conn, link.id, "failed", "http_404", "The server answered 404.")


def skip(conn: psycopg.Connection, link: links.Link) -> None:
    end(conn, link.id, "skipped", "robots_disallowed", "robots.txt says no.")


@contextmanager
def worker(settings: Settings, work: dict[str, Work]) -> Iterator[None]:
    """Ends the links by address as soon as they are there."""
    stop = threading.Event()

    def loop() -> None:
        with connect(settings) as conn:
            while not stop.wait(0.05):
                for link in links.listing(conn):
                    if link.url in work and link.state not in ("stored", "failed", "skipped"):
                        work[link.url](conn, link)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_wait_follows_links_to_their_end(stack: Newsmill, settings: Settings, conn: psycopg.Connection) -> None:
    with worker(settings, {A: store, B: store}):
        said = stack("enqueue", A, B, "--wait")
    assert said.code == 0
    found = {link.url: link.article_id for link in links.listing(conn)}
    assert sorted(said.lines) == [f"stored: {A} is article {found[A]}", f"stored: {B} is article {found[B]}"]


@pytest.mark.parametrize(
    ("work", "line"),
    [(fail, f"failed: {B}: http_404: The server answered 404."), (skip, f"skipped: {B}: robots_disallowed: robots.txt says no.")],
)
def test_wait_ends_with_1_when_one_is_not_stored(stack: Newsmill, settings: Settings, work: Work, line: str) -> None:
    with worker(settings, {A: store, B: work}):
        said = stack("enqueue", A, B, "--wait")
    assert said.code == 1
    assert line in said.lines


def test_wait_as_json(stack: Newsmill, settings: Settings) -> None:
    with worker(settings, {A: fail}):
        said = stack("enqueue", A, "--wait", "--json")
    (link,) = said.objects
    assert (said.code, link["url"], link["state"], link["code"]) == (1, A, "failed", "http_404")


def test_wait_is_over_at_once_for_what_is_stored(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, A)
    said = stack("enqueue", A, "--wait")
    assert (said.code, said.out) == (0, f"stored: {A} is article {number}\n")


def test_wait_gives_up_after_the_timeout(stack: Newsmill) -> None:
    said = stack("enqueue", A, "--wait", "--timeout", "0.2s")
    assert said.code == 1
    assert "1 link not finished after 0.2 s" in said.err


def test_waiting_where_no_worker_is_says_so(stack: Newsmill, conn: psycopg.Connection) -> None:
    assert "No worker has reported" in stack("enqueue", A, "--wait", "--timeout", "0s").err
    workers.report(conn, "fetch@here", "fetch", 4, "1", 0.0)
    assert "No worker has reported" not in stack("enqueue", A, "--wait", "--timeout", "0s").err


def test_a_message_was_sent(stack: Newsmill, settings: Settings) -> None:
    stack("enqueue", A)
    with redis.Redis.from_url(settings.redis_url.rpartition("/")[0] + "/9") as client:
        assert client.llen("fetch") == 1
