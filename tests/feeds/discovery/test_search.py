"""The feeds of a site, found by asking it: what it announces is looked at, pages that list feeds are followed, systems have their places."""

from __future__ import annotations

import pytest

from pipeline.feeds.discovery import feed_search as searching
from pipeline.feeds.discovery.feed_search import MAX_DEAD, MAX_LOOKED, MAX_REQUESTS, Search, search
from pipeline.fetch.client import Client
from tests.feeds.reader import SETTINGS, ok, status
from tests.fetch.server import Site, page, redirect


def html(inside: str) -> bytes:
    return page(f"<!doctype html><html><head><title>A</title></head><body>{inside}</body></html>".encode())


def announcing(*hrefs: str, kind: str = "application/rss+xml", title: str = "") -> bytes:
    links = "".join(f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">' for href in hrefs)
    return page(f"<!doctype html><html><head>{links}</head><body>News</body></html>".encode())


def look(client: Client, site: Site, path: str = "/", **more) -> Search:
    return search(client, site.url(path), SETTINGS, pause=lambda _: None, **more)


def paths(found: Search, site: Site) -> list[str]:
    return [one.url.removeprefix(site.url("")) for one in found.found]


def asked(site: Site) -> list[str]:
    return [path for path in site.paths() if path != "/robots.txt"]


@pytest.mark.parametrize(
    "dead", [redirect("/"), status("404 Not Found"), status("410 Gone"), html("Nothing"), ok(b"<rss><channel>"), status("500 Oh")]
)
def test_an_announced_feed_that_is_none_is_left_out_and_told(client: Client, site: Site, dead: bytes) -> None:
    site.script |= {"/": announcing("/old1", "/old2", "/rss"), "/old1": dead, "/old2": dead, "/rss": ok()}
    found = look(client, site)
    assert paths(found, site) == ["/rss"]
    assert found.found[0].feed
    assert [url for url, _ in found.dead] == [site.url("/old1"), site.url("/old2")]


def test_where_all_announced_feeds_are_dead_the_other_places_are_tried(client: Client, site: Site) -> None:
    site.script |= {"/": announcing("/old1", "/old2"), "/feed": ok()}
    found = look(client, site)
    assert paths(found, site) == ["/feed"]
    assert "2 announced addresses that are no feeds" in found.tried


def test_of_many_announced_feeds_the_first_are_looked_at(client: Client, site: Site) -> None:
    many = [f"/feed{n}" for n in range(30)]
    site.script |= {"/": announcing(*many)} | {path: ok() for path in many}
    found = look(client, site)
    assert paths(found, site) == many
    assert asked(site) == ["/", *many[:MAX_LOOKED]]


def test_dead_announcements_do_not_go_on_for_ever(client: Client, site: Site) -> None:
    site.script["/"] = announcing(*(f"/dead{n}" for n in range(200)))
    assert look(client, site).found == ()
    assert sum(path.startswith("/dead") for path in asked(site)) == MAX_DEAD
    assert len(asked(site)) <= MAX_REQUESTS + 10


def test_an_announced_feed_that_is_refused_is_not_called_dead(client: Client, site: Site) -> None:
    site.script |= {"/": announcing("/feed", "/atom"), "/feed": status("403 Forbidden")}
    found = look(client, site)
    assert (paths(found, site), found.dead) == (["/feed", "/atom"], ())
    assert asked(site) == ["/", "/feed"]


def test_feeds_of_comments_are_left_out_where_there_are_others(client: Client, site: Site) -> None:
    site.script |= {"/": announcing("/comments/feed/", "/feed/"), "/feed/": ok(), "/comments/feed/": ok()}
    assert paths(look(client, site), site) == ["/feed/"]
    site.script["/"] = announcing("/comments/feed/")
    assert paths(look(client, site), site) == ["/comments/feed/"]


def test_a_known_feed_is_not_asked_for(client: Client, site: Site) -> None:
    site.script["/"] = announcing("/feed")
    assert paths(look(client, site, known=lambda url: url.endswith("/feed")), site) == ["/feed"]
    assert asked(site) == ["/"]


LISTING = "<a href='/feeds/top.xml'>Top</a><a href='/feeds/sport.xml'>Sport</a>"


@pytest.mark.parametrize(
    ("link", "where"),
    [
        ("<a href='/rss/'>RSS</a>", "/rss/"),
        ("<a href='/feeds'>All feeds</a>", "/feeds"),
        ("<a href='/help/rss-feeds.html'>Help</a>", "/help/rss-feeds.html"),
        ("<a href='/syndicate/all'>RSS feeds</a>", "/syndicate/all"),
        ("<a href='/x'><img alt='RSS'></a>", "/x"),
        ("<a href='/x' title='RSS'>*</a>", "/x"),
        ("", "/rss"),
        ("", "/feeds"),
    ],
)
def test_a_page_that_lists_feeds_is_followed_one_step(client: Client, site: Site, link: str, where: str) -> None:
    site.script |= {"/": html(link), where: html(LISTING), "/feeds/top.xml": ok(), "/feeds/sport.xml": ok()}
    assert paths(look(client, site), site) == ["/feeds/top.xml", "/feeds/sport.xml"]


def test_a_list_of_lists_is_not_followed(client: Client, site: Site) -> None:
    site.script |= {"/": html("<a href='/rss/a'>RSS</a>"), "/rss/a": html("<a href='/rss/b'>RSS</a>"), "/rss/b": html(LISTING)}
    assert look(client, site).found == ()


def test_of_a_long_list_the_rest_is_believed_where_the_first_are_feeds(client: Client, site: Site) -> None:
    many = [f"/feeds/{n}.xml" for n in range(20)]
    site.script |= {"/rss": html("".join(f"<a href='{path}'>S</a>" for path in many))} | {path: ok() for path in many}
    assert paths(look(client, site, "/rss"), site) == many
    assert len(asked(site)) == 1 + MAX_LOOKED
    site.script[many[0]] = html("no feed")
    assert paths(look(client, site, "/rss"), site) == many[1 : MAX_LOOKED + 1]


@pytest.mark.parametrize(
    ("home", "feed"),
    [
        ("<script src='/media/jui/js/x.js'></script>", "/?format=feed&type=rss"),
        ("<meta name=generator content='WordPress 6.4'>", "/?feed=rss2"),
        ("<meta name=generator content='Hugo 0.120'>", "/index.xml"),
        ("<meta name=generator content='Drupal 10'>", "/rss.xml"),
        ("<meta name=generator content='Ghost 5.0'>", "/rss/"),
        ("<img src='https://1.bp.blogspot.com/x.png'>", "/feeds/posts/default"),
        ("<link href='https://static1.squarespace.com/x.css'>", "/?format=rss"),
        ("<link href='https://cdn.shopify.com/x.css'>", "/blogs/news.atom"),
        ("<meta name=generator content='SPIP 4'>", "/spip.php?page=backend"),
        ("<meta name=generator content='Discourse 3'>", "/latest.rss"),
        ("<script src='/pf/resources/x.js'></script>", "/arc/outboundfeeds/rss/?outputType=xml"),
        ("nothing", "/?format=feed&type=rss"),
        ("nothing", "/?feed=rss2"),
        ("nothing", "/index.xml"),
        ("nothing", "/feeds/posts/default"),
    ],
)
def test_a_system_has_its_feed_in_its_own_place(client: Client, site: Site, home: str, feed: str) -> None:
    site.script |= {"/": html(home), feed: ok()}
    assert paths(look(client, site), site) == [feed]


@pytest.mark.parametrize(
    ("given", "feed"),
    [
        ("/categories/blog/", "/categories/blog/index.xml"),
        ("/categories/blog", "/categories/blog/index.xml"),
        ("/news/", "/news/feed"),
        ("/a/b/c/", "/a/b/c/rss.xml"),
        ("/a/b/c/", "/feed.xml"),
    ],
)
def test_a_page_inside_a_site_has_its_own_feed_or_that_of_the_site(client: Client, site: Site, given: str, feed: str) -> None:
    site.script |= {given: html("n"), feed: ok()}
    assert paths(look(client, site, given), site) == [feed]


def test_a_section_of_joomla_has_a_feed_of_its_own(client: Client, site: Site) -> None:
    site.script |= {"/sport": html("<script src='/media/jui/x.js'></script>"), "/sport?format=feed&type=rss": ok()}
    assert paths(look(client, site, "/sport"), site) == ["/sport?format=feed&type=rss"]


def test_where_a_page_announces_nothing_the_front_page_is_asked(client: Client, site: Site) -> None:
    site.script |= {"/a/story": html("n"), "/": announcing("/hidden/news"), "/hidden/news": ok()}
    assert paths(look(client, site, "/a/story"), site) == ["/hidden/news"]


def test_a_site_that_answers_everything_with_its_home_page_is_left_in_time(client: Client, site: Site) -> None:
    class Always(dict):
        def get(self, *_: object) -> bytes:
            return html("<a href='/rss/1'>RSS</a><a href='/rss/2'>RSS</a>")

    site.script = Always()
    assert look(client, site).found == ()
    assert len(asked(site)) <= MAX_REQUESTS + 10


def test_the_searcher_waits_between_its_requests(client: Client, site: Site) -> None:
    waits: list[float] = []
    site.script["/"] = announcing("/a", "/b")
    search(client, site.url("/"), SETTINGS, pause=waits.append)
    assert len(waits) >= 10
    assert set(waits) == {min(searching.GAP_S, SETTINGS.fetch.min_gap_s)}
