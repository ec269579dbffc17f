"""Feeds in any encoding, broken in any way: all their entries, or a failure with a sentence."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.feeds.formats import fallback
from pipeline.feeds.formats.parse import Enclosure, parse
from pipeline.outcomes import Failure
from tests.feeds.documents import RDF, item, only, outcome, read, rss
from tests.paths import MALFORMED

ACCENTED = '<rss version="2.0"><channel><title>T</title><item><title>Köln – “Fête”</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ACCENTED.encode(), ""),
        (b"\xef\xbb\xbf\n" + ACCENTED.encode(), ""),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + ACCENTED.encode(), "text/xml; charset=latin1"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + ACCENTED.encode(), ""),
        (b'<?xml version="1.0" encoding="utf-8"?>' + ACCENTED.encode("cp1252"), ""),
        (ACCENTED.encode("cp1252"), "text/xml"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + ACCENTED.encode("cp1252"), ""),
        (ACCENTED.encode("mac-roman"), "application/xml; charset=macintosh"),
        (ACCENTED.encode("utf-16"), ""),
        (ACCENTED.encode("utf-16-le"), ""),
        (ACCENTED.encode("gb18030"), "text/xml; charset=gb2312"),
        (gzip.compress(ACCENTED.encode(), mtime=0), "application/x-gzip"),
        (ACCENTED.encode(), "text/html; charset=nonsense"),
        (ACCENTED.encode("cp1252"), "text/xml; charset=punycode"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + ACCENTED.encode("cp1252") + b" ", ""),
    ],
)
def test_bytes_are_decoded_by_what_they_are(body, content_type):
    assert only(body, content_type=content_type).title == "Köln – “Fête”"


GOOD = rss(item(), item("<description>two</description>"), declaration="")


@pytest.mark.parametrize(
    ("document", "entries"),
    [
        ("\n  " + GOOD, 2),
        ("<br />\n<b>Warning</b>: mysql_connect() in <b>/x.php</b><br />\n<?xml version='1.0'?>" + GOOD, 2),
        ("<?xml version='1.0'?><?xml-stylesheet href='a'?><!-- <rss> --><!DOCTYPE rss PUBLIC 'a' 'b'>" + GOOD, 2),
        (GOOD + "<script>track()</script> & more", 2),
        (GOOD.replace("Flood", "Fl\x00oo\x0bd"), 2),
        (GOOD.replace("two", "two &nbsp; &mdash; AT&T & D &bogus; &#1; &#xFFFF; 3 < 4"), 2),
        (GOOD.replace("two", "<![CDATA[ a <![CDATA[ b ]]> c ]]>"), 2),
        (GOOD.replace("two", "one<br>two<p>three"), 2),
        (GOOD.replace("<item>", "<ITEM>").replace("</item>", "</ITEM>"), 2),
        (GOOD.replace("<title>Flood</title>", "<foo:x>unbound</foo:x><title a=1 a=2>Flood</title>"), 2),
        (GOOD.replace("<item>", "</channel><item>", 1).replace("</channel></rss>", "</rss>"), 2),
        (GOOD.replace('<rss version="2.0"', '<rss version="2.0" xmlns="http://wrong.example/"'), 2),
        (GOOD[: GOOD.index("two")], 1),
        (GOOD[: GOOD.rindex("</channel>")], 2),
        (rss(), 0),
        (rss("<item><title>About &lt;item&gt;</title><description><![CDATA[<item><item>]]></description></item>"), 1),
        ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><title>Flood</title></entry></feed>', 1),
        ("<feed><title>T</title><entry><title>Flood</title></entry></feed>", 1),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Flood</a:title></a:entry></a:feed>', 1),
        (RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"), 1),
    ],
)
def test_broken_feeds_give_all_their_entries(document, entries):
    feed = read(document)
    assert len(feed.entries) == entries
    assert {e.title for e in feed.entries} <= {"Flood", "Flood & fire in Sarno", "About <item>"}


def test_repairs_keep_the_text_and_are_noted():
    feed = read(rss("<item><description>AT&T &eacute; &bogus; 3 < 4 <![CDATA[R&D &eacute;]]></description></item>"))
    assert feed.entries[0].summary == "AT&T é &bogus; 3 < 4 R&D &eacute;"
    assert feed.problems == ("4 characters were not valid XML and were replaced by what was probably meant.",)


def test_a_feed_that_is_read_leniently_says_all_that_others_say():
    broken = rss(
        """<item><title>Flood <b>in</b> town<br></title><link>/1</link><guid isPermaLink="true">https://news.example/1</guid>
        <pubDate>Mon, 06 May 2024 12:30:00 CEST</pubDate><category>Weather</category><dc:creator>Ben Ode</dc:creator>
        <enclosure url="/1.mp3" type="audio/mpeg" length="17"/><comments>/1#comments</comments><description>Short<br></description>
        <content:encoded>&lt;p&gt;Long&lt;/p&gt;</content:encoded><media:content><media:text>caption caption</media:text></media:content></item>""",
        head="""<title>News</title><link>/</link><language>en</language><ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>
        <atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/feed"/><atom:link rel="next" href="/feed?2"/>""",
    )
    feed = read(broken)
    assert "read leniently" in feed.problems[-1]
    assert (feed.title, feed.site_url, feed.language, feed.ttl_s, feed.update_s) == ("News", "https://news.example/", "en", 1800, 3600)
    assert (feed.hubs, feed.self_url) == (("https://hub.example/",), "https://news.example/feed")
    assert feed.next_url == "https://news.example/feed?2"
    (entry,) = feed.entries
    assert (entry.guid, entry.url, entry.title) == ("https://news.example/1", "https://news.example/1", "Flood in town")
    assert (entry.published, entry.date_source) == (datetime(2024, 5, 6, 10, 30, tzinfo=UTC), "published")
    assert (entry.authors, entry.tags, entry.content) == (("Ben Ode",), ("Weather",), "<p>Long</p>")
    assert entry.enclosures == (Enclosure("https://news.example/1.mp3", "audio/mpeg", 17),)


