from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.title import Heading, between, title, visible_headings, whole, without_kicker
from pipeline.extract.metadata.title_suffixes import host_names, site_keys, without_site
from pipeline.extract.model import Hints
from pipeline.extract.structured_data.page_statements import gather
from pipeline.text import letters_key
from tests.extract.pages import ld

URL = "https://www.harbourpost.example/2026/03/bridge.html"
NAMES = ["The Harbour Post", *host_names(URL)]


def found(head: str, body: str, hints: Hints | None = None) -> tuple[str, str]:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return title(gather(parse(Page(URL, html.encode(), "text/html; charset=utf-8")), hints or Hints()), NAMES)


def headline(text: str) -> str:
    return ld({"@type": "NewsArticle", "headline": text})


def card(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


@pytest.mark.parametrize(
    ("stated", "shared", "seen", "title"),
    [
        ("Old bridge stays", "Old bridge stays", "", "Old bridge stays"),
        ("Old bridge stays", "You won't believe this bridge", "", "Old bridge stays"),
        ("Old bridge stays", "You won't believe this bridge", "Old bridge stays", "Old bridge stays"),
        ("Bridge 2026: what to know", "Old bridge stays", "Old bridge stays", "Old bridge stays"),
        ("Council vote: Old bridge stays open", "Old bridge stays open", "", "Old bridge stays open"),
        ("Old bridge stays open", "Council vote: Old bridge stays open", "", "Old bridge stays open"),
        (
            "Council keeps the old iron bridge open for another year",
            "Council",
            "",
            "Council keeps the old iron bridge open for another year",
        ),
        ("The council’s bridge", "The council's bridge", "", "The council’s bridge"),
        ("Council vote - Old bridge stays", "Council vote: Old bridge stays", "", "Council vote: Old bridge stays"),
        ("", "Old bridge stays", "", "Old bridge stays"),
        ("Old bridge stays", "", "", "Old bridge stays"),
    ],
)
def test_what_a_reader_sees_decides_between_the_headlines(stated: str, shared: str, seen: str, title: str) -> None:
    assert between(stated, shared, frozenset({letters_key(seen)} - {""})) == title


def test_a_heading_in_a_breadcrumb_is_not_the_headline() -> None:
    head = headline("Iron bridge news 2026") + card("Old bridge stays open")
    trail = "<nav><ol><li><h1>Iron bridge news 2026</h1></li></ol></nav>"
    assert found(head, trail + "<article><h2><span>Council</span> <span>Old bridge stays open</span></h2></article>") == (
        "Old bridge stays open",
        "og",
    )
    assert found(head, trail) == ("Iron bridge news 2026", "json-ld")


def test_the_kicker_of_the_heading_is_not_taken_for_the_title() -> None:
    body = "<main><h1><span>Vote in town</span><span> - </span><span>“We mend it twice”</span></h1></main>"
    assert found(card("Council: “We mend it twice”"), body) == ("“We mend it twice”", "og")


def test_the_feed_tells_which_headline_is_the_sites_own() -> None:
    head = headline("Iron bridge news 2026") + card("Old bridge stays open")
    assert found(head, "", Hints(title="Old bridge stays open")) == ("Old bridge stays open", "og")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("", "<h1>Old bridge stays</h1>", ("Old bridge stays", "h1")),
        ("<title>Old bridge stays | The Harbour Post</title>", "", ("Old bridge stays", "title")),
        ("", "", ("From the feed", "feed")),
        (headline("Old bridge stays open for ano…"), "<h1>Old bridge stays open for another year</h1>", ("Old bridge stays open for another year", "h1")),
        (headline("Old bridge…") + card("Old bridge stays"), "", ("Old bridge stays", "og")),
        (card("Old bridge stays - HARBOURPOST"), "", ("Old bridge stays", "og")),
    ],
)  # fmt: skip
def test_where_a_headline_is_missing_or_cut_off_the_next_place_is_asked(head: str, body: str, title: tuple[str, str]) -> None:
    assert found(head, body, Hints(title="From the feed")) == title


def test_a_headline_cut_at_the_limit_of_search_engines_is_made_whole() -> None:
    long = "The council of the harbour town has voted late on Tuesday to keep the old iron bridge open for another year and to mend it in spring"
    assert whole(long[:110], ["Other", long]) == long
    assert whole("Bridge stays", ["Bridge stays open"]) == "Bridge stays"
    assert whole("Bridge stays…", []) == ""


def test_a_kicker_that_all_agree_on_is_left() -> None:
    heading = Heading("Vote : Old bridge stays", ("Vote", "Old bridge stays"))
    assert without_kicker("Vote: Old bridge stays", heading) == ""
    assert without_kicker("Council: Old bridge stays", heading) == "Old bridge stays"
    assert without_kicker("Ballot on old bridge stays", heading) == ""


