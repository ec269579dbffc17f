"""The demo's newspapers on loopback: each has its own port, and so its own host. One more host has a feed that is always broken."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cli.demo.papers import FEED_TYPES, Paper, feed, feed_path, front_page, page, read_papers

ADDRESS = "127.0.0.1"
FIRST_PORT = 18651  # the same at every start, so that a data folder recognises the hosts; other ports if these are taken
ROBOTS = "User-agent: *\nDisallow: /search\n"
BROKEN = "/feed.xml"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str = "text/plain; charset=utf-8"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """What the demo expects in the archive."""

    feeds: tuple[str, ...]
    broken_feed: str
    articles: tuple[str, ...]
    busy: tuple[str, ...]
    gone: tuple[str, ...]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, paper: Paper | None) -> None:
        super().__init__((ADDRESS, port), Handler)
        self.base = f"http://{ADDRESS}:{self.server_port}"
        self.answers = answers(paper, self.base) if paper else {BROKEN: Answer(500, text="The editors are at lunch.\n")}
        self.busy = {one.path for one in paper.articles if one.behaviour == "busy"} if paper else set()
        self.lock = threading.Lock()

    def answer(self, path: str) -> Answer:
        with self.lock:
            if path in self.busy:
                self.busy.discard(path)
                return Answer(503, text="Too many readers, come back in a moment.\n")
        return self.answers.get(path, Answer(404, text="There is nothing here.\n"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 30

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        pass  # newsmill's own log is enough

    def _reply(self, *, with_body: bool) -> None:
        answer = self.server.answer(self.path.partition("?")[0])
        body = answer.text.encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if answer.status == 200:
            self.send_header("ETag", tag)
        self.end_headers()
        if with_body:
            self.wfile.write(body)


def answers(paper: Paper, base: str) -> dict[str, Answer]:
    """The answer for every path of a newspaper."""
    html = "text/html; charset=utf-8"
    found = {
        "/": Answer(200, html, front_page(paper, base)),
        "/robots.txt": Answer(200, text=ROBOTS),
        feed_path(paper): Answer(200, f"{FEED_TYPES[paper.kind]}; charset=utf-8", feed(paper, base)),
    }
    for article in paper.articles:
        gone = article.behaviour == "gone"
        found[article.path] = Answer(410, text="Withdrawn.\n") if gone else Answer(200, html, page(paper, article, base))
    return found


@contextlib.contextmanager
def serving(now: datetime) -> Iterator[Site]:
    """Serve the newspapers until the block ends."""
    papers = read_papers(now)
    servers = [_listen(FIRST_PORT + number, paper) for number, paper in enumerate([*papers, None])]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield _site(papers, [server.base for server in servers])
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _listen(port: int, paper: Paper | None) -> Server:
    try:
        return Server(port, paper)
    except OSError:
        return Server(0, paper)


def _site(papers: list[Paper], bases: list[str]) -> Site:
    every = [(base + one.path, one.behaviour) for paper, base in zip(papers, bases, strict=False) for one in paper.articles]
    return Site(
        feeds=tuple(base + feed_path(paper) for paper, base in zip(papers, bases, strict=False)),
        broken_feed=bases[-1] + BROKEN,
        articles=tuple(url for url, _ in every),
        busy=tuple(url for url, behaviour in every if behaviour == "busy"),
        gone=tuple(url for url, behaviour in every if behaviour == "gone"),
    )
