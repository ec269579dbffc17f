"""Errors and warnings about a query, with their place."""

from __future__ import annotations

from dataclasses import dataclass

CODE = "bad_query"


@dataclass(frozen=True, slots=True)
class Warning:
    """The query runs, but may not mean what its author thinks. `start` and `end` are positions in the query."""

    message: str
    start: int
    end: int


class QueryError(ValueError):
    """A query that cannot run. `message` says what is wrong and what to write instead; `start` and `end` are positions in the query."""

    def __init__(self, message: str, start: int, end: int | None = None) -> None:
        self.message, self.start, self.end = message, start, start + 1 if end is None else end
        self.code = CODE
        super().__init__(f"{message} (at character {start + 1} of the query)")
