"""Find out whether a broken feed has moved: when to look at its site's home page, and which feed to suggest. Pure policy.

A site that is redesigned often loses the old address of its feed and announces a new one. newsmill suggests the new one but never
switches to it: it may be of another section or language, and only a person can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.feeds.discovery.page_links import FeedLink
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure, describe

FAILURES = 3  # failed polls in a row after which a feed counts as broken; fewer are an outage
AGAIN_S = 7 * 86400  # seconds between two looks
SOON_S = 86400  # seconds after a look that failed or was not worthwhile


def worth_a_look(code: str) -> bool:
    """Whether a feed whose last poll ended with this code may have moved. An outage says nothing about that, and a site that refuses us
    wants no further requests."""
    return bool(code) and describe(code).moved


def home(feed_url: str, site_url: str) -> str:
    """The page to look at: the site address that the feed named, else the front page of the feed's host."""
    try:
        return parse(site_url).text
    except Failure:
        url = parse(feed_url)
        return f"{url.scheme}://{url.host}/"


def successor(links: Sequence[FeedLink], known: Sequence[str]) -> str:
    """The feed to suggest among a page's links, the likeliest first; empty for none. `known` holds the broken feed's addresses, now and
    before. Only feeds that the page announces count. If the page still announces the broken feed, nothing is suggested."""
    keys = {parse(url).key for url in known}
    announced = []
    for link in links:
        try:
            announced += [(parse(link.url).key, link.url)] if link.kind else []
        except Failure:
            continue
    if any(key in keys for key, _ in announced):
        return ""
    return next((url for _, url in announced), "")
