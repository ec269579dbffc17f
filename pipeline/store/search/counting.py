"""Count matches: in total, over time, by source and so on. Counts are exact within a time limit, otherwise estimated from a sample and
marked as such."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import psycopg
from psycopg import Connection

from pipeline.search import tree
from pipeline.search.calendar import UNITS, filled
from pipeline.search.estimate import Number, estimated, exactly
from pipeline.search.tree import And, Days, Filter, Node
from pipeline.store.search import daily, months
from pipeline.store.search.compile import Compiled, compiled
from pipeline.store.search.finding import led, parts

LIMIT_S = 2.0  # seconds for an exact count; people do not wait longer for a page
LOOK_S = 50e-6  # seconds to look into one article for a phrase or an author, where it is read from disk
SAMPLED = "s.sample < 50"  # has its own index, see the migration
# Ways of grouping: by the row in `search`, by its source, or by the article.
ROW = {
    "day": "s.day",
    "week": "date_trunc('week', s.day)::date",
    "month": "date_trunc('month', s.day)::date",
    "year": "date_trunc('year', s.day)::date",
    "language": "coalesce(s.language, '')",
    "source": "s.source_id",
    "country": "s.source_id",
}
SOURCE = {"source": "name", "country": "country"}
ARTICLE = {"section": "SELECT a.section", "author": "SELECT DISTINCT unnest(a.authors)", "tag": "SELECT DISTINCT lower(unnest(a.tags))"}
BY = (*ROW, *ARTICLE)
MANY = ("author", "tag")  # an article may have several
_FRAME = ("source", "collection", "country", "language", "published")


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of a count. `groups` by key; empty if only the total was requested. `of` counts all articles of each group, for shares:
    those of the same outlets, languages and days, whatever their words."""

    total: Number
    groups: dict[Any, Number]
    of: dict[Any, int]
    since: date | None = None
    before: date | None = None

    @property
    def exact(self) -> bool:
        return self.total.exact


@dataclass(frozen=True, slots=True)
class Group:
    """A row of a count. `of` is the number of all articles of the group, or None if no shares were requested."""

    key: str
    number: Number
    of: int | None

    @property
    def share(self) -> float | None:
        """The share of the matches in the group, or None if `of` is missing or 0."""
        return self.number.value / self.of if self.of else None


def rows(counted: Counted, by: str, limit: int) -> tuple[list[Group], int]:
    """The groups in order, and how many were left out: all of a range of time, empty ones too, or the largest of the others."""
    unit = next((unit for unit in UNITS if unit == by), None)
    groups: Mapping[Any, Number] = (
        filled(counted.groups, unit, exactly(0), counted.since, counted.before)
        if unit is not None
        else dict(sorted(counted.groups.items(), key=lambda group: (-group[1].value, str(group[0]))))
    )
    most = len(groups) if unit is not None else limit
    found = [Group(str(key), number, counted.of.get(key, 0) if counted.of else None) for key, number in islice(groups.items(), most)]
    return found, len(groups) - len(found)


def count(conn: Connection, query: Node, by: str = "", *, share: bool = False, limit_s: float = LIMIT_S) -> Counted:
    """Count the matches. The limit applies only to the exact count; the estimate is limited only by Postgres' statement timeout."""
    made = compiled(query)
    try:
        if made.candidates and _candidates(conn, made) * LOOK_S > limit_s:
            raise psycopg.errors.QueryCanceled  # it would be, later
        total, groups = _tally(conn, made, by, limit_s)
        numbers = {key: exactly(number) for key, number in groups.items()}
        found = exactly(total)
    except psycopg.errors.QueryCanceled:
        total, groups = _tally(conn, made, by, None)
        numbers = {key: estimated(number) for key, number in groups.items()}
        found = estimated(total)
    return Counted(found, numbers, _all(conn, query, by) if share and by in ROW else {}, made.since, made.before)


