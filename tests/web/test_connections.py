"""Connections that never end their request, or never read their answer: they go, and whoever asks properly is answered meanwhile."""

from __future__ import annotations

import select
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from pipeline.settings import Settings, Web
from tests.integration.stack import wait_until
from tests.support.ports import free_port
from tests.web.process import start, wait_for
from web.http.connections import LATER_S, Phase, Watch

LIMITS = Web(head_s=10, body_s=30, reader_s=60, max_connections=3)
PATIENCE_S = 90  # of a client on a busy machine
HEAD, BODY, READ, UNREAD = Phase("head"), Phase("body"), Phase("answer"), Phase("answer", None, 5000)


@pytest.mark.parametrize(
    ("phase", "after_s", "closed"),
    [
        (HEAD, 10, False),
        (HEAD, 11, True),
        (BODY, 30 + LATER_S, False),
        (BODY, 31 + LATER_S, True),
        (READ, 100_000, False),
        (UNREAD, 60, False),
        (UNREAD, 61, True),
    ],
)
def test_each_phase_has_its_time(phase: Phase, after_s: float, closed: bool) -> None:
    watch = Watch(LIMITS)
    assert watch.to_close({"one": phase}, 1000.0) == []
    assert watch.to_close({"one": phase}, 1000.0 + after_s) == (["one"] if closed else [])


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (Phase("head", "second request"), "a request came in between"),
        (Phase("body"), "the head came in"),
        (Phase("answer"), "all of the request came in"),
    ],
)
def test_a_connection_that_goes_on_has_its_time_anew(then: Phase, why: str) -> None:
    watch = Watch(LIMITS)
    watch.to_close({"one": HEAD}, 1000.0)
    assert watch.to_close({"one": then}, 1009.0) == [], why
    assert watch.to_close({"one": then}, 1018.0) == [], why


def test_a_slow_reader_is_left_alone_while_it_takes_something() -> None:
    watch = Watch(LIMITS)
    for second in range(0, 1000, 50):
        assert watch.to_close({"one": Phase("answer", None, 100_000 - second)}, second) == []


def test_above_the_limit_those_go_that_have_waited_longest_for_a_request() -> None:
    watch = Watch(LIMITS)
    watch.to_close({"old": HEAD, "busy": READ}, 1000.0)
    found = {"old": HEAD, "busy": READ, "newer": HEAD, "body": BODY, "newest": HEAD}
    assert watch.to_close(found, 1001.0) == ["old", "newer"]


@contextmanager
def serving(config: Settings, **limits: object) -> Iterator[int]:
    port = free_port()
    given = {f"NEWSMILL_WEB__{name}".upper(): str(value) for name, value in {"port": port, **limits}.items()}
    process: subprocess.Popen[str] = start(NEWSMILL_DATABASE_URL=config.database_url, NEWSMILL_REDIS_URL=config.redis_url, **given)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=90)


def connected(port: int, sent: bytes) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    found.sendall(sent)
    return found


def ended(one: socket.socket) -> bool:
    """Whether the other side has closed it, within the socket's time."""
    try:
        while one.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def cut(one: socket.socket) -> bool:
    """Whether a further byte finds nobody."""
    try:
        one.sendall(b"x")
    except OSError:
        return True
    return False


def test_three_hundred_half_open_connections_are_closed_and_good_requests_answered_meanwhile(config: Settings) -> None:
    with (
        serving(config, head_s=3) as port,
        ExitStack() as held,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client,
    ):
        half = [held.enter_context(connected(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")) for _ in range(300)]
        for _ in range(20):
            assert client.get("/healthz").status_code == 200
        assert all(ended(one) for one in half)
        assert client.get("/healthz").status_code == 200


def test_a_request_that_comes_byte_by_byte_is_cut_off_and_so_is_a_body_that_nobody_asked_for(config: Settings) -> None:
    with serving(config, head_s=2, body_s=2) as port:
        unasked = connected(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
        late = connected(
            port, b"POST /api/v1/enqueue HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
        )
        assert b"408" in late.recv(65536).splitlines()[0]
        drip = connected(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
        with unasked, late, drip:
            wait_until(lambda: cut(drip) and cut(unasked), 180, "both to be cut off")
            assert ended(late)


def test_there_are_never_many_more_connections_than_the_limit(config: Settings) -> None:
    with serving(config, head_s=3600, max_connections=20) as port, ExitStack() as held:
        idle = [held.enter_context(connected(port, b"")) for _ in range(100)]
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).status_code == 200
        wait_until(lambda: len(select.select(idle, [], [], 0)[0]) >= 80, 180, "eighty to be closed")
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).status_code == 200
        assert len(select.select(idle, [], [], 0)[0]) < 100, "those within the limit stay"
