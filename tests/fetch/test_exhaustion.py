"""Rows R01 to R15 of fetch.md where they are about size: every case ends in time, in little memory and in its code."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.fetch.conftest import LOOPBACK
from tests.fetch.server import HTML, Script, answer, page, redirect, serving, slowly
from tests.fetch.test_hostile import HOSTILE
from tests.paths import REPOSITORY

MOST_MIB = 50.0


@cache
def zeros_packed(mib: int, layers: int) -> bytes:
    """So many MiB of zeros, gzipped so many times, built a MiB at a time."""
    pieces: Iterator[bytes] = (b"\0" * 2**20 for _ in range(mib))
    for _ in range(layers):
        pieces = _gzipped(pieces)
    return b"".join(pieces)


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def flood(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """The head, and then the piece again and again until the other side has had enough."""

    def send(conn: socket.socket) -> None:
        conn.sendall(head)
        while True:
            conn.sendall(piece)

    return send


GZIP_HEAD = zeros_packed(0, 1)[:10]
NOTHING = b"\0\0\0\xff\xff" * 10_000  # stored blocks of no bytes (RFC 1951 section 3.2.4)

CASES: dict[str, tuple[Script, str]] = {
    "R01 gzip of 200 MiB": (page(zeros_packed(200, 1), "Content-Encoding: gzip"), "too_large"),
    "R01 gzip in gzip of 200 MiB": (page(zeros_packed(200, 2), "Content-Encoding: gzip, gzip"), "too_large"),
    "R01 R05 gzip of 200 MiB that is not declared": (page(zeros_packed(200, 1)), "too_large"),
    "R01 gzip of 200 MiB as an error page": (answer(zeros_packed(200, 1), "500 Oh", "Content-Encoding: gzip"), "500"),
    "R08 body without end": (flood(HTML + b"\r\n", b"x" * 65536), "too_large"),
    "R08 chunks without end": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"), "too_large"),
    "R08 a chunk of 4 GiB": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", b"x" * 65536), "too_large"),
    "R08 error page without end": (flood(b"HTTP/1.1 503 No\r\n\r\n", b"x" * 65536), "503"),
    "R09 redirect with a body without end": (flood(b"HTTP/1.1 302 Found\r\nLocation: /news\r\n\r\n", b"x" * 65536), "200"),
    "R11 header line without end": (flood(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536), "headers_too_large"),
    "R11 headers without end": (flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000), "headers_too_large"),
    "R11 status line without end": (flood(b"HTTP/1.1 200 ", b"O" * 65536), "headers_too_large"),
    "R07 flood of 100 Continue": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "timeout"),
    "R07 trailers without end": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 1000), "timeout"),
    "R07 gzip that unpacks to nothing without end": (flood(HTML + b"Content-Encoding: gzip\r\n\r\n" + GZIP_HEAD, NOTHING), "too_large"),
    "R08 error page that unpacks to nothing without end": (
        flood(b"HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\n\r\n" + GZIP_HEAD, NOTHING),
        "503",
    ),
    "R07 gzip that drips": (slowly(HTML + b"Content-Encoding: gzip\r\n\r\n" + zeros_packed(1, 1)[:200], b""), "timeout"),
} | {name: (script, code) for name, script, code in HOSTILE}


@pytest.fixture(scope="module")
def ended() -> dict[str, dict[str, float | str]]:
    """How each case ended in one child process, one after the other."""
    paths: dict[str, Script] = {f"/{n}": script for n, (script, _) in enumerate(CASES.values())}
    paths |= {"/news": page(), "/": redirect("/")}
    with serving(paths) as site:
        urls = [site.url(path) for path in ["/news", *(f"/{n}" for n in range(len(CASES)))]]  # the first loads what all need
        child = [sys.executable, "-m", "tests.fetch.bombs", *urls]
        out = subprocess.run(child, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=120).stdout
    return dict(zip(["warm", *CASES], map(json.loads, out.splitlines()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_every_hostile_answer_ends_in_time_in_little_memory_and_in_its_code(ended: dict[str, dict], name: str) -> None:
    end = ended[name]
    assert end["code"] == CASES[name][1]
    assert end["seconds"] < LOOPBACK.deadline_s + 1
    assert end["mib"] < MOST_MIB


def test_the_measure_of_memory_sees_a_large_body() -> None:
    """The limit means something: an unguarded read of one of these bodies is far over it."""
    read = "import sys, zlib; d = zlib.decompressobj(47).decompress(sys.stdin.buffer.read())"
    measure = f"from tests.fetch.bombs import peak_kib; b = peak_kib(); {read}; print(peak_kib() - b)"
    got = subprocess.run(
        [sys.executable, "-c", measure], cwd=REPOSITORY, input=zeros_packed(200, 1), capture_output=True, check=True, timeout=60
    )
    assert int(got.stdout) / 1024 > 3 * MOST_MIB
