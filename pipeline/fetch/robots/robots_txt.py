"""Fetch a host's robots.txt, keep it, and query it (RFC 9309).

The text of a usable copy is never empty: if there is no file, the text is a comment that says why everything is allowed. A copy with an
empty text could not be read, and it allows nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.fetch.client import Client, Response, failure_of
from pipeline.fetch.content_types import media_type
from pipeline.fetch.robots import robots_rules
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from pipeline.text import clean

MAX_BYTES = 512 * 1024  # RFC 9309 section 2.5
_MIN_AGE_S = 3600.0  # a shorter Cache-Control would cost more requests than it is worth
_FORGIVEN = timedelta(days=30)  # RFC 9309 section 2.3.1.4: unreachable for longer counts as absent
_FORGIVEN_TRIES = 10  # required as well, for hosts that are seldom asked: the pauses between so many attempts last days
MAX_SITEMAPS = 100
MAX_SIGNALS = 50
_MAX_SIGNAL = 2000  # characters of one line's value; real ones have under 200
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ABSENT = frozenset({"too_many_redirects", "bad_redirect"})  # RFC 9309 section 2.3.1.2
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Robots:
    """What is known of a host's robots.txt.

    `fetched_at` is when the text was read, or when it was first requested without success. `until` is when to ask again. If `reachable`
    is false, the last attempt failed: with a text, the older copy still applies; without, nothing may be fetched.
    """

    text: str
    fetched_at: datetime
    until: datetime
    failures: int = 0
    reachable: bool = True
    why: str = ""  # a sentence: why it was not reachable
    notes: str = ""  # sentences: what is odd about the file
    sitemaps: tuple[str, ...] = ()
    signals: tuple[tuple[str, str], ...] = ()  # lines that say how the content may be used, as (name, value)
    scheme: str = ""  # the scheme that it applies to; empty for both, and in old rows
    code: str = ""  # the failure code, if it was not reachable


def refresh(
    client: Client, url: Url, old: Robots | None, now: datetime, settings: Fetch, admit: Callable[[Url], None] | None = None
) -> Robots:
    """Fetch the robots.txt that governs `url`.

    A failure becomes part of the result, with one exception. `admit` is called before a redirect to another host; the RedirectDeferred
    that it raises passes to the caller. Raises Failure blocked_address, blocked_port and no_contact if the host of `url` itself is
    refused: the page then fails with the same code. Nothing is recorded about robots.txt then, since the operator may change the setting
    any time.
    """
    robots, read_at = _refreshed(client, url, old, now, settings, admit)
    # Most sites redirect http to https: the copy read there applies to both.
    both = read_at in (f"http://{url.host}/robots.txt", f"https://{url.host}/robots.txt") and not read_at.startswith(f"{url.scheme}:")
    return replace(robots, scheme="" if both else url.scheme)


def elsewhere(there: Robots | None, old: Robots | None, host: str, now: datetime, settings: Fetch) -> Robots:
    """What applies to a host whose robots.txt redirects to `host`, which cannot be asked now: the copy `there`, if it is fresh, else
    nothing may be fetched until the next attempt. That takes minutes, so the pauses do not double."""
    if there is not None:
        return there
    old = old or Robots("", now, now)
    why = f"it redirects to {host}, which cannot be asked at the moment"
    return replace(old, until=now + timedelta(seconds=settings.robots_retry_s), reachable=False, why=why, code="robots_unreachable")


def allowed(robots: Robots, url: Url, user_agent: str) -> bool:
    """Whether this user agent may fetch the URL."""
    if not robots.reachable and not robots.text:
        return False
    return robots_rules.permits(robots.text, robots_rules.product_token(user_agent), url.text)


def crawl_delay_s(robots: Robots, user_agent: str, settings: Fetch) -> float | None:
    """The Crawl-delay for this user agent in seconds, at most settings.max_crawl_delay_s; None if the file has none."""
    delay = robots_rules.crawl_delay_s(robots.text, robots_rules.product_token(user_agent))
    return None if delay is None else min(delay, settings.max_crawl_delay_s)


def _refreshed(
    client: Client, url: Url, old: Robots | None, now: datetime, settings: Fetch, admit: Callable[[Url], None] | None
) -> tuple[Robots, str]:
    """What is known now, and the address where the file was read; empty if it was not."""
    try:
        response = client.get(f"{url.scheme}://{url.host}/robots.txt", kind="robots", max_bytes=MAX_BYTES, admit=admit)
    except Failure as failure:
        if failure.code in _ABSENT:
            return _absent(failure.detail, now, settings), ""
        if (failure.code.startswith("blocked_") or failure.code == "no_contact") and not failure.hops:
            raise Failure(failure.code, failure.detail, final_url=url.text) from failure
        return _unreachable(old, now, settings, failure), ""
    if 200 <= response.status < 300:
        return _fetched(response, now, settings), response.final_url
    if 400 <= response.status < 500 and response.status != 429:
        return _absent(f"The server answered {response.status}.", now, settings), ""
    return _unreachable(old, now, settings, failure_of(response) or Failure(f"http_{response.status}")), ""


def _fetched(response: Response, now: datetime, settings: Fetch) -> Robots:
    data = response.body
    if len(data) >= MAX_BYTES:  # the last line may be cut in the middle and mean something else
        data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
    text = robots_rules.decode(data)
    return Robots(
        text or "# the file is empty: everything is allowed\n",
        now,
        now + _age(response, settings),
        notes=" ".join(_oddities(response, text, settings)),
        sitemaps=_sitemaps(text, response.final_url),
        signals=tuple((name, clean(value, _MAX_SIGNAL)) for name, value in robots_rules.signals(text)[:MAX_SIGNALS]),
    )


def _oddities(response: Response, text: str, settings: Fetch) -> list[str]:
    """What a person should know about the file, one sentence each."""
    found = []
    if media_type(response.headers.get("content-type", "")) in _HTML:
        found.append("The file was served as HTML.")
    if robots_rules.is_strange(text):
        found.append("Nothing in the file could be read as a rule, so everything is allowed.")
    delay = robots_rules.crawl_delay_s(text, robots_rules.product_token(settings.user_agent))
    if delay is not None and delay > settings.max_crawl_delay_s:
        found.append(f"Its Crawl-delay of {delay:g} s counts as {settings.max_crawl_delay_s:g} s.")
    return found


def _sitemaps(text: str, base: str) -> tuple[str, ...]:
    """The addresses of the Sitemap lines, each once, without unusable URLs."""
    found: dict[str, None] = {}
    for value in robots_rules.sitemaps(text)[: 10 * MAX_SITEMAPS]:  # parsing URLs takes time too
        if len(found) == MAX_SITEMAPS:
            break
        with contextlib.suppress(Failure):
            found[parse(value, base).text] = None
    return tuple(found)


def _absent(why: str, now: datetime, settings: Fetch) -> Robots:
    return Robots(f"# {why} Everything is allowed.\n", now, now + timedelta(seconds=settings.robots_max_age_s))


def _unreachable(old: Robots | None, now: datetime, settings: Fetch, failure: Failure) -> Robots:
    if old is None:
        old = Robots("", now, now)
    if now - old.fetched_at > _FORGIVEN and old.failures >= _FORGIVEN_TRIES:
        return replace(_absent("The file could not be read for 30 days.", now, settings), fetched_at=old.fetched_at)
    own = min(settings.robots_retry_s * 2 ** min(old.failures, 30), max(settings.robots_retry_s, settings.max_outage_pause_s))
    pause = min(max(own, failure.retry_after_s or 0.0), settings.robots_max_age_s)
    until = now + timedelta(seconds=pause)
    return replace(old, until=until, failures=old.failures + 1, reachable=False, why=str(failure), code=failure.code)


def _age(response: Response, settings: Fetch) -> timedelta:
    """How long the copy stays valid: as Cache-Control says, between an hour and settings.robots_max_age_s."""
    control = response.headers.get("cache-control", "").lower()
    asked = _MAX_AGE.search(control)
    seconds = float(asked[1]) if asked else settings.robots_max_age_s
    if "no-cache" in control or "no-store" in control:
        seconds = 0.0
    return timedelta(seconds=min(max(seconds, _MIN_AGE_S), settings.robots_max_age_s))
