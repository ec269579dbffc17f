"""Answers that did not change are not sent again: an ETag for each whole answer of the JSON interface, and 304 for who has it."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/api/"
MAX_BYTES = 4 * 2**20  # larger answers are streamed


def with_etags(app: ASGIApp) -> ASGIApp:
    """The app, with ETags. What is streamed goes by untouched."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            await app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("if-none-match", "")
        held: list[Message] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_whole(message):
                held.append(message)
                return
            if not held:
                await send(message)
                return
            start, body = held.pop(), message.get("body", b"")
            headers = MutableHeaders(scope=start)
            headers["ETag"] = tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers["Cache-Control"] = "no-cache"
            if asked == "*" or tag in [one.strip() for one in asked.split(",")]:
                start["status"], body = 304, b""
                for name in ("content-length", "content-type"):
                    del headers[name]
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await app(scope, receive, keep)

    return handle


def _is_whole(start: Message) -> bool:
    length = Headers(raw=start["headers"]).get("content-length", "")
    return start["status"] == 200 and length.isdigit() and int(length) <= MAX_BYTES
