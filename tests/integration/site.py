"""A small web of news sites for tests: several hosts (one port each), as many articles as a test wants, every request counted."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# On a busy machine a request reaches its site later than it was sent, by some tenths of a second, and the next one seems to come too soon.
# How exactly a gap is kept is tested by the clock of Postgres (tests/workers/leases).
LATE_S = 0.4
WORDS = [
    "council",
    "river",
    "harbour",
    "budget",
    "minister",
    "report",
    "village",
    "market",
    "winter",
    "railway",
    "teacher",
    "hospital",
    "weather",
    "question",
    "evening",
    "company",
    "neighbour",
    "festival",
    "library",
    "machine",
    "station",
    "journey",
    "measure",
    "morning",
    "problem",
    "garden",
    "bridge",
    "season",
    "engine",
    "parliament",
    "citizen",
]


@dataclass
class Web:
    """`hits` counts page requests by URL; `open` and `most_open` count requests under way by host."""

    bases: list[str]
    delay_s: float = 0.0
    hits: Counter[str] = field(default_factory=Counter)
    feed_hits: Counter[str] = field(default_factory=Counter)
    starts: dict[str, list[float]] = field(default_factory=dict)
    open: Counter[str] = field(default_factory=Counter)
    most_open: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # What a URL answers instead of an article: a function from the request's headers to status, headers and body.
    answers: dict[str, Callable[[Message], tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    # When each host was asked for anything, robots.txt included, time.monotonic().
    asked: dict[str, list[float]] = field(default_factory=dict)

    def articles(self, batch: str, count: int) -> list[str]:
        """URLs of a batch of articles, spread over the hosts."""
        return [f"{self.bases[n % len(self.bases)]}/{batch}/{n}.html" for n in range(count)]

    def feeds(self, batch: str, count: int) -> list[str]:
        """URLs of one feed a host, which together list the batch."""
        return [f"{base}/{batch}/{count}/feed.json" for base in self.bases]

    def visit(self, base: str, path: str) -> None:
        with self.lock:
            self.hits[base + path] += 1
            self.starts.setdefault(base, []).append(time.monotonic())
            self.open[base] += 1
            self.most_open[base] = max(self.most_open[base], self.open[base])

    def leave(self, base: str) -> None:
        with self.lock:
            self.open[base] -= 1


@contextmanager
def web(hosts: int = 20, delay_s: float = 0.0) -> Iterator[Web]:
    """Serve until the block ends."""
    state = Web([], delay_s)
    servers = [_serve(state) for _ in range(hosts)]
    state.bases = [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    try:
        yield state
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def article_html(url: str) -> str:
    """A news page whose text no other page has."""
    rand = random.Random(url)
    paragraphs = [
        " ".join(rand.choices(WORDS, k=45)).capitalize() + f" {hashlib.sha256(f'{url}{n}'.encode()).hexdigest()[:8]}." for n in range(6)
    ]
    title = f"Story {hashlib.sha256(url.encode()).hexdigest()[:10]} of the day"
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": "2026-03-01T10:00:00Z"}
    data["author"] = {"@type": "Person", "name": "Ada Example"}  # type: ignore[assignment]
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Example Times</title>'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{title}</h1>{body}</article><footer>Example Times</footer></body></html>"
    )


def _serve(state: Web) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            base = f"http://127.0.0.1:{self.server.server_address[1]}"
            with state.lock:
                state.asked.setdefault(base, []).append(time.monotonic())
            if special := state.answers.get(base + self.path):
                state.visit(base, self.path)
                status, headers, body = special(self.headers)
                state.leave(base)
                self._send(status, headers, body)
            elif self.path == "/robots.txt":
                self._answer(200, "text/plain", b"User-agent: *\nDisallow: /private/\n")
            elif self.path.endswith("/feed.json"):
                state.feed_hits[base + self.path] += 1
                self._feed(base)
            else:
                state.visit(base, self.path)
                time.sleep(state.delay_s)
                state.leave(base)
                self._answer(200, "text/html; charset=utf-8", article_html(base + self.path).encode())

        def _feed(self, base: str) -> None:
            _, batch, count, _ = self.path.split("/")
            mine = [url for url in state.articles(batch, int(count)) if url.startswith(base + "/")]
            items = [{"id": url, "url": url, "title": f"Story {n}"} for n, url in enumerate(mine)]
            body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": base, "items": items}).encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            if self.headers.get("If-None-Match") == etag:
                self._answer(304, "", b"", etag)
            else:
                self._answer(200, "application/feed+json", body, etag)

        def _answer(self, status: int, kind: str, body: bytes, etag: str = "") -> None:
            self._send(status, {"Content-Type": kind, "ETag": etag}, body)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
