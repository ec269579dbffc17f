"""How much of the workers hosts get that may not answer at all."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from pipeline.fetch.client import Client
from pipeline.fetch.slot_shares import first_byte_s, in_all_s, share
from pipeline.outcomes import Failure
from pipeline.settings import Fetch

FETCH = Fetch(first_byte_s=2.5, deadline_s=30)


@pytest.mark.parametrize(
    ("slots", "answering", "others", "more", "full_time"),
    [
        pytest.param(32, 0, 0, 32, 16, id="nobody else: all slots, half of them without hurry"),
        pytest.param(32, 40, 0, 16, 16, id="others are many: half"),
        pytest.param(32, 10, 0, 22, 16, id="others are few: what they leave"),
        pytest.param(32, 40, 16, 0, 0, id="half is taken"),
        pytest.param(32, 40, 30, 0, 0, id="they took more while nobody waited: no more"),
        pytest.param(32, 0, 20, 12, 0, id="beyond half in a hurry"),
        pytest.param(1, 9, 0, 1, 1, id="one slot is shared too"),
    ],
)
def test_hosts_that_did_not_answer_have_half_of_the_slots_and_what_others_leave(
    slots: int, answering: int, others: int, more: int, full_time: int
) -> None:
    assert share(slots, answering, others) == (more, full_time)


@pytest.mark.parametrize(
    ("short_time", "failures", "first", "whole"),
    [(False, 3, None, 30), (True, 0, 2.5, 10), (True, 1, 5, 20), (True, 2, 10, 30), (True, 9, 10, 30)],
)
def test_the_first_byte_is_waited_for_a_shorter_time_in_a_crowd_and_longer_with_each_failure(
    short_time: bool, failures: int, first: float | None, whole: float
) -> None:
    seconds = first_byte_s(short_time, failures, FETCH)
    assert (seconds, in_all_s(seconds, FETCH)) == (first, whole)


def test_a_hurried_client_gives_up_a_host_that_does_not_begin_to_answer_and_waits_for_one_that_does() -> None:
    fetch = Fetch(allow_networks=["127.0.0.0/8"], deadline_s=60)
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as slow:
        threading.Thread(target=_answer_slowly, args=(slow,), daemon=True).start()
        client = Client(fetch)
        with pytest.raises(Failure) as caught:
            client.with_first_byte_limit(0.5).get(f"http://127.0.0.1:{silent.getsockname()[1]}/", kind="page")
        assert (caught.value.code, caught.value.detail) == ("timeout", "The server had not begun to answer after 0.5 s.")
        assert client.with_first_byte_limit(20.0).get(f"http://127.0.0.1:{slow.getsockname()[1]}/", kind="page").body == b"<p>late</p>"
        client.close()


def _answer_slowly(server: socket.socket) -> None:
    """The head in two pieces, then the body, each after a moment."""
    peer, _ = server.accept()
    peer.recv(4096)
    for piece in (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"Content-Length: 11\r\n\r\n", b"<p>late</p>"):
        time.sleep(0.2)
        peer.sendall(piece)
    peer.close()
