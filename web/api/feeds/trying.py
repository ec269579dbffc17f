"""Requests to sites for a person who waits: which feeds a site has, and what a feed would bring. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from pipeline import trial_poll
from pipeline.feeds import options
from pipeline.feeds.discovery import feed_search
from pipeline.feeds.identity import Listed
from pipeline.fetch.client import Client
from pipeline.normalise.urls import MAX_CHARS, web_link
from web.api.answers import CHANGE
from web.api.bodies import described, json_of
from web.api.feeds.changes import address_of
from web.api.feeds.settings import Value, own_settings
from web.context import Web

router = APIRouter(prefix="/api/v1/feeds", tags=["feeds"])


class Site(BaseModel):
    """A site, or a feed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: str = Field(min_length=1, max_length=MAX_CHARS)


class Tried(Site):
    """A feed, and settings to try with it."""

    settings: dict[str, Value] = {}


@dataclass(frozen=True, slots=True)
class FoundFeed:
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class FoundFeeds:
    """The likeliest feeds first, and descriptions of the places that were searched."""

    feeds: list[FoundFeed]
    tried: list[str]


@dataclass(frozen=True, slots=True)
class TrialEntry:
    """One entry. `excluded` is why it would not be ingested; empty if it would."""

    url: str
    guid: str
    title: str
    published_at: datetime | None
    excluded: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a poll would bring. `code` and `detail` say what is wrong; empty if nothing is."""

    url: str
    status: int | None
    code: str
    detail: str
    title: str
    kind: str
    next_poll_in_s: int | None
    next_poll_why: str
    entries: list[TrialEntry]


@router.post("/find", responses=CHANGE, openapi_extra=described(Site, {"url": "https://example.org/"}))
def find_feeds(web: Web, given: Annotated[Site, Depends(json_of(Site))]) -> FoundFeeds:
    """Find the feeds of a site. The site is requested now, which takes a few seconds. 422 with the failure code if it does not answer."""
    client = Client(web.settings.fetch)
    try:
        found = feed_search.search(client, address_of(given.url), web.settings)
    finally:
        client.close()
    return FoundFeeds([FoundFeed(one.url, one.title) for one in found.found], list(found.tried))


@router.post(
    "/test", responses=CHANGE, openapi_extra=described(Tried, {"url": "https://example.org/feed.xml", "settings": {"exclude": "/sport/"}})
)
def try_feed(web: Web, given: Annotated[Tried, Depends(json_of(Tried))]) -> Trial:
    """Fetch a feed once: what would be ingested, what is wrong, and when it would be polled next."""
    own = own_settings(options.NOTHING_SET, given.settings)
    client = Client(web.settings.fetch)
    try:
        tried = trial_poll.poll_once(client, address_of(given.url), own, web.settings)
    finally:
        client.close()
    poll, feed = tried.polled.poll, tried.polled.poll.feed
    active = tried.decision.feed.state == "active"
    return Trial(
        given.url,
        poll.status,
        poll.code,
        poll.detail,
        feed.title if feed else "",
        feed.kind if feed else "",
        round(tried.wait_s) if active else None,
        tried.decision.reason,
        [_entry(item) for item in tried.polled.listed],
    )


def _entry(item: Listed) -> TrialEntry:
    entry = item.entry
    return TrialEntry(web_link(item.address or item.url.text) or item.url.text, entry.guid, entry.title, entry.published, item.excluded)
