"""Matching articles: the newest, the most relevant, or random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from psycopg import Connection
from pydantic import Field

from pipeline.search.highlights import WIDTH, passage
from pipeline.search.tree import Node, wanted
from pipeline.store.search import finding, results, sampling
from pipeline.store.search.finding import Hit
from pipeline.store.search.results import COLUMNS, Result
from web.access.guard import Asking
from web.api.answers import MAX_ROWS, problems
from web.api.search.query import Query, ask
from web.context import Database
from web.http.tables import AS_CSV, bad_cursor, cursor, parts_of, table

MAX_SAMPLE = 1_000
SHORT = 200  # characters of a passage for callers who may not read texts

router = APIRouter(prefix="/api/v1/search", tags=["search"])


class Find(Query):
    """Which articles, and how many."""

    sort: Literal["newest", "relevance"] = Field("newest", description="relevance ranks the newest 1,000 matches")
    limit: int = Field(20, ge=1, le=MAX_ROWS)
    cursor: str | None = Field(None, max_length=200, description="`next` of the previous answer")


class Draw(Query):
    """How many random articles."""

    n: int = Field(20, ge=1, le=MAX_SAMPLE)
    seed: str = Field("1", max_length=200, pattern=r"^[^\x00]*$", description="the same seed draws the same articles")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that contains the words. `marks` are the positions of the words in it. `cut` says whether the text continues before and
    after it."""

    text: str
    marks: list[tuple[int, int]]
    cut: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that matches. `day` is the publisher's local date. `copies` is the number of articles that tell its story, itself
    included, on `sites` sites."""

    id: int
    title: str
    url: str
    source: str
    published_at: datetime | None
    day: date
    language: str | None
    word_count: int
    story_id: int | None
    copies: int
    sites: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class FoundArticles:
    """Matching articles. `query` is the query in normal form: cite this one. `next` is the `cursor` of the next page, or null on the last
    one. `note` says what the answer leaves out, if anything."""

    query: str
    warnings: list[str]
    articles: list[FoundArticle]
    next: str | None
    note: str


@router.get("", response_model=FoundArticles, responses=problems() | AS_CSV)
def search(request: Request, conn: Database, caller: Asking, which: Annotated[Find, Parameters()]) -> Any:
    """Find matching articles, each with the passage that contains the words."""
    question = ask(conn, which)
    note, following = "", None
    if which.sort == "relevance":
        hits = finding.relevant(conn, question.tree, which.limit)
        note = f"The most relevant of the newest {finding.RANKED:,} matches."
    else:
        hits = finding.newest(conn, question.tree, which.limit + 1, place(which.cursor))
        if len(hits) > which.limit:
            hits = hits[: which.limit]
            following = cursor(hits[-1].at.isoformat(), hits[-1].article_id)
    found = _shown(conn, hits, question.tree, SHORT if not caller.may("text") else WIDTH)
    answer = FoundArticles(question.text, question.warnings, found, following, note)
    return table(request, COLUMNS, _rows(found), answer, {"cursor": following})


@router.get("/sample", response_model=FoundArticles, responses=problems() | AS_CSV)
def sample(request: Request, conn: Database, caller: Asking, which: Annotated[Draw, Parameters()]) -> Any:
    """Draw random matches. All have the same chance, and the same seed draws the same articles."""
    question = ask(conn, which)
    hits = sampling.sample(conn, question.tree, which.n, which.seed)
    found = _shown(conn, hits, question.tree, SHORT if not caller.may("text") else WIDTH)
    return table(request, COLUMNS, _rows(found), FoundArticles(question.text, question.warnings, found, None, ""))


def _shown(conn: Connection, hits: Sequence[Hit], query: Node, width: int) -> list[FoundArticle]:
    words = wanted(query)

    def shown(one: Result) -> FoundArticle:
        part = passage(one.text, words, width)
        values = {name: getattr(one, name) for name in COLUMNS}
        return FoundArticle(**values, passage=Passage(part.text[:width], [mark for mark in part.marks if mark[1] <= width], part.cut))

    return [shown(one) for one in results.results(conn, hits)]


def _rows(found: list[FoundArticle]) -> list[list[object]]:
    return [[getattr(one, name) for name in COLUMNS] for one in found]


def place(given: str | None) -> tuple[datetime, int] | None:
    """Decode a cursor into the place where the next page starts. Raises Problem 422."""
    if given is None:
        return None
    at, article_id = parts_of(given, 2)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise bad_cursor() from None
    if moment.tzinfo is None or not article_id.isdigit() or len(article_id) > 18:
        raise bad_cursor()
    return moment, int(article_id)
