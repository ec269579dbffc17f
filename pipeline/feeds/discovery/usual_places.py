"""Guess where a site has its feed if it announces none: by its publishing system, by the service that hosts it, or by custom. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.feeds.discovery.page_links import joined

MAX_SIGNS = 300_000  # characters of a page that are searched for signs of its publishing system
_MOST = 24  # addresses returned; each costs the person a second and the site a request

# Tried below the page's folder, then below the root. WordPress and Drupal, Ghost, Hugo and Jekyll, Medium, older systems.
_BELOW = ("feed", "index.xml", "rss", "rss.xml", "feed.xml", "atom.xml")
_USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds", "feed.json")
# Places of systems that may leave no sign in the page.
_SELDOM = ("?feed=rss2", "?format=feed&type=rss", "feeds/posts/default", "?format=rss", "blog/feed", "index.rdf")
_USUAL_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "googlenews.xml")

_SYSTEMS = [  # a sign in the page (lower case); where the system has its feeds, relative to the page and to the root
    (re.compile(sign), places)
    for sign, places in (
        (r"/media/(?:jui|system|vendor/joomla)|joomla", ("?format=feed&type=rss", "?format=feed&type=atom")),
        (r"wp-content|wp-includes|wordpress", ("feed/", "?feed=rss2", "index.php?feed=rss2")),
        (r"drupal", ("rss.xml", "taxonomy/term/all/feed")),
        (r"hugo \d|content=.?hugo", ("index.xml",)),
        (r"jekyll|hexo|octopress", ("feed.xml", "atom.xml")),
        (r"content=.?ghost|ghost-sdk|/ghost/", ("rss/",)),
        (r"blogger\.com|blogspot\.", ("feeds/posts/default", "atom.xml")),
        (r"substack", ("feed",)),
        (r"squarespace", ("?format=rss", "blog?format=rss", "news?format=rss")),
        (r"wixstatic|wix\.com", ("blog-feed.xml",)),
        (r"weebly", ("1/feed",)),
        (r"cdn\.shopify", ("blogs/news.atom",)),
        (r"typo3", ("rss.xml", "?type=100", "?type=9818", "feed.xml")),
        (r"spip", ("spip.php?page=backend",)),
        (r"discourse", ("latest.rss",)),
        (r"mediawiki", ("index.php?title=Special:RecentChanges&feed=atom",)),
        (r"tumblr", ("rss",)),
        (r"gatsby|webflow|hubspot|hs-scripts", ("rss.xml", "blog/rss.xml")),
        (r"pelican", ("feeds/all.atom.xml",)),
        (r"phpbb", ("feed.php", "app.php/feed")),
        (r"vbulletin", ("external.php?type=RSS2",)),
        (r"plone", ("RSS",)),
        (r"movable ?type|typepad", ("index.xml", "atom.xml", "index.rdf")),
        (r"dotclear", ("feed/rss2", "feed/atom")),
        (r"serendipity", ("index.php?/feeds/index.rss2",)),
        (r"textpattern", ("rss/",)),
        (r"arcpublishing|/pf/resources/|fusion\.globalcontent", ("arc/outboundfeeds/rss/?outputType=xml", "arc/outboundfeeds/news/?outputType=xml")),
        (r"townnews|bloximages", ("search/?f=rss&t=article&l=50&s=start_time&sd=desc",)),
    )
]  # fmt: skip
_SERVICES = [  # the host and path of a page, and the address of its feed
    (re.compile(rf"\A(?:{page})\Z"), feed)
    for page, feed in (
        (r"(?:www\.)?medium\.com/(@?[\w.-]+)(?:/.*)?", r"/feed/\1"),
        (r"(?:www\.|old\.)?reddit\.com/((?:r|user)/\w+)(?:/.*)?", r"/\1/.rss"),
        (r"(?:www\.|m\.)?youtube\.com/channel/([\w-]+)(?:/.*)?", r"/feeds/videos.xml?channel_id=\1"),
        (r"github\.com/([\w.-]+/[\w.-]+)(?:/.*)?", r"/\1/releases.atom"),
        (r"gitlab\.com/([\w.-]+/[\w.-]+)(?:/.*)?", r"/\1.atom"),
        (r"[\w-]+\.(?:blogspot\.[a-z.]+)(?:/.*)?", r"/feeds/posts/default"),
        (r"[\w-]+\.(?:livejournal\.com|dreamwidth\.org)(?:/.*)?", r"/data/rss"),
        (r"bsky\.app/profile/([\w.:-]+)(?:/.*)?", r"/profile/\1/rss"),
        (r"[\w.-]+/(@\w+)/?", r"/\1.rss"),
    )
]


def usual_places(url: str, page: str = "") -> list[str]:
    """Addresses where the site of this page may have its feed, the likeliest first. For an address inside a site, those below it come
    first. `page` is its text, from which the publishing system may be recognised."""
    path = urlsplit(url).path
    signs = page[:MAX_SIGNS].lower()
    of_system = [place for sign, places in _SYSTEMS if sign.search(signs) for place in places]
    inside: list[str] = []
    if path.strip("/"):
        own = {place.rstrip("/") for place in of_system}
        inside = [f"{path}{place}" for place in of_system if place.startswith("?")]
        inside += [f"{path.rstrip('/')}/{name}" for name in sorted(_BELOW, key=lambda name: name not in own)]
    root = [f"/{name}" for name in (*of_system, *_USUAL, *_SELDOM)]
    found = (joined(url, place) for place in (*_of_service(url), *inside, *root))
    return list(dict.fromkeys(filter(None, found)))[:_MOST]


def usual_sitemaps(url: str) -> list[str]:
    """Addresses where a site may have its news sitemap."""
    return [joined(url, f"/{name}") for name in _USUAL_SITEMAPS]


def _of_service(url: str) -> Iterator[str]:
    address = urlsplit(url)
    name = f"{address.hostname or ''}{address.path}"
    for page, feed in _SERVICES:
        if found := page.match(name):
            yield found.expand(feed)
            return
