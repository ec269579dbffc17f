"""Around every request: an id, the check of its origin, the response headers, and the handling of unexpected errors."""

from __future__ import annotations

import secrets
import time

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.request_origin import SAFE_METHODS, refusal
from pipeline.settings import Settings
from web.http.problems import Problem, answer
from web.http.response_headers import HEADERS, callback_allowed

log = structlog.get_logger()


def guarded(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Wrap the ASGI app in checks. Refusals and unexpected errors are answers like any other, with the same headers."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = Request(scope)
        request.state.request_id = request_id = secrets.token_hex(8)
        began, status = time.monotonic(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update({**getattr(request.state, "headers", {}), **HEADERS, "X-Request-ID": request_id})
                headers.setdefault("Cache-Control", "no-cache" if request.url.path.startswith("/static/") else "no-store")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                problem = refused(request, settings)
                respond = app if problem is None else answer(request, problem)
                await respond(scope, receive, send_with_headers)
            except Exception:
                log.exception("a request failed", method=request.method, path=request.url.path)
                if status:  # half an answer is sent; only closing the connection tells the client
                    raise
                sorry = Problem(500, "internal_error", f"Something went wrong here; the log has it under {request_id}.")
                await answer(request, sorry)(scope, receive, send_with_headers)
            if request.method not in SAFE_METHODS or status >= 500:
                elapsed_ms = round((time.monotonic() - began) * 1000)
                log.info("answered", method=request.method, path=request.url.path, status=status, elapsed_ms=elapsed_ms)

    return handle


def refused(request: Request, settings: Settings) -> Problem | None:
    """Why this request may not reach its route; None if it may."""
    if callback_allowed(request.url.path, request.headers.getlist("host"), settings.websub.callback_url):
        return None
    found = refusal(request.method, request.headers.getlist("host"), request.headers, settings.web.allowed_hosts)
    return Problem(found.status, found.code, found.sentence) if found else None
