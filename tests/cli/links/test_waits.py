"""What the command line says of links that wait: for robots.txt, for a pause, for a site that is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest

from cli.commands.links.wait_reasons import WaitReasons
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.links.links import Link
from tests.cli.conftest import Newsmill, waiting

A, B = "https://a.example/1", "https://b.example/2"
ROBOTS = """
    UPDATE hosts SET robots_reachable = false, robots_text = '', robots_code = 'dns', robots_why = 'dns: unknown',
           robots_until = now() + interval '12 min 20 s', next_slot_at = now() + interval '12 min 21 s', paused_until = now() + interval '12 min 20 s', pause_reason = 'dns: unknown'
    WHERE name = 'a.example'
"""
LATE = "UPDATE links SET late = true, code = 'http_503', detail = 'down', fetch_attempts = 4, due_at = now() + interval '6 hours 1 s'"
SENTENCE = "robots.txt of a.example: dns, next look in 12 min"


def test_links_and_trace_say_what_a_link_waits_for(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, A)
    conn.execute(ROBOTS)
    assert SENTENCE in stack("links").out
    assert f"waits for: {SENTENCE}" in " ".join(stack("trace", A).out.split())
    (found,) = stack("links", "--json").objects
    assert found["waits_for"] == "robots.txt of a.example: dns"
    assert found["waits_until"]


def test_a_late_retry_is_shown_as_what_it_is(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, A)
    conn.execute(LATE)
    waiting(conn, B)
    words = "a late retry after http_503, sooner if a.example answers again, next look in 6 h"
    assert words in stack("trace", A).out
    assert [one["url"] for one in stack("links", "--late", "--json").objects] == [A]
    assert [(one["state"], one["code"], one["count"]) for one in stack("failures", "--json").objects] == [("late retry", "http_503", 1)]
    assert words in stack("failures", "--code", "http_503").out
    assert "late retry" in stack("status").out
    (summary,) = stack("status", "--json").objects
    assert [one["code"] for one in summary["late"]] == ["http_503"]
    assert summary["failures"] == []


@contextmanager
def ending(settings: Settings, said: threading.Event) -> Iterator[None]:
    """Ends all links as failed once something was said of them."""

    def work() -> None:
        with connect(settings) as conn:
            while not said.wait(0.05):
                conn.execute(ROBOTS)
            conn.execute("UPDATE links SET state = 'failed', code = 'dns', detail = 'gone', dispatch_id = NULL, lease_until = NULL")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(120)


def test_who_waits_is_told_what_for(stack: Newsmill, conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(conn, A)
    conn.execute(ROBOTS)
    said: list[str] = []
    told = threading.Event()
    monkeypatch.setattr("cli.commands.links.wait_reasons.complain", lambda text: (said.append(text), told.set()))
    with ending(settings, told):
        result = stack("enqueue", "--wait", A)
    assert said == [f"{A}: waiting for {SENTENCE}"]
    assert result.out == f"failed: {A}: dns: gone\n"
    assert result.code == 1


def link(number: int, state: str, waits_for: str) -> Link:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Link(number, f"{A}{number}", state, "fetch", "", "", 0, "a.example", None, at, at, at, None, False, waits_for, None)


def test_each_reason_is_told_once_a_minute_and_work_only_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    clock = [0.0]
    monkeypatch.setattr("cli.commands.links.wait_reasons.complain", said.append)
    monkeypatch.setattr("cli.commands.links.wait_reasons.time", SimpleNamespace(monotonic=lambda: clock[0]))
    waits = WaitReasons()
    links = [
        link(1, "waiting", "its turn at a.example"),
        link(2, "waiting", "its turn at a.example"),
        link(3, "running", "the answer of b.example"),
    ]
    told = []
    for clock[0] in (0.0, 1.0, 2.5, 30.0, 60.0, 63.0):
        waits.tell(links)
        told.append(said[:])
        said.clear()
    turn, answer = "2 links: waiting for its turn at a.example", f"{A}3: waiting for the answer of b.example"
    assert told == [[turn], [], [answer], [], [turn], [answer]]
