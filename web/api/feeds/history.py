"""What a feed listed, with the results, and its polls."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from pipeline.store.feeds import feeds, listed_entries
from pipeline.store.feeds.listed_entries import ListedEntry
from web.api.answers import MAX_ID, MAX_ROWS, READ, Id
from web.api.feeds.feeds import the_feed
from web.context import Database
from web.http.tables import AS_CSV, table

ENTRY = tuple(field.name for field in fields(ListedEntry))
POLL = tuple(field.name for field in fields(feeds.PastPoll))
MAX_POLLS = 1_000

router = APIRouter(prefix="/api/v1/feeds/{feed_id}", tags=["feeds"])


class WhichEntries(BaseModel):
    """Which entries of a feed."""

    model_config = ConfigDict(extra="forbid")
    missing: bool = Field(False, description="only those without an article")
    limit: int = Field(50, ge=1, le=MAX_ROWS)
    before: int | None = Field(None, ge=1, le=MAX_ID, description="`next` of the answer before")


@dataclass(frozen=True, slots=True)
class Entries:
    """The last listed first. `next` is the `before` of the next page, null on the last one."""

    entries: list[ListedEntry]
    next: int | None


@dataclass(frozen=True, slots=True)
class Polls:
    """Newest first, as many as poll.keep_polls allows."""

    polls: list[feeds.PastPoll]


@router.get("/entries", response_model=Entries, responses=READ | AS_CSV)
def list_entries(request: Request, conn: Database, feed_id: Id, which: Annotated[WhichEntries, Query()]) -> Any:
    """What the feed listed and the result of each entry: its article, or why there is none."""
    the_feed(conn, feed_id)
    found = listed_entries.listing(conn, feed_id, missing=which.missing, before=which.before, limit=which.limit + 1)
    page = found[: which.limit]
    following = page[-1].link_id if len(found) > len(page) else None
    return table(request, ENTRY, ([getattr(one, name) for name in ENTRY] for one in page), Entries(page, following), {"before": following})


@router.get("/polls", response_model=Polls, responses=READ | AS_CSV)
def list_polls(request: Request, conn: Database, feed_id: Id, limit: Annotated[int, Query(ge=1, le=MAX_POLLS)] = 50) -> Any:
    """The last polls and their results."""
    the_feed(conn, feed_id)
    found = feeds.history(conn, feed_id, limit)
    return table(request, POLL, ([getattr(one, name) for name in POLL] for one in found), Polls(found))
