"""Server-Sent Events: new articles, and the progress of chosen links until they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from pipeline.json_text import to_json
from pipeline.outcomes import ENDED
from pipeline.store.articles import articles
from pipeline.store.links import links
from pipeline.store.links.links import Link
from web.api.answers import MAX_ID, problems
from web.context import CONNECT_S, Context, Web
from web.http.problems import Problem

EVERY_S = 2.0  # between two queries
QUIET_S = 15.0  # after that long without an event, a comment tells proxies that the connection is alive
MOST_LINKS = 1_000
MOST_NEW = 100  # articles of one query; a client that was away for longer lists the rest
STREAM: dict[int | str, dict[str, Any]] = {200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}

router = APIRouter(tags=["export"])


@router.get("/api/v1/events", responses=problems() | STREAM, response_class=StreamingResponse)
def listen(
    web: Web,
    link: Annotated[
        str, Query(max_length=20_000, pattern=r"^[0-9,]*$", description="ids of the links to follow, separated by commas")
    ] = "",
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> StreamingResponse:
    """Stream events. Without `link`, each new article is an event `article`; a client that sends `Last-Event-ID` gets those after it. With
    `link`, each change of those links is an event `link`. When all of them have ended, an event `end` follows and the stream closes."""
    numbers = sorted({int(number) for number in link.split(",") if number})
    if len(numbers) > MOST_LINKS or any(not 1 <= number <= MAX_ID for number in numbers):
        raise Problem(422, "invalid", f"link: at most {MOST_LINKS:,} numbers of links with commas between.")
    given = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19 else None
    events = _followed(web, numbers) if numbers else _new(web, given)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _followed(web: Context, numbers: list[int]) -> AsyncIterator[str]:
    said: dict[int, str] = {}
    quiet_since = time.monotonic()
    while True:
        found = await run_in_threadpool(_links, web, numbers)
        for link in found:
            if said.get(link.id) != (now := f"{link.state} {link.stage} {link.code} {link.attempts}"):
                said[link.id] = now
                quiet_since = time.monotonic()
                yield _event("link", link)
        if all(link.state in ENDED for link in found):
            yield _event("end", {"links": len(found), "unknown": len(numbers) - len(found)})
            return
        if time.monotonic() - quiet_since > QUIET_S:
            quiet_since = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(EVERY_S)


async def _new(web: Context, after: int | None) -> AsyncIterator[str]:
    last = await run_in_threadpool(_last, web) if after is None else after
    yield f"id: {last}\nretry: 2000\n\n"
    quiet_since = time.monotonic()
    while True:
        for article in await run_in_threadpool(_since, web, last):
            last, quiet_since = article.id, time.monotonic()
            yield _event("article", article, last)
        if time.monotonic() - quiet_since > QUIET_S:
            quiet_since = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(EVERY_S)


def _links(web: Context, numbers: list[int]) -> list[Link]:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        return links.by_ids(conn, numbers)


def _last(web: Context) -> int:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        newest = articles.newest(conn, 1)
    return newest[0].id if newest else 0


def _since(web: Context, after: int) -> list[articles.Headline]:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        return articles.since(conn, after, MOST_NEW)


def _event(name: str, value: Any, number: int | None = None) -> str:
    return (f"id: {number}\n" if number is not None else "") + f"event: {name}\ndata: {to_json(value)}\n\n"
