"""Addresses as feeds write them: escaped too often, relative to another host, opaque, or in a link of another kind."""

from __future__ import annotations

import pytest

from pipeline.feeds.formats.addresses import absolute, items_base
from tests.feeds.documents import item, only, read, rss

MEANT = "https://news.example/a?t=26&p=38"
SITE = "<title>T</title><link>https://www.quay.example/start/</link>"


def atom(links: str, guid: str = "tag:news.example,2026:1", more: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{more}<entry><id>{guid}</id><title>Flood</title>{links}</entry></feed>'
    )


@pytest.mark.parametrize("ampersand", ["&amp;", "&amp;amp;", "&amp;amp;amp;", "&amp;#38;", "&amp;#038;", "&amp;#x26;"])
def test_an_address_that_was_escaped_too_often_is_meant_without(ampersand: str) -> None:
    twice = MEANT.replace("&", ampersand)
    assert only(rss(item(link=twice))).url == MEANT
    assert only(rss(f"<item><guid>{twice}</guid></item>")).url == MEANT
    assert only(rss(item(f'<enclosure url="{twice}" type="image/jpeg"/>'))).enclosures[0].url == MEANT
    assert only(rss(item(f'<media:content url="{twice}"/>'))).enclosures[0].url == MEANT
    assert only(rss(item(f"<feedburner:origLink>{twice}</feedburner:origLink>"))).original_url == MEANT
    assert only(atom(f'<link href="{twice}"/>')).url == MEANT
    assert only(atom("", twice)).url == MEANT
    assert only(f"<urlset><url><loc>{twice}</loc></url></urlset>").url == MEANT
    assert read(rss(head=f"<title>T</title><link>{twice}</link><image><url>{twice}</url></image>")).site_url == MEANT
    assert read(rss(head=f"<title>T</title><image><url>{twice}</url></image>")).image_url == MEANT
    index = read(f"<sitemapindex><sitemap><loc>{twice}</loc></sitemap></sitemapindex>")
    assert [sitemap.url for sitemap in index.sitemaps] == [MEANT]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://news.example/a&amp;b", "https://news.example/a&b"),
        ("https://news.example/?q=%26amp;", "https://news.example/?q=%26amp;"),
        ("https://news.example/?a=1&copy=2&lt=3", "https://news.example/?a=1&copy=2&lt=3"),
        ("http://https://news.example/1", "https://news.example/1"),
        ("https:http://news.example/1", "http://news.example/1"),
        ("https://archive.example/web/https://news.example/1", "https://archive.example/web/https://news.example/1"),
        ("www.news.example/1", "https://www.news.example/1"),
        ("www.html", "https://news.example/feeds/www.html"),
        ("/1?to=http://x.example/&amp;b", "https://news.example/1?to=http://x.example/&b"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ('<a href="https://news.example/1">read on</a>', "https://news.example/1"),
        ("http//news.example/1", "http://news.example/1"),
        ("htttps://news.example/1", "https://news.example/1"),
        ("ttps://news.example/1", "https://news.example/1"),
        ("http:/news.example/1", "http://news.example/1"),
        ("https: //news.example/1", "https://news.example/1"),
        ("news.example/1", "https://news.example/1"),
        ("#", ""),
        ("null", ""),
        ("None", ""),
        ("&amp;" * 1000, "https://news.example/feeds/" + "&" * 1000),
    ],
)
def test_an_address_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert absolute(written, None, "https://news.example/feeds/all.xml") == meant


@pytest.mark.parametrize(
    ("site", "feed", "base"),
    [
        ("https://www.quay.example/", "https://feeds.quay.example/blog", "https://www.quay.example/"),
        ("https://www.quay.example/", "https://feeds.feedburner.com/quay", "https://www.quay.example/"),
        ("https://www.quay.example/", "https://feeds.feedblitz.com/quay", "https://www.quay.example/"),
        ("https://www.quay.example/", "https://rss.app/feeds/x.xml", "https://www.quay.example/"),
        ("https://www.quay.example/", "https://stranger.example/feed", "https://stranger.example/feed"),
        ("https://news.example/", "https://news.example/feeds/all.xml", "https://news.example/feeds/all.xml"),
        ("https://a.github.io/", "https://b.github.io/feed", "https://b.github.io/feed"),
        ("", "https://news.example/feed", "https://news.example/feed"),
        ("quay", "https://feeds.feedburner.com/quay", "https://feeds.feedburner.com/quay"),
    ],
)
def test_relative_links_of_items_are_the_sites_where_the_feed_stands_elsewhere(site: str, feed: str, base: str) -> None:
    assert items_base(site, feed) == base


