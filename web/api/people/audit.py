"""The audit over HTTP: what was changed, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from pipeline.store.access import audit
from pipeline.store.access.audit import Entry
from web.api.answers import MAX_ID, MAX_ROWS, problems
from web.context import Database

router = APIRouter(tags=["people"])


class WhichChanges(BaseModel):
    """Which entries of the audit."""

    model_config = ConfigDict(extra="forbid")
    who: str | None = Field(None, max_length=200, pattern=r"^[^\x00]*$", description="by this user")
    limit: int = Field(50, ge=1, le=MAX_ROWS)
    before: int | None = Field(None, ge=1, le=MAX_ID, description="`next` of the answer before")


@dataclass(frozen=True, slots=True)
class Audit:
    """Entries, the latest first. `next` is the `before` of the next page, null on the last one."""

    entries: list[Entry]
    next: int | None


@router.get("/api/v1/audit", responses=problems())
def list_changes(conn: Database, which: Annotated[WhichChanges, Query()]) -> Audit:
    """What was changed, the latest change first."""
    found = audit.listing(conn, who=which.who, before=which.before, limit=which.limit + 1)
    page = found[: which.limit]
    return Audit(page, page[-1].id if len(found) > len(page) else None)
