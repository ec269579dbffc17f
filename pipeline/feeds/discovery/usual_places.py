"""Where a site that does not announce its feed may have it: by the system that made the page, by the service it is on, and by custom. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.feeds.discovery.page_links import joined

MAX_SIGNS = 300_000  # characters of a page that are searched for signs of its system
_MOST = 24  # addresses that are given; each costs whoever waits a second, and the site a request

# Below an address inside a site, then below its root. WordPress and Drupal, Ghost, Hugo and Jekyll, Medium, older ones.
_BELOW = ("feed", "index.xml", "rss", "rss.xml", "feed.xml", "atom.xml")
_USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds", "feed.json")
# Those of systems that may give no sign of themselves.
_SELDOM = ("?feed=rss2", "?format=feed&type=rss", "feeds/posts/default", "?format=rss", "blog/feed", "index.rdf")
_USUAL_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "googlenews.xml")

_SYSTEMS = [  # a sign in the page, in lower case; where the system has its feeds, from the page and from the root
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
_SERVICES = [  # the host and path of a page, and what its feed is called
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
    """Addresses where the site of this page often has its feed, the likeliest first; for an address inside a site, those below it come first.
    `page`: its text, by which its system may be known."""
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
    """Addresses where a site often has its news sitemap."""
    return [joined(url, f"/{name}") for name in _USUAL_SITEMAPS]


def _of_service(url: str) -> Iterator[str]:
    address = urlsplit(url)
    name = f"{address.hostname or ''}{address.path}"
    for page, feed in _SERVICES:
        if found := page.match(name):
            yield found.expand(feed)
            return
