"""What search costs, as the archive grows.

    python -m benchmarks.search.search [--articles 10000 100000 1000000] [--runs 15] [--plans] [--keep FOLDER]

Fills `search` with articles of 24 months and asks each kind of question several times with other words. Prints for each size p50 and p95 in
milliseconds, of waiting and of Postgres' CPU, and how many times the smallest archive's p95 that is: other programs on the machine make the
one longer, and hardly the other. Then the bytes of an article, Postgres' CPU for storing one, and how many of 100 estimates hold the true number.
`--plans` shows how Postgres runs the dearest question of each kind. `--keep` leaves the archive in a folder; the next run goes on with it. A million articles take 15 GB of disk and half an hour or more.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.search.asking import Ask, questions
from benchmarks.search.filling import cpu_ms, fill, filled, index, prepare, sizes, store
from benchmarks.search.texts import Texts
from cli.local.services import embedded
from pipeline.search.parse import parse
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.search import counting


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of one question with each of its queries, in the order of the queries."""

    wall: list[float]
    cpu: list[float]


def p95(numbers: list[float]) -> float:
    return sorted(numbers)[min(len(numbers) - 1, round(len(numbers) * 0.95))]


def measure(conn: psycopg.Connection, ask: Ask, queries: list[str]) -> Took:
    wall, cpu = [], []
    for query in queries:
        began, spent = time.perf_counter(), cpu_ms(conn)
        ask(conn, query)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append(cpu_ms(conn) - spent)
    return Took(wall, cpu)


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


def table(found: dict[str, Took], least: dict[str, Took]) -> list[str]:
    lines = ["| question | p50 ms | p95 ms | CPU p50 | CPU p95 | times the smallest (CPU p95) |", "|---|---|---|---|---|---|"]
    for name, took in found.items():
        times = p95(took.cpu) / max(0.01, p95(least[name].cpu))
        lines.append(
            f"| {name} | {statistics.median(took.wall):.1f} | {p95(took.wall):.1f} | {statistics.median(took.cpu):.1f} | {p95(took.cpu):.1f} | {times:.1f} |"
        )
    return lines


def plans(conn: psycopg.Connection, ask: Ask, query: str) -> None:
    """Print how Postgres runs the statements of a question that look into `search`."""
    conn.execute("LOAD 'auto_explain'")
    for name, value in (("log_min_duration", "0"), ("log_analyze", "on"), ("log_buffers", "on")):
        conn.execute(f"SET auto_explain.{name} = '{value}'")
    conn.execute("SET client_min_messages = 'log'")
    conn.add_notice_handler(_say)
    ask(conn, query)
    conn.remove_notice_handler(_say)
    conn.execute("RESET client_min_messages")
    conn.execute("SET auto_explain.log_min_duration = -1")


def _say(notice: psycopg.errors.Diagnostic) -> None:
    if "search_2026_1" in (notice.message_primary or ""):
        print(notice.message_primary)


def report(conn: psycopg.Connection, asked: dict[str, tuple[Ask, list[str]]]) -> dict[str, Took]:
    found = {}
    for name, (ask, queries) in asked.items():
        measure(conn, ask, queries[:3])  # what is kept in memory is there then
        found[name] = measure(conn, ask, queries)
    return found


def run(conn: psycopg.Connection, articles: list[int], runs: int, *, with_plans: bool) -> None:
    texts = Texts()
    asked = questions(texts, runs)
    least: dict[str, Took] = {}
    there = filled(conn)
    for count in sorted(articles):
        began = time.perf_counter()
        if count > there:
            fill(conn, texts, there, count)
            there = count
        index(conn)
        parts = sizes(conn)
        print(f"\n{there:,} articles, filled in {time.perf_counter() - began:,.0f} s; {sum(parts.values()) / 1000:.1f} KB an article:")
        print(", ".join(f"{part} {number:,.0f}" for part, number in parts.items()), flush=True)
        found = report(conn, asked)
        least = least or found
        print("\n".join(table(found, least)), flush=True)
        if with_plans:
            for name, (ask, queries) in asked.items():
                print(f"\n## {name}")
                plans(conn, ask, queries[found[name].cpu.index(max(found[name].cpu))])
        print(f"storing: {store(conn, texts):.2f} ms of Postgres' CPU an article")
        print(f"estimates that hold the true number: {held(conn, texts)} of 100", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded(options.keep or Path(folder), fsync=False, valkey=False) as services:
        migrate(services.database_url)
        with psycopg.connect(services.database_url, autocommit=True, options="-c max_parallel_workers_per_gather=0") as conn:
            prepare(conn)
            run(conn, options.articles, options.runs, with_plans=options.plans)


if __name__ == "__main__":
    main()
