"""A local web server for benchmarks: many hosts (one port each) that serve the pages of a folder, with one JSON feed a host."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import random
import re
import sys
from pathlib import Path

LONG_TEXT = re.compile(rb">([^<>{}]{40,})<")  # of a page, between two tags; with braces it is a script


def read_pages(folder: Path, copies: int = 1) -> list[bytes]:
    """Every .html and .html.gz below the folder, by name, then all of them again in other words, so often that there are `copies` of each."""
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    pages = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    return pages + [in_other_words(page, copy) for copy in range(1, copies) for page in pages]


def in_other_words(page: bytes, seed: int) -> bytes:
    """The page with the words of each longer text in another order, as many as before. The same text many times over would be a
    story of as many articles, which costs more than articles do in life."""
    rand = random.Random(seed)

    def shuffled(text: re.Match[bytes]) -> bytes:
        words = text[1].split(b" ")
        rand.shuffle(words)
        return b">" + b" ".join(words) + b"<"

    return LONG_TEXT.sub(shuffled, page)


class Server:
    """The pages, spread over the hosts."""

    def __init__(self, pages: list[bytes], hosts: int) -> None:
        self.pages, self.hosts, self.total = pages, hosts, len(pages)
        self.ports: list[int] = []

    async def run(self) -> None:
        servers = [await asyncio.start_server(self.serve, "127.0.0.1", 0) for _ in range(self.hosts)]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        print(json.dumps({"feeds": [f"http://127.0.0.1:{port}/feed.json" for port in self.ports], "articles": self.total}), flush=True)
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                kind, body = self.answer(port, path)
                status = "200 OK" if kind else "404 Not Found"
                writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, port: int, path: str) -> tuple[str, bytes]:
        if path == "/feed.json":
            numbers = range(self.ports.index(port), self.total, self.hosts)
            items = [
                {"id": str(n), "url": f"http://127.0.0.1:{port}/{n}-{hashlib.sha256(str(n).encode()).hexdigest()[:8]}"} for n in numbers
            ]
            return "application/feed+json", json.dumps(
                {"version": "https://jsonfeed.org/version/1.1", "title": str(port), "items": items}
            ).encode()
        number = path[1:].split("-")[0]
        return ("text/html", self.pages[int(number)]) if number.isdigit() else ("", b"")


if __name__ == "__main__":
    asyncio.run(Server(read_pages(Path(sys.argv[1]), int(sys.argv[3])), int(sys.argv[2])).run())
