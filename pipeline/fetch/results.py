"""The results of a request: the answer, the redirects before it, and the failure that an answer stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.hops import Hop
from pipeline.outcomes import Failure


class RedirectDeferred(Exception):
    """Raised by `admit` before a redirect: continue from `url` at another visit. The client adds the `hops` so far."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Header names are in lower case, the body is decoded, `hops` are the redirects before.

    `answered_at` is time.monotonic() when the head of the last answer came; `elapsed_s` the seconds from the first request to the last
    byte. `downgraded` means that a hop led from https to http. `raw_headers` are as received, repeated ones kept apart.
    """

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes
    hops: tuple[Hop, ...]
    elapsed_s: float
    answered_at: float
    downgraded: bool = False
    reason: str = ""
    raw_headers: tuple[tuple[str, str], ...] = ()


def failure_of(response: Response, *, now: datetime | None = None) -> Failure | None:
    """The Failure http_NNN that an answer stands for, with the seconds of its Retry-After; None for 2xx and 304.

    A date in Retry-After is compared with the answer's own Date header, so that no clock needs to be right. Without a Date header `now`
    is used.
    """
    if 200 <= response.status < 300 or response.status == 304:
        return None
    sent = _moment(response.headers.get("date", "")) or now or datetime.now(UTC)
    wait = _retry_after_s(response.headers.get("retry-after", ""), sent)
    return Failure(
        f"http_{response.status}",
        f"The server answered {response.status}.",
        retry_after_s=wait,
        final_url=response.final_url,
        status=response.status,
        size=len(response.body),
        hops=response.hops,
    )


def _retry_after_s(text: str, sent: datetime) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    when = _moment(text)
    return None if when is None else max(0.0, (when - sent).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
