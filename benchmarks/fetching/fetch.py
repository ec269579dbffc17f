"""CPU of the guarded client beside plain `requests.Session.get`: 60 KB pages over kept connections, one as it is, one gzip.

    python -m benchmarks.fetching.fetch [--pages 1000] [--rounds 7]

The server is a process of its own, so only the client's CPU counts, all its threads included. The two take turns in each
round; the ratio told is the median of the rounds' ratios. Machines differ: quote the ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from pipeline.fetch.client import Client
from pipeline.settings import Fetch

PAGE_BYTES = 60_000
VARIANTS = ("plain", "gzip")


def page() -> bytes:
    """HTML of PAGE_BYTES that shrinks about as well as news pages do."""
    rand = random.Random(1)
    words = ["".join(rand.choices("etaoinshrdlucmfw", k=rand.randint(2, 9))) for _ in range(2000)]
    text = "<!doctype html><html><head><title>A page</title></head><body>"
    while len(text) < PAGE_BYTES:
        text += f'<p class="story">{" ".join(rand.choices(words, k=60))}</p>\n'
    return text.encode()[:PAGE_BYTES]


class Server(asyncio.Protocol):
    """One page to every GET, packed where the path asks for it; connections stay open."""

    answers: dict[bytes, bytes] = {}  # noqa: RUF012 (filled once, before the first connection)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.head = transport, b""

    def data_received(self, data: bytes) -> None:
        self.head += data
        while b"\r\n\r\n" in self.head:
            head, _, self.head = self.head.partition(b"\r\n\r\n")
            self.transport.write(self.answers[b"gzip" if head.startswith(b"GET /gzip") else b"plain"])


async def serve(addresses: list[str]) -> None:
    body = page()
    for name, sent, more in ((b"plain", body, ""), (b"gzip", gzip.compress(body, 6), "Content-Encoding: gzip\r\n")):
        head = f"HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\n{more}Content-Length: {len(sent)}\r\n\r\n"
        Server.answers[name] = head.encode() + sent
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, addresses[0], 0)
    port = server.sockets[0].getsockname()[1]
    for address in addresses[1:]:
        await loop.create_server(Server, address, port)
    print(json.dumps(port), flush=True)
    await server.serve_forever()


@contextmanager
def serving(addresses: list[str]) -> Iterator[int]:
    """The port on which a process of its own serves the page at these addresses."""
    program = "import asyncio, sys; from benchmarks.fetching.fetch import serve; asyncio.run(serve(sys.argv[1:]))"
    with subprocess.Popen([sys.executable, "-c", program, *addresses], stdout=subprocess.PIPE) as server:
        assert server.stdout
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def cost(fetch: Callable[[str], bytes], base: str, pages: int) -> tuple[float, float]:
    """CPU milliseconds a page and pages a second."""
    cpu, wall = time.process_time(), time.perf_counter()
    for number in range(pages):
        assert len(fetch(f"{base}/{number}")) == PAGE_BYTES
    return (time.process_time() - cpu) / pages * 1000, pages / (time.perf_counter() - wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=1000, help="pages of each client in each round")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    client, session = Client(Fetch(allow_networks=["127.0.0.0/8"])), requests.Session()
    fetchers: dict[str, Callable[[str], bytes]] = {
        "requests": lambda url: session.get(url, timeout=30).content,
        "newsmill": lambda url: client.get(url, kind="page").body,
    }
    with serving(["127.0.0.1"]) as port:
        for variant in VARIANTS:
            base = f"http://127.0.0.1:{port}/{variant}"
            for fetch in fetchers.values():
                cost(fetch, base, 100)
            rounds = [{name: cost(fetch, base, chosen.pages) for name, fetch in fetchers.items()} for _ in range(chosen.rounds)]
            for name in fetchers:
                cpu, rate = (statistics.median(one[name][n] for one in rounds) for n in (0, 1))
                print(f"{variant:<6} {name:<9} {cpu:>6.3f} ms CPU a page {rate:>7.0f} pages/s")
            ratios = sorted(one["newsmill"][0] / one["requests"][0] for one in rounds)
            print(f"{variant:<6} ratio of CPU {statistics.median(ratios):.2f} (from {ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)


if __name__ == "__main__":
    main()
