"""Count matching articles: in total, over time, by source and so on. An estimate says that it is one and gives the range of the true
number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from psycopg import Connection
from pydantic import Field

from pipeline.search.calendar import Unit
from pipeline.search.estimate import Number
from pipeline.store.search import counting
from pipeline.store.search.counting import Group
from web.api.answers import problems
from web.api.search.query import Query, ask
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

MAX_GROUPS = 1_000
router = APIRouter(prefix="/api/v1/search", tags=["search"])
Relation = Literal["exact", "estimate"]
By = Literal["source", "country", "language", "author", "tag", "section"]


class OverTime(Query):
    """The unit of time."""

    interval: Unit = "day"
    share: bool = Field(False, description="add the share among all articles of the same days, sources and languages")


class Top(Query):
    """What to group by, and how many groups."""

    by: By = "source"
    limit: int = Field(20, ge=1, le=MAX_GROUPS)
    share: bool = Field(False, description="add the share; possible for sources, countries and languages")


@dataclass(frozen=True, slots=True)
class Count:
    """A count. `low` and `high` contain the true number 95 times in 100; for an exact count they are equal."""

    query: str
    warnings: list[str]
    total: int
    low: int
    high: int
    relation: Relation


@dataclass(frozen=True, slots=True)
class CountRow:
    """One group. `of` and `share` are null unless shares were requested."""

    key: str
    articles: int
    low: int
    high: int
    of: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The groups and their counts. For units of time, `rows` has every one, also those without a match; days are those of the publishers'
    clocks. `left_out` is the number of smaller groups beyond the limit."""

    query: str
    warnings: list[str]
    total: int
    low: int
    high: int
    relation: Relation
    by: str
    rows: list[CountRow]
    left_out: int
    since: date | None
    before: date | None


@router.get("/count", response_model=Count, responses=problems() | AS_CSV)
def count(request: Request, conn: Database, which: Annotated[Query, Parameters()]) -> Any:
    """Count matching articles."""
    question = ask(conn, which)
    total = counting.count(conn, question.tree).total
    found = Count(question.text, question.warnings, *_numbers(total), _relation(total))
    return table(request, ("total", "low", "high", "relation"), [(*_numbers(total), found.relation)], found)


@router.get("/over-time", response_model=Counts, responses=problems() | AS_CSV)
def over_time(request: Request, conn: Database, which: Annotated[OverTime, Parameters()]) -> Any:
    """Count matching articles for each day, week, month or year."""
    return _grouped(request, conn, which, which.interval, share=which.share, limit=MAX_GROUPS)


@router.get("/top", response_model=Counts, responses=problems() | AS_CSV)
def top(request: Request, conn: Database, which: Annotated[Top, Parameters()]) -> Any:
    """Find the sources, countries, languages, authors, tags or sections with the most matches."""
    if which.share and which.by not in counting.ROW:
        raise Problem(
            422,
            "invalid",
            f"share: works only with {', '.join(name for name in counting.ROW if name not in ('day', 'week', 'month', 'year'))}.",
        )
    return _grouped(request, conn, which, which.by, share=which.share, limit=which.limit)


def _grouped(request: Request, conn: Connection, which: Query, by: str, *, share: bool, limit: int) -> Any:
    question = ask(conn, which)
    counted = counting.count(conn, question.tree, by, share=share)
    groups, left_out = counting.rows(counted, by, limit)
    rows = [_row(group) for group in groups]
    found = Counts(
        question.text,
        question.warnings,
        *_numbers(counted.total),
        _relation(counted.total),
        by,
        rows,
        left_out,
        counted.since,
        counted.before,
    )
    columns = [by, "articles", "low", "high", *(["of", "share"] if share else [])]
    cells = ([row.key, row.articles, row.low, row.high, *([row.of, row.share] if share else [])] for row in rows)
    return table(request, columns, cells, found)


def _row(group: Group) -> CountRow:
    return CountRow(group.key, *_numbers(group.number), group.of, group.share)


def _numbers(number: Number) -> tuple[int, int, int]:
    return number.value, number.low, number.high


def _relation(number: Number) -> Relation:
    return "exact" if number.exact else "estimate"
