"""Answers before the answer, and bodies where there are none: neither may be taken for what the next request asked for."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from pipeline.fetch.client import Client
from tests.fetch.conftest import failing
from tests.fetch.server import page, serving

STORY, OTHER = page(b"<p>the story</p>"), page(b"<p>the other story</p>")
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


def late(first: bytes, second: bytes) -> Callable[[socket.socket], None]:
    """Sends the second part after a moment, and then answers one more request on the connection, if there is one."""

    def send(conn: socket.socket) -> None:
        conn.sendall(first)
        time.sleep(0.1)
        conn.sendall(second)
        if conn.recv(65536):
            conn.sendall(OTHER)

    return send


@pytest.mark.parametrize("interim", [HINTS, HINTS * 3, b"HTTP/1.1 100 Continue\r\n\r\n" + HINTS, b"HTTP/1.1 102 Processing\r\n\r\n"])
def test_interim_answers_are_passed_over(client: Client, interim: bytes) -> None:
    with serving({"/story": late(interim, STORY), "/other": OTHER}) as site:
        assert client.get(site.url("/story"), kind="page").body == b"<p>the story</p>"
        assert client.get(site.url("/other"), kind="page").body == b"<p>the other story</p>"


def test_a_switch_of_protocols_that_nobody_asked_for_is_a_protocol_error(client: Client) -> None:
    with serving({"/": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"}) as site:
        assert failing(client, site.url("/")).code == "protocol_error"


@pytest.mark.parametrize("status", ["304 Not Modified", "204 No Content", "205 Reset Content"])
def test_a_body_that_may_not_be_is_no_answer_to_the_next_request(client: Client, status: str) -> None:
    empty = f"HTTP/1.1 {status}\r\nContent-Length: {len(STORY)}\r\n\r\n".encode()
    with serving({"/story": late(empty, STORY), "/other": OTHER}) as site:
        assert client.get(site.url("/story"), kind="page").body == b""
        assert client.get(site.url("/other"), kind="page").body == b"<p>the other story</p>"
    assert site.connections == 2


def test_what_follows_an_answer_is_no_answer_to_the_next_request(client: Client) -> None:
    with serving({"/story": STORY + page(b"<p>smuggled</p>"), "/other": OTHER}) as site:
        assert client.get(site.url("/story"), kind="page").body == b"<p>the story</p>"
        time.sleep(0.05)
        assert client.get(site.url("/other"), kind="page").body == b"<p>the other story</p>"
