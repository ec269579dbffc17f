"""Articles stored per second, end to end, beside the ceiling: plain trafilatura over the same pages in as many processes as cores.

    python -m benchmarks.throughput.ingest CORPUS [--copies 4] [--hosts 100] [--rounds 1]

CORPUS is a folder with .html or .html.gz pages; copies of a page have its words in another order. The ceiling is `trafilatura.bare_extraction(page, with_metadata=True)` and nothing
else: no fetching, no queue, no database. The run itself is the whole stack on embedded services against a local server, with no
gap between requests. Both are measured in each round, one after the other; quote the ratio, machines differ. On a machine that does other
things meanwhile, the ratio of CPU times says more: the library's for a page, and that of all of newsmill's processes for an article.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from benchmarks.throughput.server import read_pages
from cli.local.services import Services, embedded
from cli.local.up import environment, prepare
from pipeline.settings import Fetch, Poll, Settings
from pipeline.store import workers
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds

KINDS = ("beat", "control", "poll", "fetch", "extract")
STAGE = {"poll": "poll", "fetch": "fetch", "extract": "extract", "beat": "dispatch", "control": "dispatch"}


def ceiling(pages: list[bytes]) -> tuple[float, float]:
    """Pages a second of the bare library in one process a core, and the CPU seconds of one page."""
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), initializer=_warm) as pool:
        pool.map(_bare, pages[:8])
        started = time.perf_counter()
        cpu = pool.map(_bare, pages, chunksize=4)
        return len(pages) / (time.perf_counter() - started), sum(cpu) / len(cpu)


def _warm() -> None:
    import trafilatura

    trafilatura.bare_extraction("<html><body><p>warm</p></body></html>", with_metadata=True)


def _bare(page: bytes) -> float:
    import trafilatura

    started = time.process_time()
    trafilatura.bare_extraction(page.decode("utf-8", "replace"), with_metadata=True)
    return time.process_time() - started


class Meter(threading.Thread):
    """CPU seconds and peak memory of the processes it is told of and of their children, also of those that end meanwhile."""

    def __init__(self, named: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.named, self.cpu, self.peak, self.done = named, defaultdict[str, dict[int, float]](dict), defaultdict[str, float](float), False

    def run(self) -> None:
        while not self.done:
            self.look()
            time.sleep(0.5)

    def look(self) -> None:
        for name, pid in self.named.items():
            with suppress(psutil.Error):
                parent = psutil.Process(pid)
                for process in [parent, *parent.children(recursive=True)]:
                    with suppress(psutil.Error):
                        times = process.cpu_times()
                        self.cpu[name][process.pid] = times.user + times.system
                        self.peak[name] = max(self.peak[name], process.memory_info().rss / 2**20)

    def total(self, name: str) -> float:
        return sum(self.cpu[name].values())


def ingest(corpus: Path, hosts: int, copies: int) -> tuple[float, int, Meter, Meter]:
    """Articles a second from the first poll to the last article, the number of them, and the meter before and at the end."""
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "data") as services:
        settings = Settings(
            database_url=services.database_url,
            redis_url=services.redis_url,
            fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0),
            poll=Poll(max_entries=100_000),
        )
        prepare(settings)
        log = (Path(folder) / "log").open("wb")
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.throughput.server", str(corpus), str(hosts), str(copies)], stdout=subprocess.PIPE
        ) as server:
            processes = {kind: _start(kind, settings, log) for kind in KINDS}
            try:
                return _measure(settings, services, server, processes)
            finally:
                for process in [*processes.values(), server]:
                    process.terminate()
                for process in processes.values():
                    process.wait(60)


def _measure(
    settings: Settings, services: Services, server: subprocess.Popen[bytes], processes: dict[str, subprocess.Popen[bytes]]
) -> tuple[float, int, Meter, Meter]:
    assert server.stdout
    offer = json.loads(server.stdout.readline())
    named = {kind: process.pid for kind, process in processes.items()} | {"server": server.pid}
    named |= {"postgres": services.postgres_pid or 0, "valkey": services.valkey_pid or 0}
    with connect(settings) as conn:
        while len(workers.listing(conn)) < len(KINDS) - 1:
            time.sleep(0.2)
        before, meter = Meter(named), Meter(named)
        before.look()
        meter.start()
        started = time.perf_counter()
        for url in offer["feeds"]:
            feeds.add(conn, url)
        while _ended(conn) < offer["articles"]:
            time.sleep(0.1)
        elapsed = time.perf_counter() - started
        meter.done = True
        meter.join()
        meter.look()
        (stored,) = conn.execute("SELECT count(*) FROM articles").fetchone() or (0,)
    return stored / elapsed, stored, before, meter


def _ended(conn: psycopg.Connection) -> int:
    (count,) = conn.execute("SELECT count(*) FROM links WHERE state IN ('stored', 'skipped', 'failed')").fetchone() or (0,)
    return int(count)


def _start(kind: str, settings: Settings, log: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "workers", kind], env=environment(settings), stdout=log, stderr=log)  # type: ignore[call-overload,no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, help="folder with .html or .html.gz pages")
    parser.add_argument("--copies", type=int, default=4, help="of each page, in other words")
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    pages = read_pages(chosen.corpus, chosen.copies)
    if not pages:
        sys.exit(f"{chosen.corpus} holds no .html or .html.gz files.")
    for number in range(chosen.rounds):
        top, bare_s = ceiling(pages)
        rate, stored, before, meter = ingest(chosen.corpus, chosen.hosts, chosen.copies)
        print(f"round {number + 1}: {stored} of {len(pages)} stored, {rate:.1f}/s; ceiling {top:.1f}/s; ratio {rate / top:.2f}")
        spent_s = sum(meter.total(name) - before.total(name) for name in meter.named if name != "server") / max(stored, 1)
        print(
            f"  CPU: bare library {bare_s * 1000:.1f} ms a page, newsmill {spent_s * 1000:.1f} ms an article; ratio {bare_s / spent_s:.2f}"
        )
        print(f"  {'process':<10} {'CPU s':>8} {'ms/article':>11} {'peak MiB':>9}")
        for name in meter.named:
            spent = meter.total(name) - before.total(name)
            print(f"  {name:<10} {spent:>8.1f} {spent / max(stored, 1) * 1000:>11.1f} {meter.peak[name]:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
