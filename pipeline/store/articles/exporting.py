"""Select articles for exports, by a query and by the filters of `newsmill articles`. They come in a stable order, so that an export can
continue, a page at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from psycopg import Connection, IsolationLevel

from pipeline.search.tree import EVERYTHING, Node
from pipeline.store.articles.article_lists import JOINS, TESTS, ArticleFilter
from pipeline.store.articles.fields import FROM, Field
from pipeline.store.search.compile import compiled

PAGE = 500  # articles read at once: a few megabytes
KEYS = 10_000  # article ids read at once
# Flags of articles whose publisher reserves archiving, indexing or mining.
RESERVED = ("noindex", "noarchive", "noai", "tdm_reserved")
# The month of an article: that of its publication if plausible, as in search.
MONTH = "date_trunc('month', coalesce(a.search_at, a.fetched_at) AT TIME ZONE 'UTC')::date"


ALL = ArticleFilter()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles. `upto` excludes those stored later, so that a continued export has the same articles. `monthly` orders by month,
    otherwise the order is that of storage."""

    query: Node = EVERYTHING
    which: ArticleFilter = ALL
    exclude_reserved: bool = False
    monthly: bool = False
    upto: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An article's position in the order. `month` is None if the order has no months."""

    month: date | None
    id: int


@contextmanager
def snapshot(conn: Connection) -> Generator[None, None, None]:
    """A transaction with one snapshot of the archive."""
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with conn.transaction():
            yield
    finally:
        conn.isolation_level = None


def last(conn: Connection) -> int:
    """The highest article id; 0 if there are none."""
    row = conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()
    return int(row[0]) if row else 0


def count(conn: Connection, choice: Choice, after: Key | None = None) -> int:
    """How many articles `keys` returns."""
    _lead(conn)
    statement, values = _statement(choice, after)
    row = conn.execute(f"SELECT count(*) FROM ({statement}) k", values).fetchone()
    return int(row[0]) if row else 0


def keys(conn: Connection, choice: Choice, after: Key | None = None) -> Iterator[Key]:
    """The articles after a position, in order, streamed from the database. Use it within a `snapshot`."""
    _lead(conn)
    statement, values = _statement(choice, after)
    with conn.cursor("keys") as cur:
        cur.itersize = KEYS
        for month, article_id in cur.execute(f"{statement} ORDER BY month, id", values):
            yield Key(month, article_id)


def pages(conn: Connection, found: Iterator[Key], fields: Sequence[Field]) -> Generator[list[tuple[Key, tuple[Any, ...]]], None, None]:
    """The values of the articles, a page at a time. The next page is read while one is in use."""
    names = ", ".join(_select(field) for field in fields)
    statement = f"SELECT a.id, {names} {FROM} WHERE a.id = ANY(%s)"

    def read() -> list[tuple[Key, tuple[Any, ...]]]:
        page = list(islice(found, PAGE))
        # sorted here: in Postgres, sorting would take as long as all the rest
        rows = {row[0]: row[1:] for row in conn.execute(statement, ([key.id for key in page],))} if page else {}
        return [(key, rows[key.id]) for key in page]

    with ThreadPoolExecutor(1, "export") as reader:
        coming = reader.submit(read)
        while page := coming.result():
            coming = reader.submit(read)
            yield page


def _select(field: Field) -> str:
    """JSON as the text that Postgres stores: most exports write it unchanged."""
    return f"(a.{field.name})::text" if field.is_json else field.select


def _statement(choice: Choice, after: Key | None) -> tuple[str, dict[str, Any]]:
    """The months and ids of the selected articles, without an order."""
    values = asdict(choice.which)
    tests = [test for name, test in TESTS.items() if values[name] is not None]
    if choice.exclude_reserved:
        tests.append("NOT a.flags && %(reserved)s::text[]")
        values["reserved"] = list(RESERVED)
    if choice.upto is not None:
        tests.append("a.id <= %(upto)s")
        values["upto"] = choice.upto
    month = MONTH if choice.monthly else "NULL::date"
    if after is not None:
        tests.append(f"({month}, a.id) > (%(after_month)s, %(after_id)s)" if choice.monthly else "a.id > %(after_id)s")
        values |= {"after_month": after.month, "after_id": after.id}
    joins = JOINS if choice.which.site is not None else ""
    matches = ""
    if choice.query != EVERYTHING:
        made = compiled(choice.query)
        # the words first, so that Postgres does not start with the articles
        matches = f"WITH found AS MATERIALIZED (SELECT s.article_id FROM search s WHERE {made.sql})"
        joins = f"JOIN found ON found.article_id = a.id {joins}"
        values |= made.values
    return f"{matches} SELECT {month} AS month, a.id AS id FROM articles a {joins} WHERE {' AND '.join(['true', *tests])}", values


def _lead(conn: Connection) -> None:
    """Allow the export to take hours."""
    conn.execute("SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true)")