def test_a_cut_off_feed_keeps_no_half_entry():
    feed = read(GOOD[: GOOD.rindex("example/1</link>")])
    assert [e.url for e in feed.entries] == ["https://news.example/1"]
    assert "cut off" in feed.problems[0]


def test_the_longest_full_text_is_the_content_and_no_caption():
    entry = only(rss("<item><media:content><media:text>caption caption caption</media:text></media:content><content:encoded>a</content:encoded>"
                     "<content:encoded>the text</content:encoded></item>"))  # fmt: skip
    assert entry.content == "the text"


@pytest.mark.parametrize(
    ("head", "ttl_s", "update_s"),
    [
        ("<ttl>180</ttl>", 10800, None),
        ("<ttl>x</ttl>", None, None),
        ("<ttl>-5</ttl>", None, None),
        ("<ttl>0</ttl>", None, None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", None, 1800),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", None, 86400),
        ("<sy:updatePeriod>dayly</sy:updatePeriod>", None, None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None, None),
        ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 300, 3600),
        ("<sy:updateFrequency>4</sy:updateFrequency>", None, 21600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>", None, 864000),
        ("<sy:updatePeriod>always</sy:updatePeriod>", None, None),
    ],
)
def test_how_long_the_feed_asks_to_be_left_alone(head, ttl_s, update_s):
    feed = read(rss(head=head))
    assert (feed.ttl_s, feed.update_s) == (ttl_s, update_s)


def test_of_too_many_entries_the_newest_are_kept_in_their_order():
    days = [3, 9, 1, 7, 5]
    feed = read(rss(*(f"<item><title>{d}</title><pubDate>{d} May 2024 10:00 GMT</pubDate></item>" for d in days)), max_entries=3)
    assert [e.title for e in feed.entries] == ["9", "7", "5"]
    assert feed.problems == ("The 2 oldest of 5 entries were cut.",)
    undated = read(rss(*(f"<item><title>{d}</title></item>" for d in days)), max_entries=3)
    assert [e.title for e in undated.entries] == ["3", "9", "1"]


