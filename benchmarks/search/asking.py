"""The questions whose cost is measured, each asked several times with other words."""

from __future__ import annotations

import random
from collections.abc import Callable

import psycopg

from benchmarks.search.texts import COMMON, FREQUENT, RARE, Texts
from pipeline.search.parse import parse
from pipeline.store.search import counting, finding

Ask = Callable[[psycopg.Connection, str], object]


def newest(conn: psycopg.Connection, query: str) -> object:
    return finding.newest(conn, parse(query).tree)


def total(conn: psycopg.Connection, query: str) -> object:
    return counting.count(conn, parse(query).tree)


def of_year(by: str) -> Ask:
    return lambda conn, query: counting.count(conn, parse(f"{query} published:[2025-12-01 TO 2026-11-30]").tree, by)


def relevant(conn: psycopg.Connection, query: str) -> object:
    return finding.relevant(conn, parse(query).tree)


def questions(texts: Texts, runs: int) -> dict[str, tuple[Ask, list[str]]]:
    """Each kind of question with the queries that are asked."""
    rng = random.Random(2)

    def around(rank: int) -> list[str]:
        return [texts.words[rank + rng.randrange(max(3, rank // 4))] for _ in range(runs)]

    common, rare = around(COMMON), around(RARE)
    both = [f"{one} {two}" for one, two in zip(common, around(COMMON), strict=True)]
    pairs = [f"{one} {two}" for one, two in zip(around(FREQUENT), around(2 * FREQUENT), strict=True)]
    return {
        "newest 20, common": (newest, common),
        "newest 20, rare": (newest, rare),
        "newest 20, and": (newest, both),
        "newest 20, phrase": (newest, [f'"{pair}"' for pair in pairs]),
        "newest 20, ~5": (newest, [f'"{pair}"~5' for pair in pairs]),
        "newest 20, prefix": (newest, [f"{word}*" for word in rare]),
        "newest 20, title": (newest, [f"title:{word}" for word in common]),
        "newest 20, nothing found": (newest, [f"x{n}nothing" for n in range(runs)]),
        "total, common": (total, common),
        "total, phrase": (total, [f'"{pair}"' for pair in pairs]),
        "by day, a year, common": (of_year("day"), common),
        "top sources, a year, common": (of_year("source"), common),
        "relevance, common": (relevant, common),
    }
