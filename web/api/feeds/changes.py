"""Add, remove, poll, pause, resume and move feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline.feeds import options
from pipeline.feeds.formats.addresses import without_feed_scheme
from pipeline.normalise.urls import MAX_CHARS
from pipeline.store.feeds import feeds
from web.api.answers import CHANGE, Id, problems
from web.api.bodies import described, json_of
from web.api.feeds.feeds import FeedDetails, get_feed, the_feed
from web.api.feeds.settings import Value, own_settings
from web.context import Database, Web
from web.http.problems import Problem

router = APIRouter(prefix="/api/v1/feeds", tags=["feeds"])


class NewFeed(BaseModel):
    """A feed to add. It is not fetched now but by its first poll. `POST /api/v1/feeds/find` finds the feeds of a site, and `/test` tries
    one."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: str = Field(min_length=1, max_length=MAX_CHARS)
    title: str = Field("", max_length=1_000)
    tags: list[str] = Field([], max_length=100)
    paused: bool = False
    settings: dict[str, Value] = Field({}, description="as PATCH takes them")


class Home(BaseModel):
    """The new address of a feed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: str = Field(min_length=1, max_length=MAX_CHARS)


@dataclass(frozen=True, slots=True)
class Added:
    """The feed with an address: created for it, or known before (`is_new` is false) and unchanged."""

    id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Due:
    """When the feed is polled; later than now if the site asked for that, or if the feed was just polled."""

    id: int
    at: datetime


@router.post(
    "",
    status_code=201,
    responses=CHANGE | {200: {"model": Added, "description": "It was known before."}},
    openapi_extra=described(NewFeed, {"url": "https://example.org/feed.xml", "tags": ["politics"]}),
)
def add_feed(conn: Database, given: Annotated[NewFeed, Depends(json_of(NewFeed))], answer: Response) -> Added:
    """Add a feed. 200 if it is known already, so that sending the request twice does no harm."""
    own = own_settings(options.NOTHING_SET, given.settings)
    number, is_new = feeds.add(conn, address_of(given.url), title=given.title, tags=given.tags, own=own, paused=given.paused)
    answer.status_code = 201 if is_new else 200
    return Added(number, is_new)


@router.delete("/{feed_id}", responses=problems(404))
def remove_feed(conn: Database, feed_id: Id) -> feeds.StoredCounts:
    """Delete a feed with its settings and polls. The answer counts what was deleted (polls, sightings) and what stays (links, articles)."""
    the_feed(conn, feed_id)
    held = feeds.holdings(conn, [feed_id])
    feeds.remove(conn, feed_id)
    return held


@router.post("/{feed_id}/poll", responses=problems(404))
def poll_feed(web: Web, conn: Database, feed_id: Id) -> Due:
    """Poll a feed as soon as its site allows."""
    at = feeds.poll_now(conn, the_feed(conn, feed_id).id, web.settings.poll.by_hand_s)
    if at is None:
        raise Problem(404, "not_found", f"There is no feed {feed_id}.")
    return Due(feed_id, at)


@router.post("/{feed_id}/pause", responses=problems(404))
def pause_feed(conn: Database, feed_id: Id) -> FeedDetails:
    """Stop polling a feed until it is resumed."""
    feeds.pause(conn, the_feed(conn, feed_id).id)
    return get_feed(conn, feed_id)


@router.post("/{feed_id}/resume", responses=problems(404))
def resume_feed(conn: Database, feed_id: Id) -> FeedDetails:
    """Poll a paused or stopped feed again."""
    feeds.resume(conn, the_feed(conn, feed_id).id)
    return get_feed(conn, feed_id)


@router.post("/{feed_id}/move", responses=CHANGE | problems(409), openapi_extra=described(Home, {"url": "https://example.org/new.xml"}))
def move_feed(conn: Database, feed_id: Id, home: Annotated[Home, Depends(json_of(Home))]) -> FeedDetails:
    """Poll a feed at another address from now on. It keeps what it listed."""
    the_feed(conn, feed_id)
    other = feeds.move(conn, feed_id, home.url)
    if other != feed_id:
        raise Problem(409, "known_feed", f"Feed {other} has that address already.")
    return get_feed(conn, feed_id)


def address_of(given: str) -> str:
    """The address that somebody typed, with the scheme that browsers leave out."""
    address = without_feed_scheme(given)
    return address if "://" in address else f"https://{address}"
