"""Feeds in formats that are nearly those of the books: JSON with faults, sitemaps as text and on other hosts, feeds inside other documents."""

from __future__ import annotations

import codecs
import gzip
import json
from typing import Any

import pytest

from pipeline.feeds.formats.model import Feed
from pipeline.feeds.formats.parse import parse
from tests.feeds.documents import only, outcome, read, rss

VERSION = "https://jsonfeed.org/version/1.1"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
ENTRY = f'<entry {ATOM} xml:lang="en"><id>t:1</id><title>Flood</title><link href="/1"/><source><title>River Post</title></source></entry>'
FEED = f'<feed {ATOM}><title>River Post</title><entry><id>t:1</id><title>Flood</title><link href="/1"/></entry></feed>'


def json_feed(items: Any, **head: Any) -> str:
    return json.dumps({"version": VERSION, "title": "River Post", "items": items, **head})


@pytest.mark.parametrize("items", [None, [], {"a": {"id": "1", "title": "T"}}])
def test_a_json_feed_without_items_is_empty_and_its_items_may_be_numbered(items: Any) -> None:
    feed = read(json_feed(items))
    assert (feed.title, len(feed.entries)) == ("River Post", len(items or []))
    assert read(json.dumps({"version": VERSION, "title": "Comments on X"})).entries == ()


@pytest.mark.parametrize("document", ['{"title": "T"}', '{"version": "7", "title": "T"}', '{"items": 5}', '{"items": {"a": 1}}', "[1, 2]"])
def test_json_that_is_no_feed_is_refused(document: str) -> None:
    assert outcome(document) == "not_a_feed"


@pytest.mark.parametrize(
    ("item", "guid", "url"),
    [
        ({"id": "7", "url": "/1"}, "7", "https://news.example/1"),
        ({"url": "https://news.example/1"}, "https://news.example/1", "https://news.example/1"),
        ({"external_url": "https://other.example/1", "title": "T"}, "https://other.example/1", "https://other.example/1"),
        ({"content_text": "a text of its own"}, "", ""),
        ({"content_html": "<p>a text of its own", "id": None}, "", ""),
    ],
)
def test_an_item_of_json_without_id_is_known_by_its_address_or_text(item: dict[str, Any], guid: str, url: str) -> None:
    entry = only(json_feed([item]))
    assert (entry.guid, entry.url) == (guid, url)


GOOD = json_feed([{"id": "1", "title": "Two lines\nand\ttab", "url": "https://news.example/1"}, {"id": "2", "title": 'a "b" \\ ,]'}])


@pytest.mark.parametrize(
    "document",
    [
        GOOD,
        GOOD.replace("\\n", "\n").replace("\\t", "\t"),
        GOOD.replace("]}", ",]}").replace("}]", "},\n]"),
        GOOD.replace('"}', '", }').replace("}, {", "},, {"),
        GOOD.replace("Two", "Two\\'").replace("Two\\'", "Two"),
        f"callback({GOOD});",
        f"/**/ app.feeds.show ( {GOOD} )",
        f"\ufeff\n{GOOD}\n;",
        f"{GOOD}\x00\x00",
        f"{GOOD}<!-- cached -->",
        f"Warning: no cache in x.php\n{GOOD}",
        GOOD.replace("[{", "[ // the items\n{"),
    ],
)
def test_json_that_is_nearly_right_is_read_as_it_is_meant(document: str) -> None:
    feed = parse(document.encode(), url="https://news.example/feed.json", content_type="text/html")
    assert [entry.title for entry in feed.entries] == ["Two lines and tab", 'a "b" \\ ,]']
    assert not feed.partial


@pytest.mark.parametrize(
    ("written", "meant"), [("it\\'s", "it's"), ("100\\% \\d", "100\\% \\d"), ("\\u00e9\\u20", "é\\u20"), ("a\x01b", "ab")]
)
def test_an_escape_that_json_does_not_know_stands_for_itself(written: str, meant: str) -> None:
    assert only(json_feed([{"id": "1", "title": "TITLE"}]).replace("TITLE", written)).title == meant


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_json_may_have_a_mark_or_be_utf_16(encoding: str) -> None:
    assert len(parse(GOOD.encode(encoding), url="https://news.example/feed.json").entries) == 2


def test_of_json_that_is_cut_off_the_whole_items_are_kept() -> None:
    feed = read(GOOD[: GOOD.index('"id": "2"') + 4])
    assert [entry.guid for entry in feed.entries] == ["1"]
    assert (feed.title, feed.partial) == ("River Post", True)
    assert "cut off" in feed.problems[0]
    assert outcome(GOOD[: GOOD.index('"id": "1"')]) == "bad_feed"


@pytest.mark.parametrize("text", ["{", '{"items": [', '{"items": [' + "[" * 5000, '{"a": "' + "\\" * 5001, "{" + "," * 5000, 'x("'])
def test_json_that_is_past_mending_is_refused(text: str) -> None:
    assert outcome(text) in ("bad_feed", "not_a_feed")


def sitemap(body: bytes, url: str = "https://www.news.example/sitemap.txt", content_type: str = "text/plain") -> Feed:
    return parse(body, url=url, content_type=content_type)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, b"\r\n\r\n"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n \t"])
