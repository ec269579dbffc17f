"""What every answer carries, and the one door that is open to everybody. Policy only, no I/O. Who may ask else is in `pipeline.request_origin`."""

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
    """Whether the request is one of a WebSub hub, which comes under the public name and from anywhere: its token and signature are what
    let it in, and no page of ours is there."""
    return bool(_CALLBACK.fullmatch(path)) and bool(callback_url) and host_allowed(headers, [urlsplit(callback_url).hostname or ""])