def test_json_ids_may_be_numbers_but_not_missing_and_an_ended_feed_says_so():
    items = [{"id": 7, "content_text": "a < b\n\nc"}, {"title": "no id"}, {"id": ""}, {"id": True}, "junk"]
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items, "expired": True}))
    assert [e.guid for e in feed.entries] == ["7"]
    assert feed.entries[0].content == "<p>a &lt; b</p><p>c</p>"
    assert feed.ended
    assert feed.problems == ("4 items without an id were left out.",)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", "not_a_feed", "empty"),
        (b" \r\n\xef\xbb\xbf", "not_a_feed", "empty"),
        (b"<!doctype html><html><body><rss>", "not_a_feed", "an HTML page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-" "x"><html xmlns="http://www.w3.org/1999/xhtml"/>', "not_a_feed", "an HTML page"),
        (b"<?xml version='1.0'?><note/>", "not_a_feed", "root <note>"),
        (b"Not Found", "not_a_feed", "neither"),
        (b"/etc/passwd", "not_a_feed", "neither"),
        (b'{"items": {}}', "not_a_feed", "no list of items"),
        (b'{"version": "2.0", "items": []}', "not_a_feed", "not JSON Feed"),
        (b'{"items": [', "bad_feed", "looks like JSON"),
        (b"[" * 100_000, "bad_feed", "looks like JSON"),
        (b"\x1f\x8b junk", "bad_feed", "gzip"),
        (b"<rss><channel>", "bad_feed", "no entry"),
        (b"<rss>" + b"<a>" * 100_000, "bad_feed", "no entry"),
        (b"<rss>" + b"<a/>" * 1_000_001, "bad_feed", "more than 1000000 elements"),
        (b'{"items":[' + b"[]," * 1_000_001 + b"1]}", "bad_feed", "more than 1000000 elements"),
    ],
)
def test_what_is_no_feed_fails_with_a_sentence(body, code, words):
    with pytest.raises(Failure) as failure:
        read(body)
    assert failure.value.code == code
    assert words in failure.value.detail


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:9/">',
        '<!ENTITY lol "lol"><!ENTITY x "&lol;&lol;&lol;">',
    ],
)
def test_entities_of_a_feeds_own_are_refused(subset):
    with pytest.raises(Failure, match="bad_feed"):
        read(f"<!DOCTYPE rss [{subset}]>" + rss("<item><title>&x;</title></item>", declaration=""))


def test_html_entities_that_a_feed_declares_are_read_as_in_html():
    assert only('<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss("<item><title>a&nbsp;b</title></item>", declaration="")).title == "a b"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("opener", ["<!--", "<![CDATA[", "<?x ", "&", "<", "&#", "<a:", "]]>", "<!DOCTYPE [", "&lt;!--", "<a x="])
def test_repeated_openers_cost_no_more_than_linear_time(opener):
    assert outcome(rss(f"<item><description>{opener * 50_000}</description></item>"), limit_s=2) in ("rss", "bad_feed")


DOCUMENTS = [path.read_bytes() for path in sorted(MALFORMED.iterdir()) if path.suffix != ".json"]


@given(st.sampled_from(DOCUMENTS), st.sampled_from(DOCUMENTS), *[st.integers(0, 2000)] * 4, st.binary(max_size=3))
@hypothesis_settings(max_examples=20, deadline=None)
def test_pieces_of_broken_feeds_give_a_feed_or_a_failure(one, other, start, end, first, last, between):
    assert outcome(one[:start] + between + other[first:last] + one[end:]) in (
        "rss",
        "atom",
        "rdf",
        "json",
        "sitemap",
        "not_a_feed",
        "bad_feed",
    )


fragments = st.sampled_from([
    "<rss>", "<channel>", "<item>", "</item>", "</channel></rss>", "<feed>", "<entry>", "</entry>", "</feed>", "<link>", "</link>", "<title/>",
    "<![CDATA[", "]]>", "<!--", "-->", "&", "&amp;", "<", ">", "<?xml", "?>", "<urlset>", "<url>", "{", '"items":[', "]", "}", "\x00", "é", "<!DOCTYPE",
])  # fmt: skip


@given(st.binary(max_size=300) | st.lists(fragments, max_size=25).map(lambda parts: "".join(parts).encode()), st.text(max_size=20))
def test_any_bytes_give_a_feed_or_a_failure(body, content_type):
    assert outcome(body, content_type=content_type) in ("rss", "atom", "rdf", "json", "sitemap", "not_a_feed", "bad_feed")


@pytest.mark.parametrize(
    ("declared", "name", "creator"),
    [("", "dc:creator", "Ann Ash"), ('xmlns:dc="http://purl.org/dc /x"', "wfw:comment", ""), ('xmlns:x="not an address "', "x:y", "")],
)
def test_prefixes_of_names_that_are_not_declared_are_no_reason_to_read_leniently(
    monkeypatch: pytest.MonkeyPatch, declared: str, name: str, creator: str
) -> None:
    monkeypatch.setattr(fallback, "read", lambda *_: pytest.fail("feedparser was asked"))
    body = f"<rss {declared}><channel><title>T</title><item><title>One</title><{name}>Ann Ash</{name}></item></channel></rss>"
    feed = parse(body.encode(), url="http://x.example/feed")
    assert [(entry.title, "".join(entry.authors)) for entry in feed.entries] == [("One", creator)]
    assert "not well-formed" in feed.problems[-1]
