"""A site's /.well-known/tdmrep.json: what it reserves of text and data mining, by path (W3C TDM Reservation Protocol, section 6).

The page's own headers and meta elements take precedence over it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from pipeline.fetch.client import Client, failure_of
from pipeline.fetch.robots import robots_rules
from pipeline.normalise.urls import Url
from pipeline.outcomes import Failure
from pipeline.text import clean

PATH = "/.well-known/tdmrep.json"
MAX_BYTES = 64 * 1024  # real ones have a few hundred
MAX_RULES = 500
MAX_AGE = timedelta(days=7)
_MAX_VALUE = 2000  # characters


def fetch(client: Client, url: Url, admit: Callable[[Url], None]) -> str:
    """Fetch the file of the URL's host, as written; empty if there is none or it cannot be fetched.

    `admit` is called before a redirect; the RedirectDeferred that it raises passes to the caller. Raises Failure http_429 and http_503,
    by which the host asks for a pause.
    """
    try:
        response = client.get(f"{url.scheme}://{url.host}{PATH}", kind="robots", max_bytes=MAX_BYTES, admit=admit)
    except Failure:
        return ""
    if response.status in (429, 503) and (failure := failure_of(response)):
        raise failure
    if response.status != 200:
        return ""
    text = clean(response.body.decode("utf-8-sig", "replace"))
    return text if any(_rules(text)) else ""


def reservations(text: str, url: str) -> tuple[tuple[str, str], ...]:
    """What the file says of the URL, as (name, value): tdm-reservation, and tdm-policy if it names one. The longest matching location
    decides, as in robots.txt (RFC 9309 section 2.2.2)."""
    best: dict[str, Any] = {}
    for rule in _rules(text):
        if len(rule["location"]) >= len(best.get("location", "")) and _matches(rule["location"], url):
            best = rule
    pairs = ((name, clean(str(best.get(name, "")), _MAX_VALUE)) for name in ("tdm-reservation", "tdm-policy"))
    return tuple((name, value) for name, value in pairs if value)


def _rules(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    for rule in found[:MAX_RULES] if isinstance(found, list) else []:
        if isinstance(rule, dict) and isinstance(rule.get("location"), str) and str(rule.get("tdm-reservation")) in ("0", "1"):
            yield rule


def _matches(location: str, url: str) -> bool:
    path = " ".join(location.split())[:_MAX_VALUE]
    return not robots_rules.permits(f"User-agent: *\nDisallow: {path}\n", "*", url)
