"""Read from an answer's headers when to ask again (RFC 9111) and when the address ends (RFC 8594)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pipeline.normalise.dates.dates import parse_date

MAX_AGE_CAP_S = 31 * 86400  # a longer lifetime is a mistake, or means "for ever"

_ANY_TIME = datetime(9990, 1, 1, tzinfo=UTC)  # an Expires may be far in the future
_DIRECTIVE = re.compile(r'([a-z-]+)(?:\s*=\s*"?([^",]*)"?)?', re.IGNORECASE)
_SECONDS = re.compile(r"\s*(\d+)(?:\.\d+)?\s*")


def max_age_s(headers: dict[str, str]) -> int | None:
    """Seconds for which the answer stays fresh, so that asking earlier is useless; None if the headers say nothing.

    `Cache-Control: max-age` takes precedence over `Expires`, whose lifetime counts from `Date`, not from our clock. `Age` is subtracted
    from either (RFC 9111, sections 4.2.1, 5.2.2.1 and 5.3). `no-cache` and `no-store` cancel a max-age beside them. 0 means already
    stale. Header names are in lower case. Never raises.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-cache" in directives or "no-store" in directives:
        return None
    lifetime = _seconds(directives["max-age"]) if "max-age" in directives else _expires_s(headers)
    if lifetime is None:
        return None
    age = _seconds(headers.get("age", "")) or 0
    return max(0, min(lifetime - age, MAX_AGE_CAP_S))


def sunset_at(headers: dict[str, str]) -> datetime | None:
    """When the address will stop answering, as `Sunset` announces (RFC 8594); None if it does not. Never raises."""
    return parse_date(headers.get("sunset"), now=_ANY_TIME)


def _directives(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(text[:4096]):
        found.setdefault(name.lower(), value)  # the first of two counts (section 4.2.1)
    return found


def _expires_s(headers: dict[str, str]) -> int | None:
    if "expires" not in headers:
        return None
    expires = parse_date(headers["expires"], now=_ANY_TIME)
    if expires is None:
        return 0  # `0`, `-1`, 1970 and garbage mean already stale (section 5.3)
    sent = parse_date(headers.get("date"), now=_ANY_TIME)
    return int((expires - sent).total_seconds()) if sent else None


def _seconds(text: str) -> int | None:
    match = _SECONDS.fullmatch(text[:40])
    return int(match[1]) if match else None
