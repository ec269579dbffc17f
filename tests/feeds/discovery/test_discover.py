import pytest

from pipeline.feeds.discovery.page_links import FeedLink, find

PAGE = b"""<!doctype html><html><head>
<base href="/section/">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" title=" News &amp;
 views " href="atom.xml">
<link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" type="text/css" href="/feed.css">
</head><body>
<a href="/rss/politics.xml">Politics <b>RSS</b></a> <a href="feed:https://other.example/feed">All</a>
<a href="/news/rssing">a story</a> <a href="javascript:rss()">no</a> <a href="/section/atom.xml#top">again</a>
</body></html>"""


def test_announced_feeds_come_first_then_links_that_look_like_feeds():
    assert find(PAGE, "https://news.example/index.html") == [
        FeedLink("https://news.example/section/atom.xml", "News & views", "atom"),
        FeedLink("https://cdn.example/feed.json", "", "json"),
        FeedLink("https://news.example/comments/feed/", "Comments", "rss"),
        FeedLink("https://news.example/rss/politics.xml", "Politics RSS", ""),
        FeedLink("https://other.example/feed", "All", ""),
    ]


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"   ",
        b"<",
        b"\x00\xff\xfe",
        b"<!-- -->",
        b"\x1f\x8b\x08junk",
        b"<?xml version='1.0' encoding='utf-16'?><a href='http://[/rss'>",
    ],
)
def test_pages_without_feeds_give_none(page):
    assert find(page, "https://news.example/") == []


def urls(inside: str, url: str = "https://www.news.example/news/") -> list[str]:
    page = f"<!doctype html><html><head><title>H</title>{inside}</head></html>"
    return [link.url.removeprefix("https://www.news.example") for link in find(page.encode(), url)]


@pytest.mark.parametrize(
    "attributes",
    [
        'rel="alternate" type="application/rss+xml"',
        'rel="alternate" type="application/rss"',
        'rel="alternate" type="application/x-rss+xml"',
        'rel="alternate" type="application/x.atom+xml"',
        'rel="alternate" type="text/rss+xml; charset=utf-8"',
        'rel="alternate" type="APPLICATION/RSS+XML"',
        'rel="alternate" type="text/xml"',
        'rel="alternate" type="application/xml"',
        'rel="alternate" type="application/atom+xml;type=feed"',
        'rel="alternate" type="application/rdf+xml"',
        'rel="alternate"',
        'rel="alternate" type=""',
        'rel="feed"',
        'rel="rss"',
        'rel="alternate" type="application/rss+xm"',
        'rel="alternate" type="application/rss xml"',
        'rel="alternate" type="xml"',
        'rel="alternate" type="text/plain"',
        'rel="feed" type="text/html"',
        'rel="alternate feed" type="text/html"',
        'rel="ALTERNATE home" type="application/rss+xml"',
        'type="application/rss+xml"',
        'rel="service.feed" type="application/atom+xml"',
    ],
)
def test_a_feed_is_announced_with_any_type_that_means_it(attributes: str) -> None:
    for href in ("/rss.xml", "/all.atom", "/feed/", "/news.rss", "/index.rdf"):
        assert urls(f'<link {attributes} href="{href}" title="RSS">') == [href]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/atom+xml;type=entry" href="/this-post.atom">',
        '<link rel="alternate" type=\'application/atom+xml; type="entry"\' href="/this-post.atom">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" media="handheld" href="https://m.news.example/">',
        '<link rel="alternate" type="text/html" href="/feed/">',
        '<link rel="alternate stylesheet" href="/feed.css">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="search" type="application/opensearchdescription+xml" href="/search.xml">',
        '<link rel="EditURI" type="application/rsd+xml" href="/xmlrpc.php?rsd">',
        '<link rel="sitemap" type="application/xml" href="/sitemap.xml">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" href="android-app://com.x/http/news.example/feed">',
        '<link rel="service" type="application/atomsvc+xml" href="/atom">',
        '<a href="/feedback">Feedback</a>',
        '<a href="/sitemap.xml">Sitemap</a>',
        '<a href="/feeding-cats">How to feed cats</a>',
        '<a href="/embarrassing">Embarrassing atoms</a>',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
    ],
)
def test_what_is_no_feed_is_not_taken_for_one(link: str) -> None:
    assert urls(link) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/syndicate/all" rel="alternate" type="application/rss+xml">Follow us</a>',
        '<a href="/syndicate/all" type="application/atom+xml">Follow us</a>',
        '<a href="/all">RSS</a>',
        '<a href="/all"> <b>RSS feed</b> </a>',
        '<a href="/all">Atom</a>',
        '<a href="/all">RSS 2.0</a>',
        '<a href="/all"><img src="/i.png" alt="RSS"></a>',
        '<a href="/all" aria-label="RSS"><svg></svg></a>',
        '<a href="/newsfeed">x</a>',
        '<a href="/top.xml">Top</a>',
        '<a href="/all">RSS-Feed abonnieren</a>',
        '<a href="/all">Flux RSS</a>',
        '<a href="/all" class="icon-rss"></a>',
        '<a href="/all"><i class="fa fa-rss"></i></a>',
        '<a href="/all"><img src="/img/rss.png"></a>',
        '<a href="/a.rss">x</a>',
        '<a href="/rssfeeds">x</a>',
        '<a href="https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fwww.news.example%2Fall">Feedly</a>',
        '<a href="https://feedly.com/i/subscription/feed/https://www.news.example/all">Feedly</a>',
        '<a href="https://www.netvibes.com/subscribe.php?url=https://www.news.example/all">Netvibes</a>',
    ],
)
def test_a_link_that_means_a_feed_is_found_without_an_announcement(link: str) -> None:
    assert len(urls(link)) == 1
    assert urls(link)[0].startswith("/")
    assert all(not one.kind for one in find(link.encode(), "https://www.news.example/"))


def test_links_of_the_site_itself_come_before_those_to_others() -> None:
    assert urls('<a href="https://other.example/feed">RSS</a><a href="https://feeds.news.example/1">RSS</a><a href="/feed">RSS</a>') == [
        "https://feeds.news.example/1", "/feed", "https://other.example/feed",
    ]  # fmt: skip


def test_an_announced_address_is_read_as_it_is_meant() -> None:
    assert urls('<link rel="alternate" type="application/rss+xml" href=" /a feed?x=1&amp;amp;y=2 ">') == ["/a%20feed?x=1&y=2"]
