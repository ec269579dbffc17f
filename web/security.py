"""Who may ask and what every answer carries: Host header, same origin, response headers. Policy only, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_CALLBACK = re.compile(r"/websub/[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/?#@\s]+)(:[0-9]{0,5})?")


def host_allowed(headers: Iterable[str], allowed: Iterable[str]) -> bool:
    """Whether the request's one Host header names a host of the list; the port does not count and `*` is any host (RFC 9110, 7.2)."""
    values = list(headers)
    found = _HOST.fullmatch(values[0].lower()) if len(values) == 1 else None
    if found is None:
        return False
    names = {_bare(name) for name in allowed}
    return "*" in names or _bare(found[1]) in names


def callback_allowed(path: str, headers: Iterable[str], callback_url: str) -> bool:
    """Whether the request is one of a WebSub hub, which comes under the public name and from anywhere: its token and signature are what
    let it in, and no page of ours is there."""
    return bool(_CALLBACK.fullmatch(path)) and bool(callback_url) and host_allowed(headers, [urlsplit(callback_url).hostname or ""])


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request that changes something comes from our own pages or from a program, and not from another site.

    Browsers send Sec-Fetch-Site to trustworthy origins and Origin with every POST; a program sends neither.
    """
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := headers.get("origin"):
        return origin.lower().partition("://")[2] == headers.get("host", "").lower() != ""
    return True


def _bare(name: str) -> str:
    return name.lower().strip("[]").removesuffix(".")
