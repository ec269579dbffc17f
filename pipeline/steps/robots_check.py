"""Check a host's robots.txt before anything else is fetched from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipeline.fetch.client import Client
from pipeline.fetch.robots import robots_txt as rules
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.normalise.urls import Url
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import NETWORK, Failure
from pipeline.settings import Settings


def read_robots(
    client: Client, url: str, kept: Robots | None, now: datetime, settings: Settings, admit: Callable[[Url], None] | None = None
) -> Robots | None:
    """The rules of the URL's host: the stored copy while it is fresh, else a new one. None if robots.txt is not honoured. `admit` is called
    before a redirect to another host; what it raises passes on."""
    if not settings.fetch.honour_robots:
        return None
    if kept is not None and now < kept.until:
        return kept
    return rules.refresh(client, parse_url(url), kept, now, settings.fetch, admit)


def heed(robots: Robots | None, url: str, now: datetime, settings: Settings) -> None:
    """Raise Failure robots_disallowed if the rules of the URL's host disallow it, and robots_unreachable or the network's code if they
    could not be read. None means no rules."""
    if robots is None:
        return
    if not robots.reachable and not robots.text:
        wait = max(0.0, (robots.until - now).total_seconds())
        # No answer at all counts as an attempt of the link. After an unusable answer the link waits (RFC 9309 section 2.3.1.4).
        code = robots.code if robots.code in NETWORK else "robots_unreachable"
        why = f"robots.txt could not be read, so no page may be fetched yet ({robots.why})"
        raise Failure(code, why, retry_after_s=wait, of_robots=True)
    if not rules.allowed(robots, parse_url(url), settings.fetch.user_agent):
        raise Failure("robots_disallowed", "robots.txt disallows this URL for our user agent")


def crawl_delay_s(robots: Robots | None, settings: Settings) -> float | None:
    """The delay that the host's robots.txt asks of us, in seconds."""
    return rules.crawl_delay_s(robots, settings.fetch.user_agent, settings.fetch) if robots else None
