"""The query of a request: the parameters that all searches share, and errors of a query."""

from __future__ import annotations

from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field

from pipeline.search.bounds import LONGEST
from pipeline.search.errors import QueryError
from pipeline.store.search import asking
from pipeline.store.search.asking import Question
from web.http.problems import Problem

EXAMPLE = "budget AND source:example.org published:[2026-01-01 TO *]"


class Query(BaseModel):
    """What to search for."""

    model_config = ConfigDict(extra="forbid")
    q: str = Field(
        "",
        max_length=LONGEST,
        description='words, "a phrase", elect*, a OR b, NOT a, title:a, filters; empty matches every article',
        examples=[EXAMPLE],
    )
    dedupe: bool = Field(False, description="count each story once: keep its original and drop the copies on other sites")
    forms: str | None = Field(
        None, max_length=20, pattern="^[A-Za-z-]+$", description="all forms of each word in this language", examples=["en"]
    )


def ask(conn: Connection, which: Query) -> Question:
    """Parse the query. Raises Problem 422, which names the place."""
    try:
        return asking.ask(conn, which.q, forms=which.forms, dedupe=which.dedupe)
    except QueryError as error:
        raise Problem(422, error.code, str(error)) from None
