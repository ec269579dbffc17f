"""How long sites that answer wait for sites that hang: seconds until the last good feed is polled, and the last good page fetched.

    python -m benchmarks.fetching.hanging_sites [--feeds 50] [--hanging-feeds 200] [--pages 200] [--hanging-pages 2000]

The whole stack with its default settings, beside sites that accept a connection and never answer; these are brought in first. Each
site is a host of its own. In the second round every site is due again, and it is known which of them hung. The aim is a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from cli.local.services import embedded
from cli.local.up import environment, prepare
from pipeline.feeds.opml import Outline
from pipeline.normalise.urls import parse
from pipeline.settings import Fetch, Settings
from pipeline.store import workers
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import links

KINDS = ("beat", "control", "poll", "fetch")
AIM_S, GIVE_UP_S = 60.0, 900.0


@contextmanager
def hanging(count: int) -> Iterator[list[str]]:
    """Sites that nobody serves: the kernel accepts for them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64)) for _ in range(count)]
        yield [f"http://127.0.0.1:{server.getsockname()[1]}" for server in servers]


@contextmanager
def answering(count: int) -> Iterator[list[str]]:
    """Sites that answer at once: an empty robots.txt, a feed with nothing new, a page."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
                kind, body = ("text/html", b"<p>A page.</p>") if path.startswith(b"/page") else ("text/plain", b"")
                if path.endswith(b".json"):
                    kind, body = "application/json", b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}'
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def start() -> list[str]:
        servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for _ in range(count)]
        return [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers]

    yield asyncio.run_coroutine_threadsafe(start(), loop).result()
    loop.call_soon_threadsafe(loop.stop)


def rest(conn: psycopg.Connection) -> None:
    """Time goes by: no host is paused any more, and everything is due."""
    with conn.transaction():
        conn.execute("UPDATE feeds SET next_poll_at = now(), not_before = NULL WHERE phase = 'idle'")
        conn.execute("UPDATE links SET due_at = now() WHERE state = 'waiting'")
        ids = [row[0] for row in conn.execute("SELECT id FROM hosts ORDER BY id FOR NO KEY UPDATE")]
        conn.execute("UPDATE hosts SET paused_until = NULL, next_slot_at = now() WHERE lease_id IS NULL")
        hosts.refresh(conn, ids)


def seconds_until(conn: psycopg.Connection, count: str, good: list[bytes], started: float) -> float:
    while time.monotonic() - started < GIVE_UP_S:
        (done,) = conn.execute(count, (good,)).fetchone() or (0,)  # type: ignore[arg-type]
        if done == len(good):
            return time.monotonic() - started
        time.sleep(0.1)
    return float("inf")


def polled(conn: psycopg.Connection, bad: list[str], good: list[str], rounds: int) -> Iterator[float]:
    outlines = [Outline(f"{base}/feed.json") for base in (*bad, *good)]
    keys = [parse(f"{base}/feed.json").key for base in good]
    for number in range(rounds):
        started = time.monotonic()
        if number == 0:
            feeds.add_all(conn, outlines)
        else:
            rest(conn)
        done = "SELECT count(*) FROM feeds f WHERE url_key = ANY(%s) AND (SELECT count(*) FROM polls WHERE feed_id = f.id) > " + str(number)
        yield seconds_until(conn, done, keys, started)


def fetched(conn: psycopg.Connection, bad: list[str], good: list[str], rounds: int) -> Iterator[float]:
    for number in range(rounds):
        started = time.monotonic()
        rest(conn)
        links.enqueue(conn, [parse(f"{base}/page{number}.html") for base in bad])
        links.enqueue(conn, [parse(f"{base}/page{number}.html") for base in good])
        keys = [parse(f"{base}/page{number}.html").key for base in good]
        done = "SELECT count(*) FROM links WHERE url_key = ANY(%s) AND stage = 'extract'"
        yield seconds_until(conn, done, keys, started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("feeds", 50), ("hanging-feeds", 200), ("pages", 200), ("hanging-pages", 2000), ("rounds", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "data") as services, ExitStack() as stack:
        settings = Settings(database_url=services.database_url, redis_url=services.redis_url, fetch=Fetch(allow_networks=["127.0.0.0/8"]))
        prepare(settings)
        log = stack.enter_context((Path(folder) / "log").open("wb"))
        command = [sys.executable, "-m", "workers"]
        processes = [subprocess.Popen([*command, kind], env=environment(settings), stdout=log, stderr=log) for kind in KINDS]
        try:
            with connect(settings) as conn:
                while len(workers.listing(conn)) < len(KINDS) - 1:
                    time.sleep(0.2)
                bad, good = stack.enter_context(hanging(chosen.hanging_feeds)), stack.enter_context(answering(chosen.feeds))
                for number, took in enumerate(polled(conn, bad, good, chosen.rounds), 1):
                    print(f"round {number}: {len(good)} feeds beside {len(bad)} that hang: {took:6.1f} s (aim {AIM_S:.0f} s)", flush=True)
                bad, good = stack.enter_context(hanging(chosen.hanging_pages)), stack.enter_context(answering(chosen.pages))
                for number, took in enumerate(fetched(conn, bad, good, chosen.rounds), 1):
                    print(f"round {number}: {len(good)} pages beside {len(bad)} that hang: {took:6.1f} s (aim {AIM_S:.0f} s)", flush=True)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)


if __name__ == "__main__":
    main()
