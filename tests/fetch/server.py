"""A server on loopback that answers each path as a script says, well or badly, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Script = bytes | Callable[[socket.socket], None]


@dataclass
class Site:
    """`script` maps a path to the bytes to send or to a function that sends them. Bytes keep the connection open. `posted` are the paths
    and bodies of what was posted."""

    script: dict[str, Script]
    port: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # request lines
    connections: int = 0
    sent: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def endless(self, head: bytes) -> Callable[[socket.socket], None]:
        """Sends the head and then a body without end; `sent` counts its bytes."""

        def send(conn: socket.socket) -> None:
            conn.sendall(head)
            while True:
                conn.sendall(b"x" * 65536)
                self.sent += 65536

        return send


def answer(body: bytes = b"", status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def page(body: bytes = b"<p>news</p>", *headers: str, length: int | None = None) -> bytes:
    return answer(body, "200 OK", "Content-Type: text/html", *headers, length=length)


def redirect(to: str, *headers: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, f"Location: {to}", *headers)


@contextlib.contextmanager
def serving(script: dict[str, Script], wrap: Callable[[socket.socket], socket.socket] = lambda conn: conn) -> Iterator[Site]:
    site = Site(script)
    listener = socket.create_server(("127.0.0.1", 0))
    site.port = listener.getsockname()[1]
    open_connections: list[socket.socket] = []

    def talk(conn: socket.socket) -> None:
        with contextlib.suppress(OSError):
            conn = wrap(conn)
            reader = conn.makefile("rb")
            while line := reader.readline():
                headers = {}
                while header := reader.readline().strip():
                    name, _, value = header.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                site.lines.append(line.decode("latin-1").strip())
                path = line.split()[1].decode("latin-1")
                if line.startswith(b"POST "):
                    site.posted.append((path, reader.read(int(headers.get("content-length", "0")))))
                site.requests.append((path, headers))
                doing = site.script.get(path, answer(b"", "404 Not Found"))
                if callable(doing):
                    doing(conn)
                    reader.close()
                    break
                conn.sendall(doing)
        conn.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                conn, _ = listener.accept()
                site.connections += 1
                open_connections.append(conn)
                threading.Thread(target=talk, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield site
    finally:
        listener.close()
        for conn in open_connections:
            conn.close()


def slowly(head: bytes, piece: bytes, pause_s: float = 0.05) -> Callable[[socket.socket], None]:
    def send(conn: socket.socket) -> None:
        conn.sendall(head)
        while True:
            conn.sendall(piece)
            time.sleep(pause_s)

    return send


def resetting(head: bytes) -> Callable[[socket.socket], None]:
    def send(conn: socket.socket) -> None:
        conn.sendall(head)
        time.sleep(0.05)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        conn.close()

    return send


def closing(data: bytes) -> Callable[[socket.socket], None]:
    return lambda conn: conn.sendall(data)


def chunked(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked", *headers, "", ""]
    return "\r\n".join(lines).encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
