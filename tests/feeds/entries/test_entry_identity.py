"""Which entry is which article, from poll to poll, through the real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.feeds.options import Options
from pipeline.settings import Poll, Settings
from tests.feeds.entries.served import item, serve
from tests.feeds.kept import Kept, kept
from tests.fetch.server import Site, answer, page
from tests.integration.site import article_html


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings.model_copy(update={"poll": Poll(max_updates=3)})) as found:
        yield found


def serve_json(site: Site, *items: dict[str, Any], **more: Any) -> None:
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items} | more
    site.script["/f"] = answer(json.dumps(body).encode(), "200 OK", "Content-Type: application/feed+json")


def guids(reader: Kept) -> list[str]:
    return [row[0] for row in reader.rows("SELECT guid FROM sightings ORDER BY link_id")]


A, B, C = (f"http://news.example/{name}" for name in ("a", "b", "c"))


def test_a_guid_is_opaque_and_never_an_address(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    serve(site, item("One", A, "http://news.example/?p=1"), item("Two", "", "http://news.example/?p=2"))
    reader.poll(feed)
    assert reader.urls() == [A]
    assert guids(reader) == ["http://news.example/?p=1"]


def test_guids_that_differ_by_case_are_two(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    entry = "<entry><id>{}</id><title>Same title</title><link href='{}'/></entry>"
    for id_, link in (("urn:x:ABC", A), ("urn:x:abc", B)):
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{entry.format(id_, link)}</feed>"
        site.script["/f"] = answer(body.encode(), "200 OK", "Content-Type: application/atom+xml")
        assert len(reader.poll(feed)) == 1
    assert guids(reader) == ["urn:x:ABC", "urn:x:abc"]


@pytest.mark.parametrize("guid", [None, ""])
def test_without_a_guid_the_link_is_the_identity(reader: Kept, site: Site, guid: str | None) -> None:
    feed = reader.add(site.url("/f"))
    serve(site, item("One", A, guid), item("One", B, guid))
    assert len(reader.poll(feed)) == 2
    serve(site, item("One, changed", A, guid), item("One", C, guid))
    assert len(reader.poll(feed)) == 1
    assert reader.urls() == [A, B, C]


SAID = "The ferry to the island sails again from Monday, the harbour office said."


def test_without_guid_and_link_title_and_date_or_text_are_the_identity(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    dated = {"description": SAID, "pubDate": "Mon, 02 Nov 2026 10:00:00 GMT"}
    items = [item("Ferry", "", **dated), item("Ferry", "", description=SAID + " Twice."), item("Bridge", "", "", description=SAID)]
    serve(site, *items, item("Only a title", ""))
    assert len(reader.poll(feed)) == 3
    assert "1 entries have no usable link and no text" in reader.rows("SELECT detail FROM polls")[0][0]
    serve(site, item("Ferry", "", **dated | {"description": "Other words."}), *items[1:])
    assert reader.poll(feed) == []
    reader.ingest()
    assert reader.rows("SELECT count(*) FROM links WHERE state = 'stored'") == [(3,)]
    assert reader.rows("SELECT title, flags && '{text_from_feed}' FROM articles ORDER BY title") == [
        (t, True) for t in ("Bridge", "Ferry", "Ferry")
    ]
    assert site.paths() == ["/f", "/f"], "nothing was fetched for them"


def test_a_guid_stands_for_an_entry_without_a_link_and_belongs_to_its_feed(reader: Kept, site: Site) -> None:
    one, two = reader.add(site.url("/f")), reader.add(site.url("/g"))
    serve(site, item("Ferry", "", "7", description=SAID))
    site.script["/g"] = site.script["/f"]
    assert len(reader.poll(one)) == len(reader.poll(two)) == 1
    serve(site, item("Ferry, corrected", "", "7", description=SAID + " Later."))
    assert reader.poll(one) == []
    assert reader.rows("SELECT title FROM sightings WHERE feed_id = %s", one) == [("Ferry, corrected",)]
    serve(site, *(item(title, "", "same", description=SAID) for title in ("One", "Two")))
    assert len(reader.poll(one)) == 2


def test_one_guid_on_all_items_identifies_none_of_them(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    serve(site, *(item("News", link, "feed-1") for link in (A, B)))
    assert len(reader.poll(feed)) == 2
    serve(site, *(item("News", link, "feed-1") for link in (B, C)))
    assert len(reader.poll(feed)) == 1
    assert reader.urls() == [A, B, C]


def test_nor_does_one_that_stands_on_one_item_at_a_time_with_other_titles(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    for number, link in enumerate((A, B, C)):
        serve(site, item(f"Story {number}", link, "the-latest"))
        assert len(reader.poll(feed)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((A, "http://news.example/?p=1"), ("https://news.example/a", "https://news.example/?p=1")),
        ((A, "http://news.example/?p=1"), (A, "https://www.news.example/?p=1")),
        ((A, "http://news.example/?p=1"), (f"{A}?utm_source=rss", "tag:news.example,2026:1")),
        (("http://news.example/?p=1", "id-1"), ("http://news.example/a-slug", "id-1")),
        (("http://news.example/a", "id-1"), ("http://other.example/a", "id-1")),
    ],
)
def test_guid_or_link_may_change_without_a_second_article(
    reader: Kept, site: Site, before: tuple[str, str], after: tuple[str, str]
) -> None:
    feed = reader.add(site.url("/f"), own=Options(trusted=True))  # it is on another host than its articles
    serve(site, item("One", *before))
    assert len(reader.poll(feed)) == 1
    serve(site, item("One", *after))
    assert reader.poll(feed) == []
    assert len(reader.urls()) == 1


def test_where_both_change_the_canonical_url_tells(reader: Kept, site: Site) -> None:
    canonical = site.url("/slug")
    html = article_html("one").replace("</head>", f'<link rel="canonical" href="{canonical}"></head>').encode()
    site.script |= {path: page(html) for path in ("/?p=1", "/slug", "/old/one")}
    feed = reader.add(site.url("/f"))
    for link, guid in (("/?p=1", "http://x/1"), ("/old/one", "https://x/1"), ("/slug", "y")):
        serve(site, item("One", site.url(link), guid))
        reader.poll(feed)
        reader.ingest()
    assert reader.rows("SELECT count(*) FROM articles") == [(1,)]
    assert reader.rows("SELECT state, code FROM links ORDER BY id OFFSET 1") == [("skipped", "duplicate")] * 2


def test_what_changes_with_every_poll_is_written_a_limited_number_of_times(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    for number in range(6):
        serve(site, item("One", A, "1", description=f"Version {number}"))
        reader.poll(feed)
    assert reader.rows("SELECT summary, updates FROM sightings") == [("Version 3", 3)]
    assert Poll().max_updates == 24


def test_what_stays_the_same_is_not_written_again(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    for date in ("Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 11:00:00 GMT"):
        serve(site, item("One", A, "1", pubDate=date))
        reader.poll(feed)
    assert reader.rows("SELECT updates, updated_at, published_at::text FROM sightings") == [(0, None, "2026-11-02 10:00:00+00")]


def test_what_leaves_the_feed_stays_and_what_comes_back_is_not_ingested_again(reader: Kept, site: Site) -> None:
    one, two = site.url("/one"), site.url("/two")
    site.script |= {"/one": page(article_html("one").encode()), "/two": page(article_html("two").encode())}
    feed = reader.add(site.url("/f"))
    serve(site, item("One", one, "1"), item("Two", two, "2"))
    reader.poll(feed)
    reader.ingest()
    serve(site, item("Two", two, "2"))
    assert reader.poll(feed) == []
    assert reader.rows("SELECT count(*) FROM articles") == [(2,)]
    assert len(guids(reader)) == 2
    reader.conn.execute("DELETE FROM articles WHERE url = %s", (one,))
    reader.conn.execute("DELETE FROM pages")
    serve(site, item("One", one, "1"), item("One", f"{one}?id=9", "1"), item("Two", two, "2"))
    asked = site.paths().count("/one")
    reader.poll(feed)
    reader.ingest()
    assert reader.rows("SELECT state FROM links WHERE url = %s", one) == [("stored",)]
    assert site.paths().count("/one") == asked
    assert reader.rows("SELECT count(*) FROM articles") == [(1,)]


def test_an_article_whose_page_failed_may_be_cured_by_a_new_address(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    serve(site, item("One", site.url("/gone"), "1"))
    reader.poll(feed)
    reader.ingest()
    assert reader.rows("SELECT state, code FROM links") == [("failed", "http_404")]
    site.script["/here"] = page(article_html("one").encode())
    serve(site, item("One", site.url("/here"), "1"))
    assert len(reader.poll(feed)) == 1
    reader.ingest()
    assert reader.rows("SELECT state FROM links ORDER BY id") == [("failed",), ("stored",)]


def test_a_numeric_id_is_its_digits_and_an_item_without_id_is_known_by_its_address(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"), own=Options(trusted=True))
    serve_json(site, {"id": 7, "url": A, "title": "Seven"}, {"url": B, "title": "No id"}, {"id": "", "url": C, "title": "Empty"})
    reader.poll(feed)
    assert (sorted(reader.urls()), sorted(guids(reader))) == ([A, B, C], ["7", B, C])
    serve_json(site, {"id": "7", "url": f"{A}-moved", "title": "Seven"})
    assert reader.poll(feed) == [], "7 and '7' are one id"


def test_a_feed_that_has_expired_is_read_and_polled_no_more(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    serve_json(site, {"id": "1", "url": A}, expired=True)
    assert len(reader.poll(feed)) == 1
    shown = reader.feed(feed)
    assert (shown.state, shown.next_poll_why) == ("stopped", "stopped: the feed says that it has ended")


def test_the_full_text_of_a_feed_is_kept_and_stands_in_for_a_page_without_one(reader: Kept, site: Site) -> None:
    text = "".join(f"<p>{'The council of the village has met and spoken of the harbour. ' * 4}{n}</p>" for n in range(5))
    site.script["/bare"] = page(b"<html><head><title>One</title></head><body><div id=app></div></body></html>")
    feed = reader.add(site.url("/f"))
    serve(site, item("One", site.url("/bare"), "1", description="Short", **{"content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'": text}))  # fmt: skip
    reader.poll(feed)
    reader.ingest()
    assert reader.rows("SELECT length(content) > 900 FROM sightings") == [(True,)]
    ((flags, stored),) = reader.rows("SELECT flags, text FROM articles")
    assert "text_from_feed" in flags
    assert stored.count("The council of the village") == 20


def test_a_feed_that_shortens_its_entries_does_not_take_the_full_text_away(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    serve_json(site, {"id": "1", "url": A, "content_html": "<p>All of it.</p>"})
    reader.poll(feed)
    serve_json(site, {"id": "1", "url": A, "summary": "Teaser"})
    reader.poll(feed)
    assert reader.rows("SELECT content, summary FROM sightings") == [("<p>All of it.</p>", "Teaser")]


def test_what_only_the_feed_says_comes_to_the_article(reader: Kept, site: Site) -> None:
    text = "".join(f"<p>{'The council of the village has met and spoken of the harbour. ' * 3}{n}</p>" for n in range(5))
    site.script["/bare"] = page(f"<html><head><title>One</title></head><body><article><h1>One</h1>{text}</article></body></html>".encode())
    feed = reader.add(site.url("/f"))
    image = {"url": site.url("/i.jpg"), "mime_type": "image/jpeg"}
    serve_json(site, {"id": "1", "url": site.url("/bare"), "title": "One", "tags": ["Harbour", "Council"], "date_published": "2026-11-02T10:00:00Z", "date_modified": "2026-11-03T10:00:00Z", "attachments": [image]})  # fmt: skip
    reader.poll(feed)
    reader.ingest()
    found = reader.rows("SELECT tags, modified_at::text, modified_precision, image_url, sources->>'tags' FROM articles")
    assert found == [(["Harbour", "Council"], "2026-11-03 10:00:00+00", "time", site.url("/i.jpg"), f"feed {site.url('/f')}")]
