"""Lists of feeds as programs and people really leave them: a fault costs the feed it stands in, and mostly not even that."""

from __future__ import annotations

import pytest

from pipeline.feeds import opml
from tests.support.tables import failing_rows

OK = '<outline text="ok" type="rss" xmlUrl="https://ok.example/feed" htmlUrl="https://ok.example/"/>'


def listed(*lines: str, end: str = "</body></opml>") -> bytes:
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>L</title></head><body>\n{body}\n{end}'.encode()


def urls(data: bytes) -> list[str]:
    return [outline.url for outline in opml.read(data)[0]]


@pytest.mark.parametrize(
    ("line", "url", "title"),
    [
        ('<outline text="fubar "baz"" title="x" type="rss" xmlUrl="https://e.example/feed"/>', "https://e.example/feed", "x"),
        ('<outline xmlUrl="https://e.example/feed" text="fubar "baz""/>', "https://e.example/feed", 'fubar "baz"'),
        ("<outline text='it's "
         "here' xmlUrl='https://e.example/feed' />", "https://e.example/feed", "it's here"),
        ('<outline text="A < B & C" xmlUrl="https://e.example/feed?a=1&b=2"/>', "https://e.example/feed?a=1&b=2", "A < B & C"),
        ('<outline text="twice" text="again" xmlUrl="https://e.example/feed"/>', "https://e.example/feed", "again"),
        ("<outline text=bare xmlUrl=https://e.example/feed?a=b/>", "https://e.example/feed?a=b", "bare"),
        ('<outline text="joined"xmlUrl="https://e.example/feed"/>', "https://e.example/feed", "joined"),
        ('<outline text="broken <b>tag</b>" xmlUrl="https://e.example/feed"></outline>', "https://e.example/feed", "broken <b>tag</b>"),
        ('<OUTLINE TEXT="capitals" XMLURL="https://e.example/feed"/>', "https://e.example/feed", "capitals"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_well_formed_loses_neither_itself_nor_the_others(line: str, url: str, title: str) -> None:
    for data in (listed(line, OK), listed(OK, line), listed(OK, line, end="")):
        outlines, problems = opml.read(data)
        assert {outline.url: outline.title for outline in outlines} == {url: title, "https://ok.example/feed": "ok"}
        assert all(problem.taken for problem in problems)


def test_what_was_wrong_is_said_with_its_line() -> None:
    _, problems = opml.read(listed(OK, '<outline text="a"b" xmlUrl="https://e.example/feed"/>'))
    assert len(problems) == 1
    assert str(problems[0]).startswith("line 4: the file is not well-formed XML")
    assert "read one by one" in str(problems[0])


def test_a_line_whose_address_is_lost_is_told_alone() -> None:
    outlines, problems = opml.read(listed('<outline text="a"b" xmlUrl="nowhere"/>', OK))
    assert [outline.url for outline in outlines] == ["https://ok.example/feed"]
    assert [str(problem) for problem in problems if not problem.taken] == ["line 3: 'nowhere' is not an http or https address."]


WHOLE = listed(
    '<outline text="News">',
    '<outline text="A" xmlUrl="https://a.example/feed"/>',
    '<outline text="B" xmlUrl="https://b.example/feed"/>',
    "</outline>",
    '<outline text="C" xmlUrl="https://c.example/feed"/>',
)
FEEDS = [b"https://a.example/feed", b"https://b.example/feed", b"https://c.example/feed"]


def test_a_list_that_is_cut_off_anywhere_keeps_all_feeds_before_the_cut() -> None:
    def check(at: int) -> None:
        outlines, _ = opml.read(WHOLE[:at])
        found = [outline.url.encode() for outline in outlines]
        assert found == [url for url in FEEDS if WHOLE.index(url) + len(url) + len(b'"/>') <= at] or found == [
            url for url in FEEDS if WHOLE.index(url) + len(url) < at
        ]
        assert all(outline.tags == ("News",) for outline in outlines[:2])

    assert failing_rows(range(WHOLE.index(b'"A"'), len(WHOLE)), check) == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://e.example/RSS Feeds/News?nm=2015|2016 -x", "http://e.example/RSS%20Feeds/News?nm=2015|2016%20-x"),
        ("  https://e.example/feed\n", "https://e.example/feed"),
        ("https://e.example/a&#10;   b", "https://e.example/a%20%20%20b"),
        ("https://e.example/feed?a=1&amp;amp;b=2", "https://e.example/feed?a=1&b=2"),
        ("feed://e.example/feed", "http://e.example/feed"),
        ("feed:https://e.example/feed", "https://e.example/feed"),
        ("itpc://e.example/feed", "http://e.example/feed"),
        ("web+feed:https://e.example/feed", "https://e.example/feed"),
        ("www.e.example/feed", "https://www.e.example/feed"),
        ("//e.example/feed", "https://e.example/feed"),
        ("e.example/feed.xml", "https://e.example/feed.xml"),
        ("https://e.example/&lt;x&gt;", "https://e.example/%3Cx%3E"),
        ("https://e.example/новости", "https://e.example/новости"),
        ("http://https://e.example/feed", "https://e.example/feed"),
    ],
)
def test_an_address_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert urls(listed(f'<outline text="x" xmlUrl="{written}"/>')) == [meant]


@pytest.mark.parametrize(
    "line",
    [
        '<outline xmlUrl="https://e.example/feed"/>',
        '<outline text="x" XmlUrl="https://e.example/feed"/>',
        '<outline text="x" feedUrl="https://e.example/feed"/>',
        '<outline text="x" type="RSS" url="https://e.example/feed"/>',
        '<outline text="x" type="atom" xmlUrl="https://e.example/feed" htmlUrl=""/>',
    ],
)
def test_an_outline_may_call_its_feed_by_any_of_the_usual_names(line: str) -> None:
    assert urls(listed(line)) == ["https://e.example/feed"]


@pytest.mark.parametrize("head", ["", "<opml>", "<?xml version='1.0'?>\n<body>", "<outlines>"])
def test_a_list_without_its_head_is_a_list(head: str) -> None:
    assert urls((head + OK + OK.replace("ok", "ko")).encode()) == ["https://ok.example/feed", "https://ko.example/feed"]


def test_folders_and_categories_become_tags_in_a_broken_list_too() -> None:
    line = '<outline text="a" b" xmlUrl="https://e.example/feed" category="/Politics/Home,World"/>'
    (outline,) = opml.read(listed('<outline text="News "daily"">', line, "</outline>"))[0]
    assert outline.tags == ('News "daily"', "Politics", "Home", "World")


def test_a_file_without_any_outline_lists_no_feeds() -> None:
    outlines, problems = opml.read(b"<DL><DT><A HREF=https://e.example/>E</A></DL>")
    assert (outlines, [problem.taken for problem in problems]) == ([], [False])


def test_settings_of_newsmill_survive_a_broken_line() -> None:
    own = f'<opml xmlns:newsmill="{opml.NAMESPACE}"><body><outline text="a"b" xmlUrl="https://e.example/f" newsmill:paused="true"/></body></opml>'
    (outline,) = opml.read(own.encode())[0]
    assert outline.paused


def test_a_list_in_another_encoding_is_read() -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        (outline,) = opml.read(listed('<outline text="Été" xmlUrl="https://e.example/feed"/>').decode().encode(encoding))[0]
        assert outline.title == "Été"


def test_addresses_with_blanks_are_encoded_in_csv_too() -> None:
    assert urls(b"title,url\nA,https://e.example/RSS Feeds/a\n") == ["https://e.example/RSS%20Feeds/a"]


def test_a_broken_list_may_have_more_lines_than_a_parser_counts() -> None:
    assert urls(listed("\n" * 70_000, '<outline text="a"b" xmlUrl="https://e.example/feed"/>')) == ["https://e.example/feed"]
