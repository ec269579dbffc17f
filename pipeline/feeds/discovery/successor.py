"""Where a broken feed may have gone: when its site's home page is looked at, and what is offered of what stands there. Pure policy.

A site that renews its pages often loses the old address of its feed and announces a new one. That one is offered and never taken: it may be
of another section or language, and only a person can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.feeds.discovery.page_links import FeedLink
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure, describe

FAILURES = 3  # polls failed in a row from which on a feed is broken; less is an outage
AGAIN_S = 7 * 86400  # between two looks
SOON_S = 86400  # after one that could not be made, or was not worth making


def worth_a_look(code: str) -> bool:
    """Whether a feed whose last poll ended with this code may have gone elsewhere. An outage says nothing of that, and who refuses us wants
    no further requests."""
    return bool(code) and describe(code).moved


def home(feed_url: str, site_url: str) -> str:
    """The page to look at: the site as the feed named it, else the front page of the feed's host."""
    try:
        return parse(site_url).text
    except Failure:
        url = parse(feed_url)
        return f"{url.scheme}://{url.host}/"


def successor(links: Sequence[FeedLink], known: Sequence[str]) -> str:
    """The feed to offer of those that the page links to, the likeliest first; '' for none. `known`: the addresses of the broken feed, now and
    before. Only what the page announces counts, and nothing where it still announces the broken one."""
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