def once_a_story(query: Node) -> Node:
    """The query restricted to the originals of stories and articles without copies."""
    return tree.both([query, Filter("is", "original")])


def _tally(conn: Connection, made: Compiled, by: str, limit_s: float | None) -> tuple[int, Counter[Hashable]]:
    """The total and the groups: exact within the limit, or from the sample if there is no limit. Raises psycopg.errors.QueryCanceled."""
    until = None if limit_s is None else time.monotonic() + limit_s
    groups: Counter[Hashable] = Counter()
    total = 0
    with led(conn, made):
        for part in [months.OTHER, *parts(conn, made)]:
            if until is not None:
                left_ms = round((until - time.monotonic()) * 1000)
                if left_ms <= 0:
                    raise psycopg.errors.QueryCanceled
                conn.execute("SELECT set_config('statement_timeout', %s, true)", (str(left_ms),))
            where = made.sql if limit_s is not None else f"{made.sql} AND {SAMPLED}"
            if not by or by in MANY:
                total += _number(conn, f"SELECT count(*) FROM {part} s WHERE {where}", made.values)
            if by:
                groups.update(dict(conn.execute(_grouping(by, part, where), made.values).fetchall()))
    if by and by not in MANY:
        total = groups.total()
    return total, _named(conn, by, groups)


def _candidates(conn: Connection, made: Compiled) -> int:
    """About how many articles have the words, wherever they stand: each would have to be looked into."""
    statement = f"SELECT count(*) FROM {{}} s WHERE s.tsv @@ %(candidates)s::tsquery AND {SAMPLED}"
    with led(conn, made):
        found = sum(_number(conn, statement.format(part), {"candidates": made.candidates}) for part in [months.OTHER, *parts(conn, made)])
    return estimated(found).value


def _grouping(by: str, part: str, where: str) -> str:
    if by in ROW:
        return f"SELECT {ROW[by]}, count(*) FROM {part} s WHERE {where} GROUP BY 1"
    # The matches first, so that Postgres does not start with the articles.
    return f"""
        WITH matches AS MATERIALIZED (SELECT s.article_id FROM {part} s WHERE {where})
        SELECT x.key, count(*) FROM matches m JOIN articles a ON a.id = m.article_id CROSS JOIN LATERAL ({ARTICLE[by]}) x (key) GROUP BY 1
    """


def _named(conn: Connection, by: str, groups: Counter[Hashable]) -> Counter[Hashable]:
    """The groups by the names or countries of their sources."""
    if by not in SOURCE:
        return groups
    names: dict[Hashable, str] = dict(
        conn.execute(f"SELECT id, {SOURCE[by]} FROM sources WHERE id = ANY(%s)", ([key for key in groups if key],)).fetchall()
    )
    found: Counter[Hashable] = Counter()
    for key, number in groups.items():
        found[names.get(key, "")] += number
    return found


def _all(conn: Connection, query: Node, by: str) -> dict[Any, int]:
    """All articles of each group, within the days, outlets and languages of the query."""
    daily.recount(conn)
    made = compiled(_frame(query))
    rows = conn.execute(
        f"""
        SELECT {ROW[by]}, sum(s.stored)::bigint
        FROM (SELECT day, nullif(source_id, 0) AS source_id, nullif(language, '') AS language, stored FROM daily) s WHERE {made.sql} GROUP BY 1
        """,
        made.values,
    ).fetchall()
    return dict(_named(conn, by, Counter(dict(rows))))


def _frame(query: Node) -> Node:
    """The part of a query that says where and when, not what about."""
    asked = query.parts if isinstance(query, And) else (query,)
    return And(
        tuple(
            part
            for part in asked
            if part != And(()) and all(isinstance(leaf, Filter | Days) and leaf.name in _FRAME for leaf in tree.leaves(part))
        )
    )


def _number(conn: Connection, statement: str, values: dict[str, object]) -> int:
    row = conn.execute(statement, values).fetchone()
    return int(row[0]) if row else 0
