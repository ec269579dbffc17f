"""Change a feed's settings through the JSON API, with the names, texts and checks of `newsmill feeds set`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from pipeline.feeds import options
from pipeline.store.feeds import feeds
from web.api.answers import CHANGE, Id
from web.api.bodies import described, json_of
from web.api.feeds.feeds import FeedDetails, get_feed, the_feed
from web.context import Database
from web.http.problems import Problem

router = APIRouter(tags=["feeds"])

Value = str | int | bool | list[str] | None


class Change(BaseModel):
    """What to change; omitted fields stay. In `settings` a list gives several values; null, an empty text or an empty list restores the
    default. Times are texts such as 15m or 6h; a header is written as Name: value."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str | None = None
    tags: list[str] | None = None
    paused: bool | None = None
    settings: dict[str, Value] = {}


@router.patch(
    "/api/v1/feeds/{feed_id}",
    responses=CHANGE,
    openapi_extra=described(Change, {"paused": False, "settings": {"min_interval": "15m"}}),
)
def change_feed(conn: Database, feed_id: Id, change: Annotated[Change, Depends(json_of(Change))]) -> FeedDetails:
    """Change a feed's own settings, title, tags, or whether it is paused. Settings apply from its next poll."""
    feed = the_feed(conn, feed_id)
    own = own_settings(feeds.options_of(conn, feed_id), change.settings)
    feeds.configure(conn, feed_id, own, title=change.title, tags=change.tags)
    if change.paused is not None and change.paused != (feed.state == "paused"):
        (feeds.pause if change.paused else feeds.resume)(conn, feed_id)
    return get_feed(conn, feed_id)


def own_settings(before: options.Options, settings: dict[str, Any]) -> options.Options:
    """The settings as they are after these changes. Raises Problem 422."""
    try:
        return options.changed(before, _texts(settings))
    except options.WrongOption as wrong:
        raise Problem(422, "invalid", str(wrong)) from None


def _texts(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        yield from ((name, str(text)) for text in (value if isinstance(value, list) else [value if value is not None else ""]) or [""])
