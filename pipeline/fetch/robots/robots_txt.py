"""A host's robots.txt: fetching it, keeping it, and asking it (RFC 9309).

The text of a copy that may be used is never empty: where there is no file, it is a comment that says why everything is
allowed. So a copy with an empty text is one that nobody could read, and it allows nothing.
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
_FORGIVEN_TRIES = 10  # a host that is seldom asked: the pauses between so many tries last days, one bad moment does not count
MAX_SITEMAPS = 100
MAX_SIGNALS = 50
_MAX_SIGNAL = 2000  # characters of one line's value; real ones have under 200
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ABSENT = frozenset({"too_many_redirects", "bad_redirect"})  # RFC 9309 section 2.3.1.2
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Robots:
    """What is known of a host's robots.txt.

    `fetched_at` is when the text was read, or first asked for in vain; `until` is when to ask again. Not `reachable` means
    that the last attempt failed: with a text, an older copy still counts; without, nothing may be fetched.
    """

    text: str
    fetched_at: datetime
    until: datetime
    failures: int = 0
    reachable: bool = True
    why: str = ""  # in words, why it was not reachable
    notes: str = ""  # what is odd about the file, in words
    sitemaps: tuple[str, ...] = ()
    signals: tuple[tuple[str, str], ...] = ()  # lines that say how the content may be used, as (name, value)
    scheme: str = ""  # the scheme that it is for; '' for both, and where that was not kept
    code: str = ""  # the code of the failure, where it was not reachable


def refresh(
    client: Client, url: Url, old: Robots | None, now: datetime, settings: Fetch, admit: Callable[[Url], None] | None = None
) -> Robots:
    """Fetch the robots.txt that governs `url`. What goes wrong is in the result, with one exception. `admit` is asked before a redirect to
    another host is followed; its RedirectDeferred is the caller's.

    Raises Failure blocked_address, blocked_port and no_contact where the host of `url` itself is refused: then so is the
    page, and it should say so. Nothing is known of the robots.txt then, and the operator may open the door any time.
    """
    robots, read_at = _refreshed(client, url, old, now, settings, admit)
    # Most sites answer http with a redirect to https: what was read there is for both.
    both = read_at in (f"http://{url.host}/robots.txt", f"https://{url.host}/robots.txt") and not read_at.startswith(f"{url.scheme}:")
    return replace(robots, scheme="" if both else url.scheme)


def elsewhere(there: Robots | None, old: Robots | None, host: str, now: datetime, settings: Fetch) -> Robots:
    """What holds for a host whose robots.txt is a redirect to `host`, which is not asked now: the fresh copy `there` of what it leads to,
    else nothing may be fetched until it is tried again. It is a matter of minutes, so the pauses do not double."""
    if there is not None:
        return there
    old = old or Robots("", now, now)
    why = f"it redirects to {host}, which may not be asked this moment"
    return replace(old, until=now + timedelta(seconds=settings.robots_retry_s), reachable=False, why=why, code="robots_unreachable")


def allowed(robots: Robots, url: Url, user_agent: str) -> bool:
    """Whether the URL may be fetched by this user agent."""
    if not robots.reachable and not robots.text:
        return False
    return robots_rules.permits(robots.text, robots_rules.product_token(user_agent), url.text)


def crawl_delay_s(robots: Robots, user_agent: str, settings: Fetch) -> float | None:
    """The Crawl-delay that the host asks of this user agent, seconds, at most settings.max_crawl_delay_s; None for none."""
    delay = robots_rules.crawl_delay_s(robots.text, robots_rules.product_token(user_agent))
    return None if delay is None else min(delay, settings.max_crawl_delay_s)


def _refreshed(
    client: Client, url: Url, old: Robots | None, now: datetime, settings: Fetch, admit: Callable[[Url], None] | None
) -> tuple[Robots, str]:
    """What is known now, and the address where the file was read, '' where it was not."""
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
    """What a person should know of the file, a sentence each."""
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
    """The addresses of the Sitemap lines, each once; those that are no usable URLs are left out."""
    found: dict[str, None] = {}
    for value in robots_rules.sitemaps(text)[: 10 * MAX_SITEMAPS]:  # reading them costs time too
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
    """How long the copy is good: as Cache-Control says, between an hour and settings.robots_max_age_s."""
    control = response.headers.get("cache-control", "").lower()
    asked = _MAX_AGE.search(control)
    seconds = float(asked[1]) if asked else settings.robots_max_age_s
    if "no-cache" in control or "no-store" in control:
        seconds = 0.0
    return timedelta(seconds=min(max(seconds, _MIN_AGE_S), settings.robots_max_age_s))
