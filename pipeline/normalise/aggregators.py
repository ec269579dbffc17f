"""Addresses that stand for another address: short links, feed trackers, copies in a cache, and pages that hide where they lead."""

from __future__ import annotations

import re

from pipeline.normalise.urls import Url, hostname_of, parse
from pipeline.outcomes import Failure

# Hosts that only send readers on. Which article it is shows after the redirect, so their addresses never are an article's own.
REDIRECTORS = frozenset(
    {
        "t.co",
        "bit.ly",
        "buff.ly",
        "dlvr.it",
        "ift.tt",
        "lnkd.in",
        "ow.ly",
        "tinyurl.com",
        "trib.al",
        "feeds.feedburner.com",
        "feedproxy.google.com",
    }
)
# Since 2024-07 the token is opaque and the page a script; reports: SSujitX/google-news-url-decoder#2.
_GOOGLE_NEWS = re.compile(r"/(rss/articles|articles|read|__i/rss/rd/articles)/[^/]")
# https://developers.google.com/amp/cache/overview: /c/ is a page, /s/ says that its origin speaks https.
_AMP_CACHE = re.compile(r"/(?:c|v)/(s/)?((?=[^/]*\.[^/])[^/]+)(/.*)?")
AMP_CACHE_HOST = "cdn.ampproject.org"


def unresolvable(url: str) -> str:
    """Why no request can lead to the article behind this address, as a sentence; empty where one may."""
    found = _parsed(url)
    if found is not None and hostname_of(found) == "news.google.com" and _GOOGLE_NEWS.match(_path(found)):
        return "Google News does not say which article this link leads to; add the feed of the site itself."
    return ""


def is_redirector(url: str) -> bool:
    """Whether the address belongs to a service that only sends readers on."""
    found = _parsed(url)
    return found is not None and hostname_of(found).removeprefix("www.") in REDIRECTORS


def from_amp_cache(url: str) -> str:
    """The publisher's own address of a page in the AMP cache; any other address as it is given."""
    found = _parsed(url)
    if found is None:
        return url
    host = hostname_of(found)
    if host != AMP_CACHE_HOST and not host.endswith(f".{AMP_CACHE_HOST}"):
        return url
    path, mark, rest = found.text.partition(found.host)[2].partition("?")
    match = _AMP_CACHE.fullmatch(path)
    if match is None:
        return url
    own = _parsed(f"{'https' if match[1] else 'http'}://{match[2]}{match[3] or '/'}{mark}{rest}")
    return own.text if own else url


def better(link: str, guid: str, origlink: str) -> str:
    """The address of a feed's entry: the article's own where the feed names it beside a redirector's.

    `guid` must be a permalink or empty; `origlink` is feedburner:origLink. A link that is no redirector's is never replaced; FeedBurner
    redirects under publishers' own host names too, where its path tells.
    """
    if not is_redirector(link) and "/~r/" not in link:
        return from_amp_cache(link)
    for one in (origlink, guid):
        if _parsed(one) is not None and not is_redirector(one) and "/~r/" not in one:
            return from_amp_cache(one)
    return link


def _parsed(url: str) -> Url | None:
    try:
        return parse(url)
    except Failure:
        return None


def _path(url: Url) -> str:
    return url.text.partition("://")[2].removeprefix(url.host)
