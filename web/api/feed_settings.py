"""The settings of a feed by the JSON interface, as `newsmill feeds set` has them: the same names, the same texts, the same judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.feeds import options
from pipeline.store.feeds import feeds
from web.api.feeds import Shown, get_feed
from web.api.routes import ERRORS, Id, ProblemAnswer
from web.context import Database
from web.http import request_body
from web.http.problems import Problem, in_words

MAX_BODY_BYTES = 256 * 2**10

router = APIRouter()

Value = str | int | bool | list[str] | None


class Change(BaseModel):
    """What to change; what is left out stays. In `settings` a list gives several values, and null, an empty text or an empty list is the
    default again. Times are texts such as 15m or 6h, a header is written as Name: value."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str | None = None
    tags: list[str] | None = None
    paused: bool | None = None
    settings: dict[str, Value] = {}


async def change_of_json(request: Request) -> Change:
    """The body of the request. Raises Problem 408, 413, 415 or 422."""
    try:
        return Change.model_validate_json(await request_body.typed(request, "application/json", MAX_BODY_BYTES, "send fewer settings"))
    except ValidationError as error:
        raise Problem(422, "invalid", in_words(error.errors(include_input=False, include_url=False, include_context=False))) from None


@router.patch(
    "/api/v1/feeds/{feed_id}",
    responses=ERRORS | {status: {"model": ProblemAnswer} for status in (403, 413, 415)},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": Change.model_json_schema()}}}},
)
def change_feed(conn: Database, feed_id: Id, change: Annotated[Change, Depends(change_of_json)]) -> Shown:
    """Change a feed's own settings, title, tags, or whether it is paused; they hold from its next poll on."""
    feed = feeds.find(conn, str(feed_id))
    if feed is None:
        raise Problem(404, "not_found", f"There is no feed {feed_id}.")
    try:
        own = options.changed(feeds.options_of(conn, feed_id), _texts(change.settings))
    except options.WrongOption as wrong:
        raise Problem(422, "invalid", str(wrong)) from None
    feeds.configure(conn, feed_id, own, title=change.title, tags=change.tags)
    if change.paused is not None and change.paused != (feed.state == "paused"):
        (feeds.pause if change.paused else feeds.resume)(conn, feed_id)
    return get_feed(conn, feed_id)


def _texts(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        yield from ((name, str(text)) for text in (value if isinstance(value, list) else [value if value is not None else ""]) or [""])
