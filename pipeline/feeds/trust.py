"""Decide which feed may speak for which page. Pure.

A feed speaks for the pages of its own site, for sites whose own pages announce it, and for any site if the operator trusts it. What it
says about other pages is stored with its sightings, but only their addresses are used: none of its words reaches an article.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.normalise import file_names
from pipeline.normalise.site import site_of
from pipeline.normalise.urls import Url, parse

Ground = Literal["operator", "own site", "announced", ""]


@dataclass(frozen=True, slots=True)
class FeedTrust:
    """The grounds on which a feed may speak: the `site` of its address (`normalise.site`), the sites whose pages announce it, and whether
    the operator trusts it."""

    site: str
    announced_by: frozenset[str] = frozenset()
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A feed that has listed a page, with its trust at that time. `keys` are those of its addresses, now and before."""

    feed_id: int
    url: str
    feed_trust: FeedTrust
    keys: frozenset[bytes]


def feed_trust(feed_url: str, announced_by: Iterable[str] = (), *, trusted: bool = False) -> FeedTrust:
    """The trust of a feed: its site, the pages that announce it, and whether the operator trusts it."""
    return FeedTrust(site_of(parse(feed_url).host), frozenset(announced_by), trusted)


def trust_ground(feed_trust: FeedTrust, page: Url) -> Ground:
    """On which ground the feed may speak for a page; empty if it may not. `page` is the article's address after redirects, if that is
    known."""
    if feed_trust.trusted:
        return "operator"
    if page.scheme == file_names.SCHEME:  # an entry without a link, whose name was made by the feed itself
        return "own site"
    site = site_of(page.host)
    return "own site" if site == feed_trust.site else "announced" if site in feed_trust.announced_by else ""


def trusted_sighting(sightings: Iterable[Sighting], page: Url) -> Sighting | None:
    """The first of the feeds that may speak for the page."""
    return next((sighting for sighting in sightings if trust_ground(sighting.feed_trust, page)), None)
