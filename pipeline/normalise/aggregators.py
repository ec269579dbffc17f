"""Recognise URLs that stand for another one: short links, feed trackers, cached copies, and pages that hide their target."""

from __future__ import annotations

import re

from pipeline.normalise.urls import Url, hostname_of, parse
from pipeline.outcomes import Failure

# Hosts that only redirect. The article is known only after the redirect, so their URLs are never an article's own.
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
# https://developers.google.com/amp/cache/overview: /c/ is a page; /s/ means that its origin uses https.
_AMP_CACHE = re.compile(r"/(?:c|v)/(s/)?((?=[^/]*\.[^/])[^/]+)(/.*)?")
AMP_CACHE_HOST = "cdn.ampproject.org"


def unresolvable(url: str) -> str:
    """Why no request can lead to the article behind this URL, as a sentence; empty if one may."""
    found = _parsed(url)
    if found is not None and hostname_of(found) == "news.google.com" and _GOOGLE_NEWS.match(_path(found)):
        return "Google News does not say which article this link leads to; add the feed of the site itself."
    return ""


def is_redirector(url: str) -> bool:
    """Whether the URL belongs to a service that only redirects."""
    found = _parsed(url)
    return found is not None and hostname_of(found).removeprefix("www.") in REDIRECTORS


def from_amp_cache(url: str) -> str:
    """The publisher's own URL of a page in the AMP cache; any other URL unchanged."""
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
    """The URL of a feed's entry: the article's own, if the feed names it besides a redirector's.

    `guid` must be a permalink or empty; `origlink` is feedburner:origLink. Only a redirector's link is replaced. FeedBurner also
    redirects under publishers' own host names, where its path gives it away.
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
