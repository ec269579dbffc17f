"""Time and memory of `newsmill enqueue` for a list of URLs, against a bare COPY of the same rows in the same run.

    python -m benchmarks.throughput.enqueue [--urls 1000 10000 100000] [--hosts 2000]

Each size is taken in by a process of its own into an embedded Postgres made for the run, once as new links and once as known ones.
The COPY writes address, key, host and priority into a table without indexes. The ratio to it says what the rest costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from cli.local.services import embedded
from pipeline.normalise.urls import parse
from pipeline.store.maintenance.migrate import migrate


def addresses(count: int, hosts: int) -> list[str]:
    return [f"https://paper{n % hosts}.example/2026/{n % 12 + 1}/{n}-the-council-met-on-monday.html" for n in range(count)]


def bare_copy(conn: psycopg.Connection, urls: list[str]) -> float:
    """Seconds to COPY the rows that the list becomes."""
    conn.execute("DROP TABLE IF EXISTS bare")
    conn.execute("CREATE TABLE bare (url text NOT NULL, url_key bytea NOT NULL, host_id bigint NOT NULL, priority smallint NOT NULL)")
    rows = [(url, parse(url).key, number % 2000, 10) for number, url in enumerate(urls)]
    started = time.perf_counter()
    with conn.cursor() as cur, cur.copy("COPY bare FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return time.perf_counter() - started


def taken_in(given: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and MiB of memory at the most that the command took."""
    started = time.perf_counter()
    with given.open("rb") as lines, given.with_suffix(".out").open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", "from cli.main import run; run()", "enqueue", "-"], stdin=lines, stdout=out, env=environment
        )
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, child.returncode
    return time.perf_counter() - started, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--urls", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--hosts", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "services") as services:
        migrate(services.database_url)
        environment = os.environ | {"NEWSMILL_DATABASE_URL": services.database_url, "NEWSMILL_REDIS_URL": services.redis_url}
        environment["NEWSMILL_FETCH__CONTACT"] = "https://benchmark.newsmill.net/"
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        given = Path(folder) / "urls.txt"
        print(f"{'URLs':>8} {'COPY s':>8} {'new s':>8} {'ratio':>7} {'known s':>8} {'ratio':>7} {'MiB':>6}")
        with psycopg.connect(services.database_url, autocommit=True) as conn:
            for count in chosen.urls:
                conn.execute("TRUNCATE links, hosts CASCADE")
                urls = addresses(count, chosen.hosts)
                given.write_text("\n".join(urls) + "\n")
                copied = bare_copy(conn, urls)
                new, memory = taken_in(given, environment)
                assert conn.execute("SELECT count(*) FROM links").fetchone() == (count,)
                known, _ = taken_in(given, environment)
                print(
                    f"{count:>8} {copied:>8.2f} {new:>8.1f} {new / copied:>7.1f} {known:>8.1f} {known / copied:>7.1f} {memory:>6.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
