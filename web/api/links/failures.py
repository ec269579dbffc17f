"""Why links failed, and how to send them again after a look at how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from pipeline.outcomes import CODES, describe
from pipeline.store.links import links
from pipeline.store.links.links import LinkFilter
from pipeline.store.maintenance import retries, status
from web.api.answers import CHANGE, MAX_ID, READ
from web.api.bodies import described, json_of
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

COLUMNS = ("state", "code", "count", "meaning", "last_url", "last_detail", "last_at")

router = APIRouter(prefix="/api/v1", tags=["links"])


class Again(BaseModel):
    """Which links to send again. Every given condition must hold; without any, all failed links match."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: str | None = Field(None, pattern="^[a-z0-9_]{1,40}$", description="links that ended with this code")
    host: str | None = Field(None, pattern=r"^[a-z0-9_.:\[\]-]{1,270}$", description="of this host")
    feed: int | None = Field(None, ge=1, le=MAX_ID, description="links that this feed listed")
    older_than_s: float | None = Field(None, ge=0, le=1e9, description="links that ended more than this many seconds ago")
    state: Literal["failed", "skipped"] | None = Field(None, description="null means failed, or the state that belongs to the code")
    dry_run: bool = Field(False, description="only count them")


@dataclass(frozen=True, slots=True)
class Failures:
    """Links that ended without an article (failed, skipped) or wait for a late retry (late), by code."""

    failures: list[Failed]


@dataclass(frozen=True, slots=True)
class Failed:
    state: str
    code: str
    count: int
    meaning: str
    last_url: str
    last_detail: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SentAgain:
    """How many links newsmill sent again, or would with `dry_run`, and how many failed feeds with that code it polls again. `feeds` is null
    if the conditions only concern links."""

    links: int
    feeds: int | None
    dry_run: bool


@router.get("/failures", response_model=Failures, responses=READ | AS_CSV)
def list_failures(request: Request, conn: Database) -> Any:
    """Count the links without an article by code. `GET /api/v1/links?code=` lists the links of one code."""
    counts = status.late(conn) + status.failures(conn)
    found = [Failed(c.state, c.code, c.count, describe(c.code).meaning, c.last_url, c.last_detail, c.last_at) for c in counts]
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in found), Failures(found))


@router.post("/retry", responses=CHANGE, openapi_extra=described(Again, {"code": "http_503", "dry_run": True}))
def retry(conn: Database, given: Annotated[Again, Depends(json_of(Again))]) -> SentAgain:
    """Send links again as if for the first time. With `dry_run` the answer only says how many, and nothing changes."""
    if given.code is not None and given.code not in CODES and not given.code.startswith("http_"):
        raise Problem(422, "invalid", f"code: there is no code {given.code}.")
    state = given.state or (str(describe(given.code).state) if given.code else "failed")
    which = LinkFilter(state=state, code=given.code, host=given.host, feed_id=given.feed, older_than_s=given.older_than_s)
    if given.dry_run:
        return SentAgain(links.count_retry(conn, which), None, True)
    retried = retries.retry(conn, which)
    return SentAgain(retried.links, retried.feeds, False)
