"""Feeds in the JSON API: their health, when they are polled next and why, and their last polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field

from pipeline.feeds.scheduling.health import Health
from pipeline.store.feeds import feeds, health, moved_feeds, websub
from web.api.answers import MAX_ID, READ, Id
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

MAX_FEEDS = 200
COLUMNS = (
    *("id", "url", "title", "site_url", "kind", "language", "tags", "state", "interval_s", "failures", "next_poll_at", "next_poll_why"),
    *("last_polled_at", "last_ok_at", "code", "detail", "links", "stored", "created_at"),
)
router = APIRouter(tags=["feeds"])


class Which(BaseModel):
    """Which feeds to list; every given condition must hold."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["active", "paused", "stopped", "failing"] | None = Field(None, description="failing: active, and the last poll failed")
    limit: int = Field(50, ge=1, le=MAX_FEEDS)
    after: int | None = Field(None, ge=0, le=MAX_ID, description="`next` of the previous answer")


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When the feed is polled next, null if it is not, and the reason as a sentence."""

    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed in a list."""

    feed: feeds.Feed
    health: Health
    next_poll: NextPoll


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Feeds by id. `next` is the `after` of the next page, null on the last one."""

    feeds: list[Listed]
    next: int | None


@dataclass(frozen=True, slots=True)
class FeedDetails:
    """One feed. `former_urls` are its addresses before it moved, the latest first; `hub` is its WebSub subscription; `polls` are newest
    first."""

    feed: feeds.Feed
    health: Health
    next_poll: NextPoll
    former_urls: list[str]
    hub: websub.SubscriptionStatus | None
    polls: list[feeds.PastPoll]


@router.get("/api/v1/feeds", response_model=FeedPage, responses=READ | AS_CSV)
def list_feeds(request: Request, conn: Database, which: Annotated[Which, Query()]) -> Any:
    """Feeds, how each does, and when it is polled next and why."""
    found = feeds.listing(conn, state=which.state, limit=which.limit + 1, after=which.after or 0)
    page = found[: which.limit]
    states = health.of_feeds(conn, [feed.id for feed in page])
    following = page[-1].id if len(found) > len(page) else None
    answer = FeedPage([Listed(feed, states[feed.id], _next(feed)) for feed in page], following)
    rows = ([*(getattr(feed, name) for name in COLUMNS), states[feed.id].status, states[feed.id].why] for feed in page)
    return table(request, (*COLUMNS, "health", "why"), rows, answer, {"after": following})


@router.get("/api/v1/feeds/{feed_id}", responses=READ)
def get_feed(conn: Database, feed_id: Id, polls: Annotated[int, Query(ge=0, le=1000)] = 20) -> FeedDetails:
    """One feed and its last polls."""
    feed = the_feed(conn, feed_id)
    return FeedDetails(
        feed,
        health.of_feeds(conn, [feed.id])[feed.id],
        _next(feed),
        moved_feeds.former(conn, feed.id),
        websub.of_feed(conn, feed.id),
        feeds.history(conn, feed.id, polls),
    )


def the_feed(conn: Connection, feed_id: int) -> feeds.Feed:
    """Raises Problem 404."""
    feed = feeds.find(conn, str(feed_id))
    if feed is None:
        raise Problem(404, "not_found", f"There is no feed {feed_id}.")
    return feed


def _next(feed: feeds.Feed) -> NextPoll:
    return NextPoll(feed.next_poll_at if feed.state == "active" else None, feed.next_poll_why)
