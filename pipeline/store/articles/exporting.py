"""Articles for exports: which, by a query and by the filters of `newsmill articles`, in an order that an export can go on in, a page at a time."""

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
from pipeline.store.articles.article_lists import JOINS, TESTS, Wanted
from pipeline.store.articles.fields import FROM, Field
from pipeline.store.search.compile import compiled

PAGE = 500  # articles read at once: some megabytes
KEYS = 10_000  # numbers of articles fetched at once
# Flags of articles whose publisher reserves archiving, indexing or mining.
RESERVED = ("noindex", "noarchive", "noai", "tdm_reserved")
# The month of an article: that of its publication where that is plausible, as in search.
MONTH = "date_trunc('month', coalesce(a.search_at, a.fetched_at) AT TIME ZONE 'UTC')::date"


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles. `upto` leaves out those stored later, so that an export that goes on later has the same. `monthly`: month by month,
    else in the order in which they were stored."""

    query: Node = EVERYTHING
    which: Wanted = ALL
    exclude_reserved: bool = False
    monthly: bool = False
    upto: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An article's place in the order. `month` is None where the order has none."""

    month: date | None
    id: int


@contextmanager
def snapshot(conn: Connection) -> Generator[None, None, None]:
    """A transaction in which the archive stands still."""
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with conn.transaction():
            yield
    finally:
        conn.isolation_level = None


def last(conn: Connection) -> int:
    """The highest number of an article; 0 where there are none."""
    row = conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()
    return int(row[0]) if row else 0


def count(conn: Connection, choice: Choice, after: Key | None = None) -> int:
    """How many articles `keys` gives."""
    _lead(conn)
    statement, values = _statement(choice, after)
    row = conn.execute(f"SELECT count(*) FROM ({statement}) k", values).fetchone()
    return int(row[0]) if row else 0


def keys(conn: Connection, choice: Choice, after: Key | None = None) -> Iterator[Key]:
    """The articles behind a place, in order, without holding them in memory. Within a `snapshot`."""
    _lead(conn)
    statement, values = _statement(choice, after)
    with conn.cursor("keys") as cur:
        cur.itersize = KEYS
        for month, article_id in cur.execute(f"{statement} ORDER BY month, id", values):
            yield Key(month, article_id)


def pages(conn: Connection, found: Iterator[Key], fields: Sequence[Field]) -> Generator[list[tuple[Key, tuple[Any, ...]]], None, None]:
    """The values of the articles, a page at a time. While one page is in use, the next one is read."""
    names = ", ".join(_select(field) for field in fields)
    statement = f"SELECT a.id, {names} {FROM} WHERE a.id = ANY(%s)"

    def read() -> list[tuple[Key, tuple[Any, ...]]]:
        page = list(islice(found, PAGE))
        # Put in order here: Postgres would take as long for that as for all the rest.
        rows = {row[0]: row[1:] for row in conn.execute(statement, ([key.id for key in page],))} if page else {}
        return [(key, rows[key.id]) for key in page]

    with ThreadPoolExecutor(1, "export") as reader:
        coming = reader.submit(read)
        while page := coming.result():
            coming = reader.submit(read)
            yield page


def _select(field: Field) -> str:
    """JSON as the text that Postgres keeps it as: most exports write it as it stands."""
    return f"(a.{field.name})::text" if field.is_json else field.select


def _statement(choice: Choice, after: Key | None) -> tuple[str, dict[str, Any]]:
    """The months and numbers of the articles that are chosen, without an order."""
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
        # The words first, so that Postgres does not begin with the articles.
        matches = f"WITH found AS MATERIALIZED (SELECT s.article_id FROM search s WHERE {made.sql})"
        joins = f"JOIN found ON found.article_id = a.id {joins}"
        values |= made.values
    return f"{matches} SELECT {month} AS month, a.id AS id FROM articles a {joins} WHERE {' AND '.join(['true', *tests])}", values


def _lead(conn: Connection) -> None:
    """An export may take hours."""
    conn.execute("SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true)")
