"""Decide which requests our web servers (`web` and Flower) answer. Policy only, no I/O.

A page of another site can make a browser send requests to a server on this machine. It cannot choose the Host that the browser sends, so
checking Host stops DNS rebinding. It cannot hide its origin either, so checking that stops forged requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # change nothing

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/?#@\s]+)(:[0-9]{0,5})?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a refused request: HTTP status, a code for programs, a sentence for people."""

    status: int
    code: str
    sentence: str


UNKNOWN_HOST = Refusal(400, "unknown_host", "This server does not answer to that Host; add it to the setting web.allowed_hosts.")
CROSS_ORIGIN = Refusal(403, "cross_origin", "Requests from pages of other sites are refused.")


def refusal(method: str, hosts: Iterable[str], headers: Mapping[str, str], allowed: Iterable[str]) -> Refusal | None:
    """Return why a request is refused, or None. `hosts` are its Host headers; `headers` are all headers, with names in lower case."""
    if not host_allowed(hosts, allowed):
        return UNKNOWN_HOST
    # Following a link from another site is a GET without Origin. A cross-site GET with Origin tries to read the answer or to open a
    # WebSocket.
    asks = same_origin(headers) if method not in SAFE_METHODS or "origin" in headers else True
    return None if asks else CROSS_ORIGIN


def host_allowed(headers: Iterable[str], allowed: Iterable[str]) -> bool:
    """Whether the request has exactly one Host header and it names an allowed host. The port does not count; `*` allows any host (RFC 9110,
    7.2)."""
    values = list(headers)
    found = _HOST.fullmatch(values[0].lower()) if len(values) == 1 else None
    if found is None:
        return False
    names = {_bare(name) for name in allowed}
    return "*" in names or _bare(found[1]) in names


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request that changes something comes from our own pages or from a program, and not from another site.

    Browsers send Sec-Fetch-Site to trustworthy origins and Origin with every POST; the oldest send only a Referer. Programs send none of
    them.
    """
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    host = headers.get("host", "").lower()
    if origin := headers.get("origin"):
        return origin.lower().partition("://")[2] == host != ""
    if referer := headers.get("referer"):
        return _netloc(referer) == host != ""
    return True


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _bare(name: str) -> str:
    return name.lower().strip("[]").removesuffix(".")
