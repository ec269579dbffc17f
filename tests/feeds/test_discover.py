import pytest

from pipeline.feeds.discover import FeedLink, find

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
