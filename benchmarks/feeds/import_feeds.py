"""Time of `newsmill import` for OPML, CSV and a plain list, of new feeds and again when all are known.

    python -m benchmarks.feeds.import_feeds [--feeds 10000] [--hosts 4000]

Each list is imported by a process of its own into an embedded Postgres made for the run. Beside it stands the time of one INSERT of
the same rows, indexes included, in the same run.
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
from pipeline.feeds.opml import Outline, write
from pipeline.feeds.options import Options
from pipeline.normalise.urls import parse
from pipeline.store.maintenance.migrate import migrate


def outlines(count: int, hosts: int) -> list[Outline]:
    return [
        Outline(
            f"https://paper{n % hosts}.example/feeds/{n}.xml", f"Paper {n}", tags=(f"folder {n % 40}",), options=Options(priority=n % 5)
        )
        for n in range(count)
    ]


def lists(feeds: list[Outline]) -> dict[str, bytes]:
    """The same feeds in each of the forms."""
    rows = [f"{feed.url},{feed.title},{feed.tags[0]},{feed.options.priority}" for feed in feeds]
    return {
        "opml": write(feeds),
        "csv": "\n".join(["url,title,tags,priority", *rows]).encode(),
        "list": "\n".join(feed.url for feed in feeds).encode(),
    }


def bare_insert(conn: psycopg.Connection, feeds: list[Outline]) -> float:
    """Seconds for one INSERT of the rows."""
    urls = [parse(feed.url) for feed in feeds]
    conn.execute("INSERT INTO hosts (name) SELECT DISTINCT unnest(%s::text[])", ([url.host for url in urls],))
    started = time.perf_counter()
    conn.execute(
        "INSERT INTO feeds (url, url_key, host_id) SELECT url, key, h.id"
        " FROM unnest(%s::text[], %s::bytea[], %s::text[]) n (url, key, host) JOIN hosts h ON h.name = n.host",
        ([url.text for url in urls], [url.key for url in urls], [url.host for url in urls]),
    )
    return time.perf_counter() - started


def imported(given: Path, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    with given.with_suffix(".out").open("wb") as out:
        subprocess.run(
            [sys.executable, "-c", "from cli.main import run; run()", "import", str(given)], stdout=out, env=environment, check=True
        )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=4000)
    chosen = parser.parse_args()
    feeds = outlines(chosen.feeds, chosen.hosts)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "services") as services:
        migrate(services.database_url)
        environment = os.environ | {"NEWSMILL_DATABASE_URL": services.database_url}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        print(f"{'form':>6} {'INSERT s':>9} {'new s':>7} {'known s':>8}")
        with psycopg.connect(services.database_url, autocommit=True) as conn:
            for form, data in lists(feeds).items():
                given = Path(folder) / f"feeds.{form}"
                given.write_bytes(data)
                conn.execute("TRUNCATE feeds, hosts CASCADE")
                inserted = bare_insert(conn, feeds)
                conn.execute("TRUNCATE feeds, hosts CASCADE")
                new = imported(given, environment)
                assert conn.execute("SELECT count(*) FROM feeds").fetchone() == (chosen.feeds,)
                print(f"{form:>6} {inserted:>9.2f} {new:>7.1f} {imported(given, environment):>8.1f}", flush=True)


if __name__ == "__main__":
    main()
