"""Find the feeds of a site: try one place after another, stop at the first that has feeds, and report where it looked.

The most certain places come first: the address itself, feeds that its page announces, links on its page, the usual places for feeds, the
Sitemap lines of robots.txt, the usual places for news sitemaps. If a link leads to a page instead of a feed, that page's links are
searched too, one level deep, because many sites have a page that lists their feeds. Guessed addresses obey robots.txt.
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

MAX_LOOKED = 5  # feeds of one page that are fetched; if these are feeds, the rest is accepted unread
MAX_DEAD = 10  # links of one page that turn out not to be feeds; then no more are fetched
MAX_REQUESTS = 40  # of one search
MAX_SITEMAPS = 3
GAP_S = 1.0  # between two guesses, while a person waits; a site for which this is too slow would have announced its feed


@dataclass(frozen=True, slots=True)
class Found:
    """A feed of the site. `feed` and `response` are set if the feed was read during the search, so that it need not be fetched again.
    `link` is the address as a page named it; `announced_by` is the page whose head announces it."""

    url: str
    title: str = ""
    site_url: str = ""
    feed: Feed | None = None
    response: Response | None = None
    link: str = ""
    announced_by: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """The feeds that were found, and descriptions of the places tried. `dead` holds each address that
    the page announces as a feed, but that is none, with the reason."""

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
    """Return the feeds of the site, the likeliest first. `known` tells whether an address already belongs to a stored feed; such an address
    is not fetched. Raises Failure if `url` itself cannot be fetched."""
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
    """Fetch the feed at `url` once. Raises Failure."""
    seeker = _Seeker(client, settings, time.sleep, lambda _: False)
    return seeker.read(seeker.get(url))


@dataclass
class _Seeker:
    """One search. `refused` is the failure code by which the site refused further guesses. `seen` holds the addresses already requested."""

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
        """The feeds that the page announces, without those that turn out not to be feeds."""
        found, dead = self._living(links)
        keys = announced(page.body, page.final_url, page.headers.get("link", ""))
        found = [replace(one, announced_by=page.final_url) if key_of(one.link, page.final_url) in keys else one for one in found]
        self.dead += dead
        if dead:
            self.tried.append(_counted(len(dead), "announced address that is no feed", "announced addresses that are no feeds"))
        return found

    def linked(self, links: list[FeedLink]) -> list[Found]:
        """The links on the page that look like feeds and are, and the feeds listed by pages behind such links."""
        self.tried.append(_counted(len(links), "link of the page that looks like a feed", "links of the page that look like feeds"))
        found, dead = self._living(links, follow=True)
        believed = not dead and not self.refused
        return [one for one in found if believed or one.feed or self.known(one.url)]

    def of_home(self, url: str) -> list[Found]:
        """The feeds that the site's front page announces, if another page was given."""
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
        """The first usual place that has a feed. The others would have the same feed in other formats."""
        url = response.final_url
        return self._first(url, usual_places.usual_places(url, response.body[: usual_places.MAX_SIGNS].decode("utf-8", "replace")))

    def sitemaps(self, url: str) -> list[Found]:
        """The news sitemaps that robots.txt names, else the first at the usual places."""
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
                self.tried.append(f"not {address}, which robots.txt disallows")
                continue
            self.tried.append(address)
            if found := self._guess(address, follow=True):
                return found
        return []

    def _living(self, links: list[FeedLink], *, follow: bool = False) -> tuple[list[Found], list[tuple[str, str]]]:
        """Fetch the first links of a page. Return the feeds, and the addresses that are none with the reason. Once enough are feeds, accept
        the rest unread."""
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
        """The feed at a guessed address, or the feeds that the page there lists; empty if there are none."""
        if self.refused or address in self.seen:
            return []
        try:
            return self._asked(address, "", follow=follow)
        except Failure:
            return []

    def _asked(self, address: str, title: str, *, follow: bool) -> list[Found]:
        """The feed at an address. If a page is there and `follow` is set, the feeds that it lists. Raises Failure if there are none."""
        if len(self.seen) >= MAX_REQUESTS:
            raise Failure("not_a_feed", f"It was not requested, because the search has already requested {MAX_REQUESTS} addresses.")
        self.pause(min(GAP_S, self.settings.fetch.min_gap_s))
        self.seen.add(address)
        try:
            response = self.get(address)
            self.seen.add(response.final_url)
            found = self.read(response)
        except Failure as failure:
            if describe(failure.code).refuses:  # then stop guessing
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
        """The site's robots.txt, fetched once."""
        if self.robots is None:
            self.robots = rules.refresh(self.client, parse_url(url), None, datetime.now(UTC), self.settings.fetch)
        return self.robots


def _without_comments(links: list[FeedLink]) -> list[FeedLink]:
    return [link for link in links if not page_links.is_of_comments(link)] or links


def _lasting(response: Response) -> str:
    """The address to store: the final one if every redirect on the way is permanent, else the original."""
    return response.final_url if all(hop.status in (301, 308) for hop in response.hops) else response.url


def _has_news(found: Found) -> bool:
    """Whether this is a feed, or a sitemap that lists news. A sitemap of all pages of a site is no useful feed."""
    if found.feed is None:
        return False
    if any("news" in sitemap.url.lower() for sitemap in found.feed.sitemaps):
        return True
    return found.feed.kind != "sitemap" or any(entry.title or entry.published for entry in found.feed.entries)


def _counted(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"
