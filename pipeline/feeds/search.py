"""Finds the feeds of a site: looks into one place after another, stops at the first that has some, and tells where it has looked.

The order is that of how surely a place is meant: the address itself, what its page announces, what its page links to, the places where
feeds usually are, the Sitemap lines of robots.txt, the places where news sitemaps usually are. Guesses obey robots.txt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.feeds import discover
from pipeline.feeds.discover import FeedLink
from pipeline.feeds.model import Feed
from pipeline.feeds.parse import parse
from pipeline.fetch import robots as rules
from pipeline.fetch.client import Client, Response, failure_of
from pipeline.fetch.robots import Robots
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Settings

MAX_LINKS = 5  # links that only look like feeds, of which so many are read
MAX_SITEMAPS = 3
GAP_S = 1.0  # between two guesses, while a person waits; a site with more guesses than this takes would have announced its feed
_REFUSALS = frozenset({"http_401", "http_403", "http_429", "http_503"})  # after one of these nothing more is guessed


@dataclass(frozen=True, slots=True)
class Found:
    """A feed of the site. `feed` and `response` are there where it has been read already, and need not be asked for again (row H2)."""

    url: str
    title: str = ""
    site_url: str = ""
    feed: Feed | None = None
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, and where it was looked for, in words."""

    found: tuple[Found, ...]
    tried: tuple[str, ...]


def search(client: Client, url: str, settings: Settings, pause: Callable[[float], None] = time.sleep) -> Search:
    """The feeds of the site, the likeliest first. Raises Failure where `url` itself cannot be had."""
    seeker = _Seeker(client, settings, pause)
    response = seeker.get(url)
    try:
        return Search((seeker.read(response),), ())
    except Failure as failure:
        seeker.tried.append(f"the address itself ({failure.detail.rstrip('.')})")
    links = discover.find(response.body, response.final_url)
    if announced := [link for link in links if link.kind]:
        return Search(tuple(Found(link.url, link.title, response.final_url) for link in announced), tuple(seeker.tried))
    found = seeker.linked(links) or seeker.usual_places(response.final_url) or seeker.sitemaps(response.final_url)
    return Search(tuple(found), tuple(seeker.tried))


def read(client: Client, url: str, settings: Settings) -> Found:
    """The feed at `url`, asked for once. Raises Failure."""
    seeker = _Seeker(client, settings, time.sleep)
    return seeker.read(seeker.get(url))


@dataclass
class _Seeker:
    """One search. `refused`: the code by which the site has shown that it wants no more guesses."""

    client: Client
    settings: Settings
    pause: Callable[[float], None]
    tried: list[str] = field(default_factory=list)
    refused: str = ""
    robots: Robots | None = None

    def get(self, url: str) -> Response:
        response = self.client.get(url, kind="feed", max_bytes=self.settings.poll.max_bytes)
        if failure := failure_of(response):
            raise failure
        return response

    def read(self, response: Response) -> Found:
        kind = response.headers.get("content-type", "")
        poll = self.settings.poll
        feed = parse(response.body, url=response.final_url, content_type=kind, max_entries=poll.max_entries, limit_s=poll.parse_s)
        return Found(_lasting(response), feed.title, feed.site_url, feed, response)

    def linked(self, links: list[FeedLink]) -> list[Found]:
        """Links of the page that look like feeds, as far as they are."""
        self.tried.append(
            _counted(len(links[:MAX_LINKS]), "link of the page that looks like a feed", "links of the page that look like feeds")
        )
        return [one for link in links[:MAX_LINKS] if (one := self._guess(link.url, link.title))]

    def usual_places(self, url: str) -> list[Found]:
        """The first of the usual places that has a feed: the others would have the same one in other formats."""
        return self._first(url, discover.usual_places(url))

    def sitemaps(self, url: str) -> list[Found]:
        """News sitemaps that robots.txt names; else the first of the places where they usually are."""
        named = self._robots(url).sitemaps
        self.tried.append(_counted(len(named), "Sitemap line of robots.txt", "Sitemap lines of robots.txt"))
        likely = sorted(named, key=lambda address: "news" not in address.lower())[:MAX_SITEMAPS]
        found = [one for address in likely if (one := self._guess(address)) and _has_news(one)]
        return found or [one for one in self._first(url, discover.usual_sitemaps(url)) if _has_news(one)]

    def _first(self, url: str, addresses: Iterable[str]) -> list[Found]:
        robots = self._robots(url)
        for address in addresses:
            if self.refused:
                break
            if self.settings.fetch.honour_robots and not rules.allowed(robots, parse_url(address), self.settings.fetch.user_agent):
                self.tried.append(f"not {address}, which robots.txt keeps us out of")
                continue
            self.tried.append(address)
            if found := self._guess(address):
                return [found]
        return []

    def _guess(self, address: str, title: str = "") -> Found | None:
        """The feed at an address that may be none."""
        if self.refused:
            return None
        self.pause(min(GAP_S, self.settings.fetch.min_gap_s))
        try:
            found = self.read(self.get(address))
        except Failure as failure:
            if failure.code in _REFUSALS:
                self.refused = failure.code
                self.tried.append(f"nothing more, since {address} was refused ({failure.detail.rstrip('.')})")
            return None
        return Found(found.url, found.title or title, found.site_url, found.feed, found.response)

    def _robots(self, url: str) -> Robots:
        """The robots.txt of the site, asked for once."""
        if self.robots is None:
            self.robots = rules.refresh(self.client, parse_url(url), None, datetime.now(UTC), self.settings.fetch)
        return self.robots


def _lasting(response: Response) -> str:
    """The address to keep: the new one where every redirect on the way says that the move is for good."""
    return response.final_url if all(hop.status in (301, 308) for hop in response.hops) else response.url


def _has_news(found: Found) -> bool:
    """Whether it is a feed, or a sitemap that lists news: one of all pages of a site is nobody's idea of a feed."""
    if found.feed is None:
        return False
    if any("news" in sitemap.url.lower() for sitemap in found.feed.sitemaps):
        return True
    return found.feed.kind != "sitemap" or any(entry.title or entry.published for entry in found.feed.entries)


def _counted(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"