def test_headings_of_other_articles_are_passed_over() -> None:
    html = b"<html><body><h2>Old bridge</h2><aside><h1>Most read</h1></aside><a href='/x'><h2>Another</h2></a><h1>Title</h1></body></html>"
    page = gather(parse(Page(URL, html, "text/html")), Hints())
    assert [h.text for h in visible_headings(page)] == ["Title", "Old bridge"]


def test_a_heading_that_links_to_its_own_page_is_its_headline_and_one_that_links_home_names_the_site() -> None:
    window = "<title>Ann's Notebook | Old bridge stays</title>"
    home = '<h1><a href="/">Ann\'s Notebook</a></h1>'
    assert found(window, home)[0] == "Old bridge stays"
    assert found(window, home + '<h2><a href="/2026/03/bridge.html">Old bridge stays</a></h2><h2>Notebook</h2>')[0] == "Old bridge stays"
    assert found(window, '<h2><a href="/2026/03/bridge.html">Old bridge stays</a></h2><h2>Of 1890</h2>')[0] == "Old bridge stays"
    assert found("", '<h1><a href="https://[bad">Old bridge stays</a></h1>')[0] == "Old bridge stays"


@given(st.text(max_size=200), st.text(max_size=20))
def test_cutting_never_raises_and_cutting_again_changes_nothing(text: str, name: str) -> None:
    sites = site_keys([name, "The Harbour Post"])
    once = without_site(" ".join(text.split()), sites, frozenset())
    assert without_site(once, sites, frozenset()) == once


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (
            card("Believe it or not: old bridge stays open"),
            "<h1>The old bridge stays open for another year</h1>",
            "The old bridge stays open for another year",
        ),
        (
            card("Old bridge stays open, believe it or not"),
            "<h1>Old bridge stays open for another year</h1>",
            "Old bridge stays open, believe it or not",
        ),  # one title, edited
        (card("Old bridge stays open (Updated 2026)"), "<h1>Old bridge stays open</h1>", "Old bridge stays open"),
        (card("Garden tips for May"), "<h1>Old bridge stays open</h1>", "Garden tips for May"),  # the heading is about something else
        (card("Old bridge stays"), "<h1>News</h1>", "Old bridge stays"),  # a section
        (
            card("Old bridge stays"),
            "<h1>Bridge stays open, old as it is</h1><h1>Ferry stays too</h1>",
            "Old bridge stays",
        ),  # which of them?
        (headline("Old bridge stays"), "<h1>Why the old bridge has to stay</h1>", "Old bridge stays"),  # edited too
        (
            headline("Repair of the old bridge in 2026") + card("Repair of the old bridge in 2026"),
            "<h1>What it costs to repair the old bridge</h1>",
            "What it costs to repair the old bridge",
        ),
        (headline("Iron crossings 2026"), '<h1 class="entry-title">Why the old bridge stays</h1>', "Why the old bridge stays"),
        (headline("Iron crossings 2026"), "<h1>Why the old bridge stays</h1>", "Iron crossings 2026"),
        (card("Old bridge stays open"), "<h1>Bridges of our town, an old list</h1><h2>Old bridge stays open</h2>", "Old bridge stays open"),
        (headline("Old bridge stays open for now"), "<h1>Bridge notes and more</h1><h2>Old bridge</h2>", "Old bridge stays open for now"),
        (
            headline("Ask about the bridge"),
            "<h1>Bridge: <span>ask our experts</span> Why the old one stays</h1>",
            "Ask about the bridge",
        ),
        (
            headline("Why the old one stays") + card("Bridge, ask us"),
            "<h1><span>Bridge, ask us</span> Why the old one stays</h1>",
            "Why the old one stays",
        ),
        (
            "<title>My Notes : Bridges, quays, ferries und boatsÂ´s</title>",
            "<h1>Bridges, quays, ferries und boats’s</h1><h2>Quays</h2>",
            "Bridges, quays, ferries und boats’s",
        ),
        (card("Old bridge stays | Opinion"), "", "Old bridge stays"),
        (card("Opinion | Old bridge stays -- The Harbour Post"), "", "Old bridge stays"),
        ("<title>Old bridge stays – The Harbour Post</title>", "<section><h2>Related stories</h2></section>", "Old bridge stays"),
        ("<title>The Harbour Post » Archive » Old bridge stays</title>", "<h2>Old bridge stays</h2>", "Old bridge stays"),
        ("<title>Old bridge stays | The Harbour Post</title>", "<h1>Quick links</h1>", "Old bridge stays"),
        (card("Old bridge &amp;amp; ferry stay"), "", "Old bridge & ferry stay"),
    ],
)
def test_the_headline_that_a_reader_sees_is_the_title(head: str, body: str, expected: str) -> None:
    assert found(head, f"<main>{body}</main>")[0] == expected
