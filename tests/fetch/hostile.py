"""Answers of hostile and broken servers, and the code in which a fetch of each has to end."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from tests.fetch.server import HTML, Script, answer, chunked, closing, page, redirect, resetting, slowly

PAGE = b"<p>All the news that fits.</p>" * 100


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


def late(made: Callable[[], bytes]) -> Callable[[socket.socket], None]:
    """An answer that is made when it is asked for: what is large costs nobody anything who only imports this module."""
    return lambda conn: conn.sendall(made())


def flood(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """The head, and then the piece again and again until the other side has had enough."""

    def send(conn: socket.socket) -> None:
        conn.sendall(head)
        while True:
            conn.sendall(piece)

    return send


GZIP_HEAD = zeros_packed(0, 1)[:10]
NOTHING = b"\0\0\0\xff\xff" * 10_000  # stored blocks of no bytes (RFC 1951 section 3.2.4)

HOSTILE: dict[str, tuple[Script, str]] = {
    "body drip": (slowly(HTML + b"Content-Length: 100000\r\n\r\n", b"x"), "timeout"),
    "chunk drip": (slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "timeout"),
    "chunk size drip": (slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"0"), "timeout"),
    "trailer drip": (slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"), "timeout"),
    "drip until close": (slowly(HTML + b"\r\n", b"x"), "timeout"),
    "gzip drip": (slowly(HTML + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 60_000, 0, mtime=0)[:20], b"x"), "timeout"),
    "header drip": (slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "timeout"),
    "status drip": (slowly(b"H", b"T"), "timeout"),
    "100 for ever": (slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    "silence": (slowly(b"", b""), "timeout"),
    "gzip cut, length right": (page(gzip.compress(PAGE, mtime=0)[:40], "Content-Encoding: gzip"), "truncated"),
    "deflate cut": (page(zlib.compress(PAGE)[:40], "Content-Encoding: deflate"), "truncated"),
    "length too long": (closing(page(b"nine byte", length=100)), "truncated"),
    "last chunk missing": (closing(chunked(PAGE)[:-5]), "truncated"),
    "chunk cut": (closing(chunked(PAGE)[:200]), "truncated"),
    "bomb": (late(lambda: page(zeros_packed(20, 1), "Content-Encoding: gzip")), "too_large"),
    "bomb in a bomb": (late(lambda: page(zeros_packed(20, 2), "Content-Encoding: gzip, gzip")), "too_large"),
    "bomb without a header": (late(lambda: page(zeros_packed(20, 1))), "too_large"),
    "huge by its length": (closing(page(b"", length=10**9)), "too_large"),
    "zstd": (page(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), "bad_encoding"),
    "50 codings": (page(b"x", "Content-Encoding: " + ", ".join(["gzip"] * 50)), "bad_encoding"),
    "gzip that is none": (page(PAGE, "Content-Encoding: gzip"), "bad_encoding"),
    "reset before the head": (resetting(b""), "reset"),
    "reset in the head": (resetting(b"HTTP/1.1 200 OK\r\nContent-T"), "reset"),
    "reset in the body": (resetting(page(b"x", length=100)), "reset"),
    "empty reply": (closing(b""), "protocol_error"),
    "garbage": (closing(b"\x16\x03\x01 hello\r\n\r\n"), "protocol_error"),
    "HTTP/0.9": (closing(b"<html>hello</html>"), "protocol_error"),
    "zero byte in a header": (answer(b"x", "200 OK", "X: a\0b"), "protocol_error"),
    "200 headers": (page(b"x", *[f"X-{n}: y" for n in range(200)]), "headers_too_large"),
    "99 large headers": (page(b"x", *[f"X-{n}: {'y' * 60_000}" for n in range(95)]), "headers_too_large"),
    "a long header": (page(b"x", "X: " + "y" * 70_000), "headers_too_large"),
    "image": (answer(b"\xff\xd8", "200 OK", "Content-Type: image/jpeg"), "unsupported_type"),
    "pdf": (answer(b"%PDF-1.7", "200 OK", "Content-Type: application/pdf"), "unsupported_type"),
    "gzip file": (answer(gzip.compress(PAGE, mtime=0), "200 OK", "Content-Type: application/gzip"), "unsupported_type"),
    "binary without a type": (answer(b"\x89PNG\r\n\x1a\n\0\0\0", "200 OK"), "unsupported_type"),
    "redirect without a place": (answer(b"", "302 Found"), "bad_redirect"),
    "redirect to no URL": (redirect("http://[::1"), "bad_redirect"),
    "redirect to a host with a space": (redirect("http://exa mple/"), "bad_redirect"),
    "redirect to a long URL": (redirect("/" + "x" * 10_000), "bad_redirect"),
    "redirect to metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "blocked_address"),
    "redirect to a private address": (redirect("http://10.0.0.5/"), "blocked_address"),
    "redirect to a file": (redirect("file:///etc/passwd"), "blocked_scheme"),
    "redirect to gopher": (redirect("gopher://127.0.0.1/"), "blocked_scheme"),
    "redirect to ftp": (redirect("ftp://127.0.0.1/"), "blocked_scheme"),
    "redirect to data": (redirect("data:text/html,x"), "blocked_scheme"),
    "redirect to javascript": (redirect("javascript:alert(1)"), "blocked_scheme"),
    "redirect to itself": (redirect("/"), "too_many_redirects"),
    "gzip of 200 MiB": (late(lambda: page(zeros_packed(200, 1), "Content-Encoding: gzip")), "too_large"),
    "gzip in gzip of 200 MiB": (late(lambda: page(zeros_packed(200, 2), "Content-Encoding: gzip, gzip")), "too_large"),
    "gzip of 200 MiB that is not declared": (late(lambda: page(zeros_packed(200, 1))), "too_large"),
    "gzip of 200 MiB as an error page": (late(lambda: answer(zeros_packed(200, 1), "500 Oh", "Content-Encoding: gzip")), "500"),
    "body without end": (flood(HTML + b"\r\n", b"x" * 65536), "too_large"),
    "chunks without end": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"), "too_large"),
    "a chunk of 4 GiB": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", b"x" * 65536), "too_large"),
    "error page without end": (flood(b"HTTP/1.1 503 No\r\n\r\n", b"x" * 65536), "503"),
    "redirect with a body without end": (flood(b"HTTP/1.1 302 Found\r\nLocation: /news\r\n\r\n", b"x" * 65536), "200"),
    "header line without end": (flood(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536), "headers_too_large"),
    "headers without end": (flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000), "headers_too_large"),
    "status line without end": (flood(b"HTTP/1.1 200 ", b"O" * 65536), "headers_too_large"),
    "flood of 100 Continue": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "timeout"),
    "trailers without end": (flood(HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 1000), "timeout"),
    "gzip that unpacks to nothing without end": (flood(HTML + b"Content-Encoding: gzip\r\n\r\n" + GZIP_HEAD, NOTHING), "too_large"),
    "error page that unpacks to nothing without end": (
        flood(b"HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\n\r\n" + GZIP_HEAD, NOTHING),
        "503",
    ),
    "gzip that drips": (slowly(HTML + b"Content-Encoding: gzip\r\n\r\n" + zeros_packed(1, 1)[:200], b""), "timeout"),
}
