"""Read a request's body, within limits."""

from __future__ import annotations

import asyncio

from fastapi import Request

from web.http.problems import Problem


async def typed(request: Request, media_type: str, max_bytes: int, advice: str) -> bytes:
    """The whole body of a request with this media type. For JSON, that excludes forms of other sites. Raises Problem 415, and what `read`
    raises."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise Problem(415, "unsupported_media_type", f"The Content-Type must be {media_type}.")
    return await read(request, max_bytes, advice)


async def read(request: Request, max_bytes: int, advice: str) -> bytes:
    """The whole body. Raises Problem 413, with the advice, or 408."""
    too_large = Problem(413, "too_large", f"The body is over {max_bytes:,} bytes; {advice}.")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        raise too_large
    found, limit_s = bytearray(), request.app.state.context.settings.web.body_s
    try:
        async with asyncio.timeout(limit_s):
            async for chunk in request.stream():
                found += chunk
                if len(found) > max_bytes:
                    raise too_large
    except TimeoutError:
        raise Problem(408, "timeout", f"The body did not arrive within {limit_s:.0f} s.") from None
    return bytes(found)
