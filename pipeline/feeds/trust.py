"""Which feed speaks for which page. Pure.

A feed speaks for the pages of its own site, for those of sites whose own pages announce it, and for any where the operator trusts it. What it
says of other pages is kept with its sightings, but it only says where they are: none of its words reaches an article.
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
    """What a feed may speak for by: the `site` of its address (`normalise.site`), the sites whose pages announce it, and whether the operator
    trusts it."""

    site: str
    announced_by: frozenset[str] = frozenset()
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A feed that has listed a page, with the trust that it had then; `keys` are those of its addresses, now and before."""

    feed_id: int
    url: str
    feed_trust: FeedTrust
    keys: frozenset[bytes]


def feed_trust(feed_url: str, announced_by: Iterable[str] = (), *, trusted: bool = False) -> FeedTrust:
    """The feed_trust of a feed: its site, the pages that announce it, and whether the operator trusts it."""
    return FeedTrust(site_of(parse(feed_url).host), frozenset(announced_by), trusted)


def vouches(feed_trust: FeedTrust, page: Url) -> Ground:
    """By what the feed may speak for a page; '' where it may not. `page` is where the article really is, after redirects, where that is known."""
    if feed_trust.trusted:
        return "operator"
    if page.scheme == file_names.SCHEME:  # an entry without a link, whose name was made of the feed itself
        return "own site"
    site = site_of(page.host)
    return "own site" if site == feed_trust.site else "announced" if site in feed_trust.announced_by else ""


def trusted_sighting(sightings: Iterable[Sighting], page: Url) -> Sighting | None:
    """The first of the feeds that may speak for the page."""
    return next((sighting for sighting in sightings if vouches(sighting.feed_trust, page)), None)
