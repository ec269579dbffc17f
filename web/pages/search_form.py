"""The form of the search page: the values in its address, and the query that follows from them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, field_validator

from pipeline.search.calendar import Unit
from web.templating import query_value

MOST_QUERIES = 5  # more lines in one chart cannot be told apart
# Ranges up to this many days (half a year) show single days, unless another unit is chosen.
DAYS_ONE_BY_ONE = 186

View = Literal["articles", "time", "groups", "words", "sample"]
Group = Literal["source", "country", "language", "author", "tag", "section"]


class SearchForm(BaseModel):
    """All values of the search page. They are in its address, so every view has a URL."""

    q: list[str] = Field(default_factory=list, max_length=20)
    shown: int = Field(1, ge=1, le=MOST_QUERIES, description="number of the query that the lists show")
    view: View = "articles"
    since: date | None = None
    until: date | None = None
    language: str = Field("", max_length=20)
    source: str = Field("", max_length=200)
    collection: str = Field("", max_length=200)
    sort: Literal["newest", "relevance"] = "newest"
    dedupe: bool = False
    unit: Unit | None = None
    by: Group = "source"
    share: bool = False
    seed: str = Field("1", max_length=100)
    cursor: str = Field("", max_length=200)

    @field_validator("since", "until", "unit", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("q")
    @classmethod
    def _bounded(cls, value: list[str]) -> list[str]:
        queries = [query.strip() for query in value if query.strip()]
        if len(queries) > MOST_QUERIES:
            raise ValueError(f"the page compares at most {MOST_QUERIES} queries")
        return queries

    @property
    def queries(self) -> list[str]:
        """The typed queries: at least one, which may be empty."""
        return self.q or [""]

    @property
    def number(self) -> int:
        """Index of the query that the lists show, from 0."""
        return min(self.shown, len(self.queries)) - 1

    @property
    def over(self) -> Unit:
        """The chosen unit of time, or the one that suits the range."""
        if self.unit is not None:
            return self.unit
        short = self.since is not None and ((self.until or datetime.now(UTC).date()) - self.since).days <= DAYS_ONE_BY_ONE
        return "day" if short else "month"

    def filtered(self, typed: str) -> str:
        """The typed query, combined with the filters of the form."""
        named = [("language", self.language), ("source", self.source), ("collection", self.collection)]
        filters = [f"{name}:{query_value(value.strip())}" for name, value in named if value.strip()]
        if self.since or self.until:
            filters.append(f"published:[{self.since or '*'} TO {self.until or '*'}]")
        if not filters:
            return typed
        return " ".join([f"({typed})", *filters] if typed else filters)

    def address(self, path: str = "/search", **changed: object) -> str:
        """The address of this page with some values changed. It goes back to the first page, unless the cursor changes."""
        values = {**self.model_dump(exclude_defaults=True), "cursor": "", **changed}
        pairs: list[tuple[str, str]] = []
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                if one not in (None, "", False):
                    pairs.append((name, "true" if one is True else str(one)))
        return f"{path}?{urlencode(pairs)}" if pairs else path
