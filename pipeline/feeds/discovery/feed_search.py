"""Finds the feeds of a site: looks into one place after another, stops at the first that has some, and tells where it has looked.

The order is that of how surely a place is meant: the address itself, what its page announces, what its page links to, the places where
feeds usually are, the Sitemap lines of robots.txt, the places where news sitemaps usually are. What turns out to be a page is searched for
links to feeds itself, one step deep: many sites have a page that lists their feeds. Guesses obey robots.txt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.feeds.discovery import page_links, usual_places
from pipeline.feeds.discovery.announced_feeds import announced, key_of
from pipeline.feeds.discovery.page_links import FeedLink
from pipeline.feeds.formats.model import Feed
from pipeline.feeds.formats.parse import parse
from pipeline.fetch.client import Client, Response, failure_of
from pipeline.fetch.robots import robots_txt as rules
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure, describe
from pipeline.settings import Settings

MAX_LOOKED = 5  # of the feeds of one page: where these are what they are called, the others are believed
MAX_DEAD = 10  # of the feeds of one page that are none, after which no more of them are looked at
MAX_REQUESTS = 40  # of one search
MAX_SITEMAPS = 3
GAP_S = 1.0  # between two guesses, while a person waits; a site with more guesses than this takes would have announced its feed


@dataclass(frozen=True, slots=True)
class Found:
    """A feed of the site. `feed` and `response` are there where it has been read already, and need not be asked for again. `link`: the
    address by which a page named it; `announced_by`: the page that announces it in its head."""

    url: str
    title: str = ""
    site_url: str = ""
    feed: Feed | None = None
    response: Response | None = None
    link: str = ""
    announced_by: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, and where it was looked for, in words. `dead`: feeds that the page announces and that are none, with the reason."""

    found: tuple[Found, ...]
    tried: tuple[str, ...]
    dead: tuple[tuple[str, str], ...] = ()


def search(
    client: Client,
    url: str,
    settings: Settings,
    pause: Callable[[float], None] = time.sleep,
    known: Callable[[str], bool] = lambda _: False,
) -> Search:
    """The feeds of the site, the likeliest first. `known`: whether an address is that of a feed already, which is not asked for. Raises Failure
    where `url` itself cannot be had."""
    seeker = _Seeker(client, settings, pause, known)
    response = seeker.get(url)
    try:
        return Search((seeker.read(response),), ())
    except Failure as failure:
        seeker.tried.append(f"the address itself ({failure.detail.rstrip('.')})")
    seeker.seen.add(response.final_url)
    links = _without_comments(page_links.find(response.body, response.final_url))
    found = (
        seeker.announced(response, [link for link in links if link.kind])
        or seeker.linked([link for link in links if not link.kind])
        or seeker.usual_places(response)
        or seeker.of_home(response.final_url)
        or seeker.sitemaps(response.final_url)
    )
    return Search(tuple(found), tuple(seeker.tried), tuple(seeker.dead))


def read(client: Client, url: str, settings: Settings) -> Found:
    """The feed at `url`, asked for once. Raises Failure."""
    seeker = _Seeker(client, settings, time.sleep, lambda _: False)
    return seeker.read(seeker.get(url))


