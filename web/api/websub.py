"""The WebSub callback, where hubs verify our requests and push new entries. Its address ends in an unguessable token.

A push is stored and answered at once; a worker reads it. No request is sent from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from pipeline.feeds import websub as policy
from pipeline.feeds.websub import Subscription
from pipeline.store.feeds import websub, websub_pushes
from pipeline.store.feeds.websub import Subscribed
from pipeline.text import one_line
from web.context import CONNECT_S, Context, Database, Web
from web.http import request_body
from web.http.problems import Problem

MAX_CHALLENGE = 4096  # characters
LATER_S = 60  # seconds after which a hub that pushed too much may try again

log = structlog.get_logger()
router = APIRouter(prefix="/websub", include_in_schema=False)

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


@router.get("/{token}")
def verify(
    web: Web,
    conn: Database,
    token: Token,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    topic: Annotated[str, Query(alias="hub.topic")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=MAX_CHALLENGE)] = "",
    lease: Annotated[str, Query(alias="hub.lease_seconds")] = "",
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> PlainTextResponse:
    """Confirm a request that we made to the hub, and only that, by returning its challenge. Record a refusal."""

    def judge(before: Subscription, now: datetime) -> Subscription | None:
        return policy.verified(before, mode, topic, lease, reason, now, web.settings.websub.lease_s)

    if not web.settings.websub.callback_url or not websub.verify(conn, token, judge):
        log.warning("a hub's request was not confirmed", mode=one_line(mode, 40), topic=one_line(topic, 200))
        raise Problem(404, "not_found", "newsmill has sent no such request.")
    return PlainTextResponse("" if mode == "denied" else challenge)


@router.post("/{token}")
async def push(web: Web, request: Request, token: Token) -> Response:
    """Store a hub's push if it is signed as agreed. A bad signature gets the same answer, so that nobody learns anything from it."""
    subscribed = await run_in_threadpool(_find, web, token)
    if subscribed is None:
        raise Problem(410, "gone", "There is no subscription at this address.")
    sent = await request_body.read(request, web.settings.poll.max_bytes, "send only new entries")
    if not policy.authentic(subscribed.secret, request.headers.get("x-hub-signature", ""), sent):
        log.warning("a push without a valid signature was ignored", feed=subscribed.feed_id)
    elif not await run_in_threadpool(_receive, web, subscribed, request.headers.get("content-type", ""), sent):
        return Response(status_code=503, headers={"Retry-After": str(LATER_S)})
    return Response(status_code=202)


def _find(web: Context, token: str) -> Subscribed | None:
    if not web.settings.websub.callback_url:
        return None
    with web.pool.connection(timeout=CONNECT_S) as conn:
        return websub.find(conn, token)


def _receive(web: Context, subscribed: Subscribed, content_type: str, sent: bytes) -> bool:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        return websub_pushes.receive(conn, subscribed.feed_id, one_line(content_type, 200), sent)
