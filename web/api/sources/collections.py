"""Collections: named sets of sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field

from pipeline.sources import fields as rules
from pipeline.sources.fields import WrongValue
from pipeline.store.sources import collections
from pipeline.store.sources.collections import Collection
from web.api.answers import CHANGE, problems
from web.api.bodies import described, json_of
from web.api.sources.sources import invalid
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

COLUMNS = ("name", "notes", "sources", "articles")
MOST_NAMES = 10_000
Name = Annotated[str, Path(min_length=1, max_length=500, examples=["Dailies"])]

router = APIRouter(prefix="/api/v1/collections", tags=["sources"])


class NewCollection(BaseModel):
    """A collection to make."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(max_length=500)
    notes: str = Field("", max_length=10_000)


class Members(BaseModel):
    """Sources to add to a collection, and sources to remove from it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    add: list[str] = Field([], max_length=MOST_NAMES)
    remove: list[str] = Field([], max_length=MOST_NAMES)


@dataclass(frozen=True, slots=True)
class Collections:
    collections: list[Collection]


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """The sources that were added and removed, and the given names that are no sources."""

    added: list[str]
    removed: list[str]
    unknown: list[str]


@router.get("", response_model=Collections, responses=problems() | AS_CSV)
def list_collections(request: Request, conn: Database) -> Any:
    """List all collections by name."""
    found = collections.listing(conn)
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in found), Collections(found))


@router.post("", status_code=201, responses=CHANGE | problems(409), openapi_extra=described(NewCollection, {"name": "Dailies"}))
def add_collection(conn: Database, given: Annotated[NewCollection, Depends(json_of(NewCollection))]) -> Collection:
    """Make a collection."""
    try:
        name = rules.collection_name(given.name)
    except WrongValue as wrong:
        raise invalid(wrong) from None
    if not collections.create(conn, name, given.notes):
        raise Problem(409, "name_taken", f"There is a collection {name!r} already.")
    return _found(conn, name)


@router.patch("/{name}", responses=CHANGE, openapi_extra=described(Members, {"add": ["example.org"]}))
def change_collection(conn: Database, name: Name, members: Annotated[Members, Depends(json_of(Members))]) -> MembersChanged:
    """Add sources to a collection and remove others."""
    of = _found(conn, name).id
    try:
        coming, going = ([rules.name(one) for one in names] for names in (members.add, members.remove))
    except WrongValue as wrong:
        raise invalid(wrong) from None
    added, unknown = collections.add(conn, of, coming)
    removed, others = collections.take_out(conn, of, going)
    return MembersChanged(added, removed, sorted({*unknown, *others}))


@router.delete("/{name}", status_code=204, responses=problems(404))
def remove_collection(conn: Database, name: Name) -> Response:
    """Remove a collection. Its sources stay."""
    collections.delete(conn, _found(conn, name).id)
    return Response(status_code=204)


def _found(conn: Connection, name: str) -> Collection:
    found = collections.find(conn, name)
    if found is None:
        raise Problem(404, "not_found", f"There is no collection {name[:100]!r}.")
    return found
