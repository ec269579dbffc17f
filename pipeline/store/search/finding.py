"""Find matching articles: the newest first, or the most relevant of the newest.

The newest are searched month by month, each through its index of words. In a single statement, Postgres walks through the articles by
time and checks each, which takes seconds if matches are rare.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.search import tree
from pipeline.search.tree import Node
from pipeline.store.search import months
from pipeline.store.search.compile import Compiled, compiled, tsquery

RANKED = 1_000  # newest matches that are ranked: ranking reads the words of each
ZONES = timedelta(hours=15)  # the farthest that a publisher's clock is from UTC


@dataclass(frozen=True, slots=True)
class Hit:
    article_id: int
    at: datetime
    day: date

    @property
    def cursor(self) -> tuple[datetime, int]:
        """The value of `before` that continues after this hit."""
        return self.at, self.article_id


def newest(conn: Connection, query: Node, limit: int = 20, before: tuple[datetime, int] | None = None) -> list[Hit]:
    """The latest published matches, the newest first."""
    made = compiled(query)
    with conn.transaction():
        _lead(conn, made)
        found = _of_part(conn, months.OTHER, made, limit, before)
        here: list[Hit] = []
        for part in parts(conn, made, before):
            here += _of_part(conn, part, made, limit - len(here), before)
            if len(here) == limit:
                break
    return sorted(found + here, key=lambda hit: hit.cursor, reverse=True)[:limit]


def relevant(conn: Connection, query: Node, limit: int = 20) -> list[Hit]:
    """The most relevant of the newest RANKED matches: those with the words close together, frequent, and in the title."""
    hits = newest(conn, query, RANKED)
    words = tree.wanted(query)
    if not words:
        return hits[:limit]
    rows = conn.execute(
        """
        SELECT s.article_id, ts_rank_cd(s.tsv, %(query)s::tsquery)
        FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) h (id, at) JOIN search s ON s.article_id = h.id AND s.at = h.at
        """,
        {"query": tsquery(tree.either(list(words))), "ids": [hit.article_id for hit in hits], "ats": [hit.at for hit in hits]},
    ).fetchall()
    ranks: dict[int, float] = dict(rows)
    return sorted(hits, key=lambda hit: -ranks.get(hit.article_id, 0.0))[:limit]


def everything(conn: Connection, query: Node, page: int = 500) -> Iterator[Hit]:
    """All matches, the newest first, streamed from the database."""
    before = None
    while hits := newest(conn, query, page, before):
        yield from hits
        before = hits[-1].cursor


def parts(conn: Connection, made: Compiled, before: tuple[datetime, int] | None = None) -> list[str]:
    """The months that may contain matches, the newest first."""
    since = _moment(made.since) - ZONES if made.since else None
    until = _moment(made.before) + ZONES if made.before else None
    return [
        part.name
        for part in months.parts(conn)
        if (since is None or part.before > since) and (until is None or part.since < until) and (before is None or part.since <= before[0])
    ]


@contextmanager
def led(conn: Connection, made: Compiled) -> Iterator[None]:
    """A transaction in which matches are found through the index that suits the query."""
    with conn.transaction():
        _lead(conn, made)
        yield


def _lead(conn: Connection, made: Compiled) -> None:
    # The index of words leads if each match has a word of the query; otherwise time does.
    other = "enable_indexscan" if made.by_words else "enable_bitmapscan"
    conn.execute("SELECT set_config('enable_seqscan', 'off', true), set_config(%s, 'off', true), set_config('jit', 'off', true)", (other,))


def _of_part(conn: Connection, part: str, made: Compiled, limit: int, before: tuple[datetime, int] | None) -> list[Hit]:
    """The newest matches of one partition. What the index cannot tell is looked up only of candidates that are new enough, one by one,
    until there are enough: OFFSET keeps Postgres from doing it before it sorts."""
    behind = "AND (s.at, s.article_id) < (%(at)s, %(id)s)" if before else ""
    newest_first = "ORDER BY s.at DESC, s.article_id DESC"
    rows, where = f"{part} s", f"{made.sql} {behind}"
    if made.candidates:
        rows, where = f"(SELECT s.* FROM {part} s WHERE s.tsv @@ %(candidates)s::tsquery {behind} {newest_first} OFFSET 0) s", made.sql
    with conn.cursor(row_factory=class_row(Hit)) as cur:
        return cur.execute(
            f"SELECT s.article_id, s.at, s.day FROM {rows} WHERE {where} {newest_first} LIMIT %(limit)s",
            {**made.values, "candidates": made.candidates, "limit": limit, **({"at": before[0], "id": before[1]} if before else {})},
        ).fetchall()


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