def test_a_sitemap_may_be_a_list_of_addresses(mark: bytes, end: bytes) -> None:
    body = mark + end.join([b"https://www.news.example/1", b"https://www.news.example/2?a=b&amp;c=d", b"http://news.example/3"] * 100)
    for sent in (body, gzip.compress(body)):
        feed = sitemap(sent)
        assert [entry.url for entry in feed.entries] == [
            "https://www.news.example/1", "https://www.news.example/2?a=b&c=d", "http://news.example/3",
        ]  # fmt: skip
        assert feed.kind == "sitemap"


def test_one_address_is_a_list_too() -> None:
    assert [entry.url for entry in sitemap(b"https://www.news.example/1").entries] == ["https://www.news.example/1"]


@pytest.mark.parametrize("body", [b"Not found", b"https://other.example/1\n", b"https://www.news.example/1\nand more\n", b"http:\nhttp:\n"])
def test_a_text_that_is_no_list_of_the_sites_addresses_is_no_sitemap(body: bytes) -> None:
    assert outcome(body) == "not_a_feed"


def index(*addresses: str) -> Feed:
    rows = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return sitemap(f"<sitemapindex>{rows}</sitemapindex>".encode(), "https://www.news.example/sitemap.xml", "text/xml")


def test_an_index_may_list_sitemaps_on_other_hosts_of_its_site() -> None:
    feed = index("https://sitemaps.news.example/1.xml", "https://news.example/2.xml", "https://www.news.example/3.xml")
    assert [one.url for one in feed.sitemaps] == [
        "https://sitemaps.news.example/1.xml", "https://news.example/2.xml", "https://www.news.example/3.xml",
    ]  # fmt: skip
    assert feed.problems == ()


def test_an_index_that_lists_sitemaps_of_another_site_says_why_they_are_not_read() -> None:
    feed = index("https://cdn.example/1.xml", "https://cdn.example/2.xml", "https://www.news.example/3.xml")
    assert [one.url for one in feed.sitemaps] == ["https://www.news.example/3.xml"]
    assert feed.problems[0].startswith(
        "The sitemap https://cdn.example/1.xml and 1 more of the index was not read, because it belongs to another site"
    )


def test_an_index_may_be_called_a_set() -> None:
    feed = sitemap(b"<urlset><sitemap><loc>https://www.news.example/1.xml</loc></sitemap></urlset>")
    assert [one.url for one in feed.sitemaps] == ["https://www.news.example/1.xml"]


def test_an_entry_document_is_a_feed_of_one_entry() -> None:
    feed = read('<?xml version="1.0"?>\n' + ENTRY)
    assert [(entry.guid, entry.title, entry.url) for entry in feed.entries] == [("t:1", "Flood", "https://news.example/1")]
    assert (feed.kind, feed.title, feed.language) == ("atom", "River Post", "en")


@pytest.mark.parametrize(
    "around",
    [
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>',
        "<!doctype html><html><head><title>A</title><script>let a = 1</script></head><body><p>News<br>{}</body></html>",
        "<?xml version='1.0'?><response><status>ok</status>{}</response>",
    ],
)
@pytest.mark.parametrize("feed", [FEED, rss("<item><title>Flood</title><link>/1</link></item>", declaration="")])
def test_a_feed_inside_another_document_is_read(around: str, feed: str) -> None:
    (entry,) = read(around.replace("{}", feed)).entries
    assert (entry.title, entry.url) == ("Flood", "https://news.example/1")


@pytest.mark.parametrize("shown", ["<textarea>{}</textarea>", "<script type=text/template>{}</script>", "<pre>{}</pre>", "<!-- {} -->"])
def test_a_page_that_only_shows_a_feed_is_a_page(shown: str) -> None:
    assert outcome("<!doctype html><html><body>" + shown.replace("{}", FEED) + "</body></html>") == "not_a_feed"


@pytest.mark.parametrize(
    "page", ["<html><feed>", f"<html><feed {ATOM}>", "<html>" + "<rss version=" * 1000, "<html>" + f"<feed {ATOM}>" * 1000]
)
def test_a_page_with_an_open_tag_of_a_feed_is_a_page(page: str) -> None:
    assert outcome(page) == "not_a_feed"


CDF = """<CHANNEL HREF="http://news.example/"><TITLE>News</TITLE><ITEM HREF="http://news.example/1"><TITLE>Flood</TITLE></ITEM></CHANNEL>"""


@pytest.mark.parametrize(
    "document",
    [
        CDF,
        '<rss version="0.91"><channel><title>News</title><item><title>Flood</title><link>http://news.example/1</link></item></channel></rss>',
        '<rss version="0.92"><channel><title>News</title><item><title>Flood</title><link>http://news.example/1</link></item></channel></rss>',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
        '<RSS VERSION="0.91"><CHANNEL><TITLE>News</TITLE><ITEM><TITLE>Flood</TITLE><LINK>http://news.example/1</LINK></ITEM></CHANNEL></RSS>',
    ],
)
def test_old_formats_are_read(document: str) -> None:
    entry = only(document)
    assert (entry.title, entry.url) == ("Flood", "http://news.example/1")
