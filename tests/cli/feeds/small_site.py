"""A small site with feeds and pages that announce them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>River Post</title><link>http://river.example/</link><description>News</description>
<item><title>One</title><link>http://river.example/1</link><guid>1</guid></item>
<item><title>Two</title><link>http://river.example/2</link><guid>2</guid></item></channel></rss>"""


def page(*links: str) -> bytes:
    heads = "".join(f'<link rel="alternate" type="application/rss+xml" title="Feed {href}" href="{href}">' for href in links)
    return f"<!doctype html><html><head><title>A site</title>{heads}</head><body><p>Hello</p></body></html>".encode()


PAGES = {
    "/feed": (200, "application/rss+xml", FEED),
    "/other": (200, "text/xml", FEED),
    "/third": (200, "text/xml", FEED),
    "/one": (200, "text/html", page("/feed")),
    "/several": (200, "text/html", page("/feed", "/other", "/third")),
    "/half": (200, "text/html", page("/feed", "/missing")),
    "/moved": (301, "/feed", b""),
    "/elsewhere": (302, "/feed", b""),
    "/broken": (503, "text/html", b"later"),
}


class Site(ThreadingHTTPServer):
    """A site with these pages, which notes what it is asked for."""

    def __init__(self, pages: dict[str, tuple[int, str, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.pages, self.asked = pages, list[str]()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, kind, body = self.server.pages.get(self.path, (404, "text/html", b"not here"))
        self.send_response(status)
        self.send_header("Location" if status in (301, 302) else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(pages: dict[str, tuple[int, str, bytes]]) -> Iterator[Site]:
    server = Site(pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
