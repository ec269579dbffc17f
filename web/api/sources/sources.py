"""Sources: the outlets that articles belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field

from pipeline.sources import fields as rules
from pipeline.sources.fields import WrongValue
from pipeline.store.sources import sources
from pipeline.store.sources.sources import Given, Saved, Source, Wanted
from web.api.answers import CHANGE, READ, problems
from web.api.bodies import described, json_of
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

COLUMNS = ("name", "label", "homepage", "country", "region", "language", "media_type", "notes", "collections", "articles")
MOST = 1_000
Name = Annotated[str, Query(min_length=1, max_length=500, description="domain, host or domain/path", examples=["example.org"])]

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


class WhichSources(BaseModel):
    """Which sources; every given condition must hold. An empty text matches sources where that field is empty."""

    model_config = ConfigDict(extra="forbid")
    country: str | None = Field(None, max_length=60)
    language: str | None = Field(None, max_length=60)
    media_type: str | None = Field(None, max_length=60)
    collection: str | None = Field(None, max_length=500)
    limit: int = Field(200, ge=1, le=MOST)


class SourceChange(BaseModel):
    """A source to add or change. Omitted fields stay. `collections` are added to those it is already in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    fields: dict[str, str] = Field({}, description=f"of {', '.join(rules.FIELDS)}")
    collections: list[str] = Field([], max_length=100)


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources with the most articles first. `more` says whether further ones exist."""

    sources: list[Source]
    more: bool


@router.get("", response_model=SourceList, responses=problems() | AS_CSV)
def list_sources(request: Request, conn: Database, which: Annotated[WhichSources, Query()]) -> Any:
    """List sources, those with the most articles first."""
    wanted = Wanted(
        which.country.upper() if which.country is not None else None,
        which.language,
        which.media_type,
        which.collection,
    )
    found = sources.listing(conn, wanted, limit=which.limit + 1)
    page = found[: which.limit]
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in page), SourceList(page, len(found) > len(page)))


@router.get("/one", responses=READ)
def get_source(conn: Database, name: Name) -> Source:
    """One source. Its name is a query parameter because it may contain slashes."""
    return the_source(conn, name)


@router.put(
    "/one",
    responses=CHANGE,
    openapi_extra=described(SourceChange, {"fields": {"country": "DE", "media_type": "print"}, "collections": ["Dailies"]}),
)
def save_source(conn: Database, name: Name, change: Annotated[SourceChange, Depends(json_of(SourceChange))]) -> Saved:
    """Add or change a source. The articles of its site follow within minutes."""
    try:
        values = {field: rules.checked(field, text) for field, text in change.fields.items()}
        into = tuple(dict.fromkeys(rules.collection_name(one) for one in change.collections))
        (saved,) = sources.save(conn, [Given(rules.name(name), values, into)])
    except WrongValue as wrong:
        raise invalid(wrong) from None
    return saved


@router.delete("/one", status_code=204, responses=problems(404))
def remove_source(conn: Database, name: Name) -> Response:
    """Remove a source. Its articles go to the next source that fits."""
    if not sources.remove(conn, the_source(conn, name).name):
        raise Problem(404, "not_found", f"There is no source {name[:100]!r}.")
    return Response(status_code=204)


def the_source(conn: Connection, name: str) -> Source:
    """Read a source. Raises Problem 404 or 422."""
    try:
        found = sources.find(conn, rules.name(name))
    except WrongValue as wrong:
        raise invalid(wrong) from None
    if found is None:
        raise Problem(404, "not_found", f"There is no source {name[:100]!r}.")
    return found


def invalid(wrong: WrongValue) -> Problem:
    return Problem(422, "invalid", f"{wrong}.")
