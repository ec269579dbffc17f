"""Nobody's feed forges another site's article: through the real store, with two sites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.feeds.options import Options
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from tests.feeds.entries.forged import BARE, FORGED, serve
from tests.feeds.kept import Kept, kept
from tests.fetch.server import Site, page, redirect, serving
from tests.integration.site import article_html


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings) as found:
        yield found


@pytest.fixture
def stranger() -> Iterator[Site]:
    """A server that is another site than `site`, by its port."""
    with serving({}) as running:
        yield running


def stored(reader: Kept) -> list[tuple[object, ...]]:
    return reader.rows("SELECT title, authors, published_at::date::text, tags, image_url, text LIKE '%%stranger%%' FROM articles")


def sources(reader: Kept) -> set[str]:
    return {source for (source,) in reader.rows("SELECT value FROM articles, jsonb_each_text(sources) WHERE value LIKE 'feed%%'")}


def test_nothing_that_another_sites_feed_says_reaches_the_article(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/one"] = page(article_html("one").encode())
    serve(stranger, "/f", site.url("/one"), "Forged")
    reader.poll(reader.add(stranger.url("/f")))
    reader.ingest()
    ((title, authors, day, tags, image, forged),) = stored(reader)
    assert "Forged" not in title
    assert (day != "2020-11-02", tags, image, forged) == (True, [], "", False)
    assert not any("Forged" in name for name in authors)
    assert sources(reader) == set()


def test_nor_does_it_stand_in_for_a_page_without_an_article(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    serve(stranger, "/f", site.url("/bare"), "Forged")
    reader.poll(reader.add(stranger.url("/f")))
    reader.ingest()
    assert stored(reader) == []
    assert reader.rows("SELECT state FROM links") == [("failed",)]


def test_of_two_feeds_the_sites_own_is_heard_although_the_other_says_more(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    serve(stranger, "/f", site.url("/bare"), "Forged", FORGED * 3)
    serve(site, "/f", site.url("/bare"), "Harbour", FORGED.replace("stranger", "reporter"))
    for one in (stranger, site):
        reader.poll(reader.add(one.url("/f")))
    reader.ingest()
    ((title, authors, _, tags, _, forged),) = stored(reader)
    assert (title, authors, tags, forged) == ("Harbour", ["Harbour Writer"], ["Harbour"], False)
    assert sources(reader) == {f"feed {site.url('/f')}"}, "each field names the feed"


def test_a_crowd_of_strangers_does_not_drown_the_sites_own_feed(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    for n in range(5):
        serve(stranger, f"/{n}", site.url("/bare"), "Forged", FORGED * 2)
        reader.poll(reader.add(stranger.url(f"/{n}")))
    serve(site, "/f", site.url("/bare"), "Harbour", FORGED.replace("stranger", "reporter"))
    reader.poll(reader.add(site.url("/f")))
    reader.ingest()
    assert [(row[0], row[-1]) for row in stored(reader)] == [("Harbour", False)]


def test_settings_of_a_stranger_do_not_make_articles_of_its_text(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/one"] = page(article_html("one").encode())
    serve(stranger, "/f", site.url("/one"), "Forged")
    reader.poll(reader.add(stranger.url("/f"), own=Options(articles="feed")))
    reader.ingest()
    assert "/one" in site.paths()
    assert [row[-1] for row in stored(reader)] == [False]


def test_a_redirect_on_its_own_site_gives_a_feed_no_voice_where_it_leads(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    stranger.script["/out"] = redirect(site.url("/bare"))
    serve(stranger, "/f", stranger.url("/out"), "Forged")
    reader.poll(reader.add(stranger.url("/f")))
    reader.ingest()
    assert stored(reader) == []


def test_a_guid_that_moves_to_another_site_does_not_take_that_sites_address(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/one"], stranger.script["/own"] = page(article_html("one").encode()), page(article_html("own").encode())
    feed = reader.add(stranger.url("/f"))
    for link in (stranger.url("/own"), site.url("/one")):
        serve(stranger, "/f", link, "Forged")
        reader.poll(feed)
        reader.ingest()
    serve(site, "/f", site.url("/one"), "Harbour")
    reader.poll(reader.add(site.url("/f")))
    reader.ingest()
    assert reader.rows("SELECT url, state FROM links ORDER BY id") == [(stranger.url("/own"), "stored"), (site.url("/one"), "stored")]


def test_a_feed_that_the_page_announces_is_heard_and_remembered_for_the_whole_site(reader: Kept, site: Site, stranger: Site) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" href="{stranger.url("/f")}">'
    site.script |= {"/bare": page(BARE.format(link).encode()), "/barer": page(BARE.format("").encode())}
    feed = reader.add(stranger.url("/f"))
    for path in ("/bare", "/barer"):
        serve(stranger, "/f", site.url(path), f"Harbour {path}", guid=path)
        reader.poll(feed)
        reader.ingest()
    assert [row[0] for row in stored(reader)] == ["Harbour /bare", "Harbour /barer"]
    assert reader.rows("SELECT feed_id, site, page_url FROM announcements") == [(feed, f"127.0.0.1:{site.port}", site.url("/bare"))]


def test_an_announcement_that_was_not_seen_for_long_counts_no_more(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/barer"] = page(BARE.format("").encode())
    feed = reader.add(stranger.url("/f"))
    reader.conn.execute("INSERT INTO announcements VALUES (%s, %s, '', now() - interval '91 days')", (feed, f"127.0.0.1:{site.port}"))
    serve(stranger, "/f", site.url("/barer"), "Forged")
    reader.poll(feed)
    reader.ingest()
    assert stored(reader) == []


def test_what_a_feed_said_before_it_moved_to_a_site_is_not_that_sites_word(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    feed = reader.add(stranger.url("/f"))
    serve(stranger, "/f", site.url("/bare"), "Forged")
    reader.poll(feed)
    feeds.move(reader.conn, feed, site.url("/f"))
    serve(site, "/f", site.url("/bare"), "Harbour", content="")
    reader.poll(feed)
    reader.ingest()
    assert stored(reader) == []
    assert reader.rows("SELECT title, content FROM sightings") == [("Harbour", "")]


def test_where_trust_is_withdrawn_before_the_article_is_made_the_page_is_fetched(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/one"] = page(article_html("one").encode())
    serve(stranger, "/f", site.url("/one"), "Forged")
    feed = reader.add(stranger.url("/f"), own=Options(articles="feed", trusted=True))
    reader.poll(feed)
    feeds.configure(reader.conn, feed, Options(articles="feed"))
    reader.ingest()
    assert "/one" in site.paths()
    assert [row[-1] for row in stored(reader)] == [False]
