"""Links: lists of them, and the history of one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from pipeline.normalise.file_names import address
from pipeline.normalise.urls import MAX_CHARS
from pipeline.outcomes import State
from pipeline.store.links import links, trace
from pipeline.store.links.links import Link
from web.api.answers import MAX_ID, MAX_ROWS, READ, Id
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

COLUMNS = tuple(field.name for field in fields(Link))

router = APIRouter(tags=["links"])


class Which(BaseModel):
    """Which links to list; every given condition must hold."""

    model_config = ConfigDict(extra="forbid")
    state: State | None = None
    code: str | None = Field(None, pattern="^[a-z0-9_]{1,40}$", description="failure code")
    host: str | None = Field(
        None, pattern=r"^[a-z0-9_.:\[\]-]{1,270}$", description="host name, with its port if that is not the scheme's default"
    )
    feed: int | None = Field(None, ge=1, le=MAX_ID, description="id of a feed that listed them")
    limit: int = Field(50, ge=1, le=MAX_ROWS)
    before: int | None = Field(None, ge=1, le=MAX_ID, description="`next` of the previous answer")


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Links, newest first. `next` is the `before` of the next page, null on the last one."""

    links: list[Link]
    next: int | None


@router.get("/api/v1/links", response_model=LinkPage, responses=READ | AS_CSV)
def list_links(request: Request, conn: Database, which: Annotated[Which, Query()]) -> Any:
    """List links, newest first."""
    chosen = links.LinkFilter(state=which.state, code=which.code, host=which.host, feed_id=which.feed)
    found = links.listing(conn, chosen, limit=which.limit + 1, before=which.before)
    page = found[: which.limit]
    following = page[-1].id if len(found) > len(page) else None
    rows = ([getattr(link, name) for name in COLUMNS] for link in page)
    return table(request, COLUMNS, rows, LinkPage(page, following), {"before": following})


@router.get("/api/v1/links/by-url", responses=READ)
def find_link(conn: Database, url: Annotated[str, Query(max_length=MAX_CHARS, examples=["https://example.org/story"])]) -> trace.Trace:
    """Trace the link of a URL, or of any address that leads to it."""
    found = trace.trace(conn, address(url.strip()).text)
    if found is None:
        raise Problem(404, "not_found", "No feed has listed this URL and nobody has enqueued it.")
    return found


@router.get("/api/v1/links/{link_id}", responses=READ)
def get_link(conn: Database, link_id: Id) -> trace.Trace:
    """Trace one link: its history, in order."""
    found = trace.trace(conn, str(link_id))
    if found is None:
        raise Problem(404, "not_found", f"There is no link {link_id}.")
    return found
