"""The headers of every answer, and the one address that is open to everybody. Policy only, no I/O. `pipeline.request_origin` checks all
other requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pipeline.request_origin import host_allowed

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_CALLBACK = re.compile(r"/websub/[A-Za-z0-9_-]{43}")


def callback_allowed(path: str, headers: Iterable[str], callback_url: str) -> bool:
    """Whether the request comes from a WebSub hub. Hubs use the public name and may be anywhere: their token and signature admit them, and
    no page is served there."""
    return bool(_CALLBACK.fullmatch(path)) and bool(callback_url) and host_allowed(headers, [urlsplit(callback_url).hostname or ""])
