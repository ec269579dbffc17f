"""The words typical of matches, and the meaning of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from pydantic import Field

from pipeline.search.keyness import Word
from pipeline.store.search import finding, sampling
from pipeline.store.search.compile import compiled
from web.api.answers import problems
from web.api.search.query import Query, ask
from web.context import Database
from web.http.tables import AS_CSV, table

router = APIRouter(prefix="/api/v1/search", tags=["search"])
COLUMNS = ("word", "texts", "share", "times")


class Typical(Query):
    """How many words, and from which sample."""

    limit: int = Field(30, ge=1, le=500)
    seed: str = Field("1", max_length=200, pattern=r"^[^\x00]*$", description="the same seed reads the same articles")


@dataclass(frozen=True, slots=True)
class Words:
    """Typical words. `sample` is the number of matches read, at most 1,000. `times` says how many times more frequent a word is there than
    among all articles."""

    query: str
    warnings: list[str]
    sample: int
    words: list[Word]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query in normal form, its SQL condition with values, how newsmill finds the matches (by the index of words, or by time), and the
    months that may contain matches."""

    query: str
    warnings: list[str]
    sql: str
    values: dict[str, str | int]
    led_by: Literal["words", "time"]
    months: list[str]


@router.get("/words", response_model=Words, responses=problems() | AS_CSV)
def words(request: Request, conn: Database, which: Annotated[Typical, Parameters()]) -> Any:
    """Find words that are more frequent in a sample of the matches than among all articles."""
    question = ask(conn, which)
    found = sampling.words(conn, question.tree, which.limit, which.seed)
    answer = Words(question.text, question.warnings, found.texts, found.words)
    return table(request, COLUMNS, ([getattr(word, name) for name in COLUMNS] for word in found.words), answer)


@router.get("/explain", responses=problems())
def explain(conn: Database, which: Annotated[Query, Parameters()]) -> Explanation:
    """Explain what a query means and how it runs."""
    question = ask(conn, which)
    made = compiled(question.tree)
    values = {name: value if isinstance(value, int) else str(value) for name, value in made.values.items()}
    months = finding.parts(conn, made)
    return Explanation(question.text, question.warnings, made.sql, values, "words" if made.by_words else "time", months)
