"""Memory of one client over many pages: 32 threads, hosts enough to turn the connection pools over.

    python -m benchmarks.fetching.fetch_memory [--pages 20000] [--threads 32] [--hosts 1500]

Told are the resident set, the open files and the threads after each twentieth part of the pages, and the growth since the first
1,000 pages. The server is a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
from concurrent.futures import ThreadPoolExecutor

import psutil

from benchmarks.fetching.fetch import PAGE_BYTES, VARIANTS, serving
from pipeline.fetch.client import Client
from pipeline.settings import Fetch

FIRST_PAGES = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--hosts", type=int, default=1500, help="addresses from 127.0.1.1 on; the client keeps 512 pools")
    chosen = parser.parse_args()
    addresses = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(chosen.hosts)]
    client, process = Client(Fetch(allow_networks=["127.0.0.0/8"])), psutil.Process()
    with serving(addresses) as port, ThreadPoolExecutor(chosen.threads) as threads:
        urls = (f"http://{addresses[n % len(addresses)]}:{port}/{VARIANTS[n % len(VARIANTS)]}/{n}" for n in itertools.count())

        def fetch(url: str) -> None:
            assert len(client.get(url, kind="page").body) == PAGE_BYTES

        print(f"{'pages':>7} {'RSS MiB':>8} {'files':>6} {'threads':>8}")
        first = 0.0
        done = 0
        for goal in [FIRST_PAGES, *range(FIRST_PAGES * 2, chosen.pages + 1, max(FIRST_PAGES, chosen.pages // 20))]:
            for _ in threads.map(fetch, itertools.islice(urls, goal - done)):
                pass
            done = goal
            rss = process.memory_info().rss / 2**20
            first = first or rss
            print(f"{done:>7} {rss:>8.1f} {process.num_fds():>6} {process.num_threads():>8}", flush=True)
        print(f"first {first:.1f} MiB, last {rss:.1f} MiB, growth {rss - first:+.1f} MiB")


if __name__ == "__main__":
    main()
