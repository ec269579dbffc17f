"""What search costs, as the archive grows.

    python -m benchmarks.search.search [--articles 10000 100000 1000000] [--runs 15]

Fills `search` with articles of 24 months and asks each kind of question several times with other words. Prints p50 and p95 in milliseconds
and, for each size, how many times the p95 of the smallest that is; then the bytes of an article, what storing one costs, and how many of
100 estimates hold the true number.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.search.texts import COMMON, RARE, WORDS, Texts
from cli.local.services import embedded
from pipeline.search.parse import parse
from pipeline.search.vector import sample, vector
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.search import counting, daily, finding, months
from pipeline.store.search.checking import check

END = datetime(2026, 11, 30, tzinfo=UTC)
MONTHS = 24
SOURCES = 500
BATCH = 2_000
COLUMNS = "article_id, at, day, source_id, language, words, sample, tsv"

Ask = Callable[[psycopg.Connection, str], object]


def newest(conn: psycopg.Connection, query: str) -> object:
    return finding.newest(conn, parse(query).tree)


def total(conn: psycopg.Connection, query: str) -> object:
    return counting.count(conn, parse(query).tree)


def of_year(by: str) -> Ask:
    return lambda conn, query: counting.count(conn, parse(f"{query} published:[2025-12-01 TO 2026-11-30]").tree, by)


def questions(texts: Texts, runs: int) -> dict[str, tuple[Ask, list[str]]]:
    """Each kind of question with the queries that are asked."""
    rng = random.Random(2)

    def near(rank: int) -> list[str]:
        return [texts.words[rank + rng.randrange(max(3, rank // 4))] for _ in range(runs)]

    common, other, rare = near(COMMON), near(COMMON), near(RARE)
    pairs = [f"{one} {two}" for one, two in zip(common, other, strict=True)]
    return {
        "newest 20, common": (newest, common),
        "newest 20, rare": (newest, rare),
        "newest 20, and": (newest, pairs),
        "newest 20, phrase": (newest, [f'"{pair}"' for pair in pairs]),
        "newest 20, ~5": (newest, [f'"{pair}"~5' for pair in pairs if len(set(pair.split())) == 2]),
        "newest 20, prefix": (newest, [f"{word}*" for word in rare]),
        "newest 20, title": (newest, [f"title:{word}" for word in common]),
        "newest 20, nothing found": (newest, [f"x{n}nothing" for n in range(runs)]),
        "total, common": (total, common),
        "total, phrase": (total, [f'"{pair}"' for pair in pairs]),
        "by day, a year, common": (of_year("day"), common),
        "top sources, a year, common": (of_year("source"), common),
        "relevance, common": (lambda conn, query: finding.relevant(conn, parse(query).tree), common),
    }


def fill(conn: psycopg.Connection, texts: Texts, since: int, count: int) -> float:
    """Add articles up to so many. Returns the seconds of CPU that making their words took, an article."""
    spent = 0.0
    for first in range(since, count, BATCH):
        made = [(number, *texts.article()) for number in range(first + 1, min(first + BATCH, count) + 1)]
        began = time.process_time()
        rows = [(number, language, vector(title, text)) for number, language, title, text in made]
        spent += time.process_time() - began
        with conn.cursor() as cur, cur.copy(f"COPY search ({COLUMNS}) FROM STDIN") as copy:
            for number, language, words in rows:
                at = END - timedelta(days=MONTHS * 30 * texts.random.random())
                copy.write_row((number, at, at.date(), 1 + number % SOURCES, language, WORDS, sample(number), words))
    return spent / max(1, count - since)


def measure(conn: psycopg.Connection, asked: dict[str, tuple[Ask, list[str]]]) -> dict[str, tuple[float, float]]:
    """p50 and p95 of each question in milliseconds."""
    found = {}
    for name, (ask, queries) in asked.items():
        took = []
        for query in queries:
            began = time.perf_counter()
            ask(conn, query)
            took.append((time.perf_counter() - began) * 1000)
        found[name] = (statistics.median(took), sorted(took)[min(len(took) - 1, round(len(took) * 0.95))])
    return found


def held(conn: psycopg.Connection, texts: Texts, of: int = 100) -> int:
    """How many of so many estimates hold the true number."""
    rng = random.Random(3)
    right = 0
    for _ in range(of):
        query = parse(texts.words[round(3 * 10 ** (rng.random() * 3))]).tree
        exact = counting.count(conn, query, limit_s=600).total.value
        estimate = counting.count(conn, query, limit_s=0).total
        right += estimate.low <= exact <= estimate.high
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    texts = Texts()
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder), fsync=False) as services:
        migrate(services.database_url)
        with psycopg.connect(services.database_url, autocommit=True, options="-c max_parallel_workers_per_gather=0") as conn:
            conn.execute("INSERT INTO sources (name) SELECT 'site' || n || '.example' FROM generate_series(1, %s) n", (SOURCES,))
            months.make(conn, END - timedelta(days=0))
            for back in range(MONTHS + 1):
                months.make(conn, END - timedelta(days=30 * back))
            asked = questions(texts, options.runs)
            least: dict[str, tuple[float, float]] = {}
            there = 0
            for count in sorted(options.articles):
                making = fill(conn, texts, there, count)
                there = count
                conn.execute("INSERT INTO daily_stale SELECT DISTINCT day FROM search")
                daily.recount(conn)
                conn.execute("VACUUM ANALYZE search")
                measure(conn, asked)  # what is kept in memory is there then
                found = measure(conn, asked)
                least = least or found
                print(
                    f"\n{count:,} articles: {check(conn, 0).size / count / 1000:.1f} KB an article, words {making * 1000:.2f} ms CPU an article"
                )
                print("| question | p50 ms | p95 ms | times the smallest |\n|---|---|---|---|")
                for name, (p50, p95) in found.items():
                    print(f"| {name} | {p50:.1f} | {p95:.1f} | {p95 / least[name][1]:.1f} |")
                print(f"estimates that hold the true number: {held(conn, texts)} of 100")


if __name__ == "__main__":
    main()