def test_items_of_a_feed_behind_a_proxy_are_on_their_site_in_every_format() -> None:
    from pipeline.feeds.formats.parse import parse

    documents = [
        rss("<item><link>/tips/5</link><enclosure url='/5.jpg'/></item>", head=SITE),
        rss("<item><guid isPermaLink='false'>5</guid><atom:link href='/tips/5'/><enclosure url='/5.jpg'/></item>", head=SITE),
        atom('<link href="/tips/5"/><link rel="enclosure" href="/5.jpg"/>', more='<link href="https://www.quay.example/start/"/>'),
        '{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://www.quay.example/start/",'
        ' "items": [{"id": "5", "url": "/tips/5", "attachments": [{"url": "/5.jpg", "mime_type": "image/jpeg"}]}]}',
    ]
    for document in documents:
        (entry,) = parse(document.encode(), url="https://feeds.feedburner.com/quayblog").entries
        assert (entry.url, entry.enclosures[0].url) == ("https://www.quay.example/tips/5", "https://www.quay.example/5.jpg"), document


def test_xml_base_goes_before_the_site() -> None:
    from pipeline.feeds.formats.parse import parse

    document = rss('<item xml:base="https://base.example/x/"><link>y</link></item>', head=SITE)
    assert parse(document.encode(), url="https://feeds.feedburner.com/q").entries[0].url == "https://base.example/x/y"


@pytest.mark.parametrize("name", ["isPermaLink", "ispermalink", "IsPermalink", "ISPERMALINK"])
@pytest.mark.parametrize(
    ("value", "is_link"), [("false", False), ("False", False), (" FALSE ", False), ("no", False), ("0", False), ("true", True)]
)
def test_a_guid_that_is_said_to_be_no_permalink_is_never_fetched(name: str, value: str, is_link: bool) -> None:
    entry = only(rss(f'<item><title>T</title><guid {name}="{value}">https://news.example/internal/33</guid></item>'))
    assert (entry.url, entry.guid_is_url) == (("https://news.example/internal/33", True) if is_link else ("", False))


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="self" type="text/html" href="/w29/"/>', "https://news.example/w29/"),
        ('<link rel="via" href="/w29/"/>', "https://news.example/w29/"),
        ('<link rel="via" href="https://other.example/"/><link rel="self" href="/w29/"/>', "https://news.example/w29/"),
        ('<link rel="self" type="application/atom+xml" href="/w29.atom"/>', ""),
        ('<link rel="edit" href="/edit/29"/><link rel="enclosure" href="/29.mp3"/>', ""),
        ('<link rel="self" href="/self"/><link href="/w29/"/>', "https://news.example/w29/"),
        (
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="/w29/"/><link rel="self" href="/no"/>',
            "https://news.example/w29/",
        ),
        ('<link rel=" Alternate " href="/w29/"/>', "https://news.example/w29/"),
        ('<link rel="alternate" type="application/pdf" href="/29.pdf"/><link type="text/html" href="/w29/"/>', "https://news.example/w29/"),
        ('<link rel="self" type="image/png" href="/29.png"/>', ""),
    ],
)
def test_where_no_link_is_called_alternate_the_entrys_own_page_is_taken(links: str, url: str) -> None:
    assert only(atom(links)).url == url
    in_rss = links.replace("<link", "<atom:link")
    assert only(rss(f"<item><title>T</title><guid isPermaLink='false'>29</guid>{in_rss}</item>")).url == url


@pytest.mark.parametrize("link", ["javascript:void(0)", "mailto:desk@news.example", "#", "None"])
def test_a_permalink_goes_before_a_link_that_leads_nowhere(link: str) -> None:
    assert only(rss(f"<item><link>{link}</link><guid>https://news.example/1</guid></item>")).url == "https://news.example/1"
    assert only(rss(f"<item><link>{link}</link><atom:link href='/1'/></item>")).url == "https://news.example/1"


def test_an_id_that_is_an_address_goes_before_a_link_that_may_be_anything() -> None:
    assert only(atom('<link rel="self" href="/api/29"/>', "https://news.example/29")).url == "https://news.example/29"
    assert only(atom('<link rel="self" type="text/html" href="/w29/"/>', "https://news.example/29")).url == "https://news.example/w29/"