@dataclass
class _Seeker:
    """One search. `refused`: the code by which the site has shown that it wants no more guesses. `seen`: what was asked for."""

    client: Client
    settings: Settings
    pause: Callable[[float], None]
    known: Callable[[str], bool]
    tried: list[str] = field(default_factory=list)
    dead: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
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

    def announced(self, page: Response, links: list[FeedLink]) -> list[Found]:
        """The feeds that the page announces, less those that turn out to be none."""
        found, dead = self._living(links)
        keys = announced(page.body, page.final_url, page.headers.get("link", ""))
        found = [replace(one, announced_by=page.final_url) if key_of(one.link, page.final_url) in keys else one for one in found]
        self.dead += dead
        if dead:
            self.tried.append(_counted(len(dead), "announced feed that is none", "announced feeds that are none"))
        return found

    def linked(self, links: list[FeedLink]) -> list[Found]:
        """Links of the page that look like feeds, as far as they are, and the feeds that a page behind such a link lists."""
        self.tried.append(_counted(len(links), "link of the page that looks like a feed", "links of the page that look like feeds"))
        found, dead = self._living(links, follow=True)
        believed = not dead and not self.refused
        return [one for one in found if believed or one.feed or self.known(one.url)]

    def of_home(self, url: str) -> list[Found]:
        """What the front page of the site announces, where another page was given."""
        home = page_links.joined(url, "/")
        if self.refused or home in self.seen:
            return []
        self.tried.append(home)
        try:
            self.seen.add(home)
            response = self.get(home)
        except Failure:
            return []
        return self.announced(
            response, _without_comments([link for link in page_links.find(response.body, response.final_url) if link.kind])
        )

    def usual_places(self, response: Response) -> list[Found]:
        """The first of the usual places that has a feed: the others would have the same one in other formats."""
        url = response.final_url
        return self._first(url, usual_places.usual_places(url, response.body[: usual_places.MAX_SIGNS].decode("utf-8", "replace")))

    def sitemaps(self, url: str) -> list[Found]:
        """News sitemaps that robots.txt names; else the first of the places where they usually are."""
        named = self._robots(url).sitemaps
        self.tried.append(_counted(len(named), "Sitemap line of robots.txt", "Sitemap lines of robots.txt"))
        likely = sorted(named, key=lambda address: "news" not in address.lower())[:MAX_SITEMAPS]
        found = [one for address in likely for one in self._guess(address) if _has_news(one)]
        return found or [one for one in self._first(url, usual_places.usual_sitemaps(url)) if _has_news(one)]

    def _first(self, url: str, addresses: Iterable[str]) -> list[Found]:
        robots = self._robots(url)
        for address in addresses:
            if self.refused:
                break
            if self.settings.fetch.honour_robots and not rules.allowed(robots, parse_url(address), self.settings.fetch.user_agent):
                self.tried.append(f"not {address}, which robots.txt keeps us out of")
                continue
            self.tried.append(address)
            if found := self._guess(address, follow=True):
                return found
        return []

    def _living(self, links: list[FeedLink], *, follow: bool = False) -> tuple[list[Found], list[tuple[str, str]]]:
        """Of the feeds of one page those that are feeds, and those that are none with the reason. Only the first are looked at."""
        found: dict[str, Found] = {}
        dead: list[tuple[str, str]] = []
        for link in links:
            believed = sum(1 for one in found.values() if one.feed) >= MAX_LOOKED or bool(self.refused) or self.known(link.url)
            if believed or link.url in self.seen:
                if link.url not in self.seen:
                    found.setdefault(link.url, Found(link.url, link.title, link=link.url))
                continue
            if len(dead) >= MAX_DEAD:
                break
            try:
                several = self._asked(link.url, link.title, follow=follow)
            except Failure as failure:
                if self.refused:
                    found.setdefault(link.url, Found(link.url, link.title, link=link.url))
                else:
                    dead.append((link.url, failure.detail))
                continue
            for one in several:
                found.setdefault(one.url, replace(one, link=link.url))
        return list(found.values()), dead

    def _guess(self, address: str, *, follow: bool = False) -> list[Found]:
        """The feed at an address that may be none, or what the page there lists."""
        if self.refused or address in self.seen:
            return []
        try:
            return self._asked(address, "", follow=follow)
        except Failure:
            return []

    def _asked(self, address: str, title: str, *, follow: bool) -> list[Found]:
        """The feed at an address; where there is a page instead and `follow`, the feeds that it lists. Raises Failure where there are none."""
        if len(self.seen) >= MAX_REQUESTS:
            raise Failure("not_a_feed", f"It was not looked at, after {MAX_REQUESTS} other addresses.")
        self.pause(min(GAP_S, self.settings.fetch.min_gap_s))
        self.seen.add(address)
        try:
            response = self.get(address)
            self.seen.add(response.final_url)
            found = self.read(response)
        except Failure as failure:
            if describe(failure.code).refuses:  # then nothing more is guessed
                self.refused = failure.code
                self.tried.append(f"nothing more, since {address} was refused ({failure.detail.rstrip('.')})")
            if failure.code != "not_a_feed" or not follow:
                raise
            listed, _ = self._living(_without_comments(page_links.find(response.body, response.final_url)))
            if not listed:
                raise
            return listed
        return [Found(found.url, found.title or title, found.site_url, found.feed, found.response)]

    def _robots(self, url: str) -> Robots:
        """The robots.txt of the site, asked for once."""
        if self.robots is None:
            self.robots = rules.refresh(self.client, parse_url(url), None, datetime.now(UTC), self.settings.fetch)
        return self.robots


def _without_comments(links: list[FeedLink]) -> list[FeedLink]:
    return [link for link in links if not page_links.is_of_comments(link)] or links


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
