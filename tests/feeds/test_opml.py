import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.opml import Outline, read, write
from pipeline.text import one_line
from tests.feeds.some_options import some_options
from tests.paths import REPOSITORY

LIST = b"""<?xml version="1.0"?>
<opml version="1.1">
  <head><title>mine</title></head>
  <body>
    <outline text="Europe">
      <outline text="German">
        <outline text="A" xmlUrl="https://a.example/rss?x=1&y=2" htmlUrl="https://a.example/"/>
      </outline>
      <outline title="B &amp; C" text="ignored" XMLURL="feed:https://b.example/feed"/>
    </outline>
    <outline text="Again"><outline text="A" xmlUrl="https://a.example/rss?x=1&y=2"/></outline>
    <outline text="nothing here"/>
    <outline text="D" type="rss" url="ftp://d.example/"/>
    <outline text="E" type="rss" url="http://e.example/" category="/Politics/Home,World"/>
  </body>
</opml>
"""


def test_folders_become_tags_and_a_feed_in_two_folders_is_one():
    outlines, _ = read(LIST)
    assert outlines == [
        Outline("https://a.example/rss?x=1&y=2", "A", "https://a.example/", ("Europe", "German", "Again")),
        Outline("https://b.example/feed", "B & C", "", ("Europe",)),
        Outline("http://e.example/", "E", "", ("Politics", "Home", "World")),
    ]


def test_problems_name_their_line():
    assert [str(problem) for problem in read(LIST)[1]] == [
        "line 12: nothing here names no feed (it has no xmlUrl).",
        "line 13: 'ftp://d.example/' is not an http or https address.",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"https://a.example/rss\n# a remark\n\n  http://b.example/ \n",
        b"title,url\nA,https://a.example/rss\nB,http://b.example/\n",
        b"URL;Title\r\nhttps://a.example/rss;A\r\nhttp://b.example/;B\r\n",
        b"\xef\xbb\xbffeed_url\tname\nhttps://a.example/rss\tA\nhttp://b.example/\tB\n",
    ],
)
def test_plain_lists_and_csv_are_read_too(data):
    outlines, problems = read(data)
    assert [o.url for o in outlines] == ["https://a.example/rss", "http://b.example/"]
    assert problems == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "The file lists no feeds."),
        (b"<html><body/></html>", "line 1: the file is XML with the root <html>, not OPML."),
        (b"<opml><body><outline", "not well-formed"),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;</body></opml>', "entities of its own"),
        (b"https://good.example/\nnot an address", "line 2: 'not an address' is not an http or https address."),
        (b"url\nnope\n", "line 2: 'nope' is not an http or https address."),
        (b"<opml><body/></opml>", "The file lists no feeds."),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(data, problem):
    assert problem in str(read(data)[1][0])


words = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12).map(one_line).filter(bool)
folders = st.lists(words, max_size=3, unique=True).map(tuple)
outlines = st.builds(
    lambda n, title, tags, options, paused: Outline(
        f"https://x.example/?a={n}&b=<é>".replace("<", "%3C").replace(">", "%3E"), title, "https://x.example/", tags, options, paused
    ),
    st.integers(0, 10**6),
    words | st.just(""),
    folders,
    some_options,
    st.booleans(),
)


@given(st.lists(outlines, max_size=10, unique_by=lambda o: o.url))
def test_what_is_written_is_read_again(some):
    again, problems = read(write(some))
    assert sorted(again, key=lambda o: o.url) == sorted(some, key=lambda o: o.url)
    assert problems == [] or some == []


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_reading_never_raises(data):
    assert len(read(data)) == 2


def test_the_starter_list_is_sound_and_from_many_countries():
    found, problems = read((REPOSITORY / "config" / "feeds.opml").read_bytes())
    assert problems == []
    assert len(found) >= 20
    assert all(o.title and o.site_url and o.url.startswith("https://") and len(o.tags) == 2 for o in found)
    assert len({o.tags[0] for o in found}) >= 10


def test_titles_and_tags_hold_no_control_characters() -> None:
    given = '<opml version="2.0"><body><outline text="T&#x81;ag"><outline text="Ne&#x9d;ws now" xmlUrl="https://a.example/f"/></outline></body></opml>'
    (outline,), _ = read(given.encode())
    assert (outline.title, outline.tags) == ("News now", ("Tag",))
