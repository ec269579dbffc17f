from __future__ import annotations

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.tag_links import labelled, shown
from pipeline.extract.metadata.topics import elect, split_tags, tidy, topics
from pipeline.extract.model import Hints
from pipeline.extract.structured_data.page_statements import PageStatements, gather
from tests.extract.pages import ld, page

URL = "https://www.harbourpost.example/2026/03/bridge.html"


def evidence(head: str = "", after: str = "") -> PageStatements:
    html = page(head=head).replace("</article>", f"</article>{after}")
    return gather(parse(Page(URL, html.encode(), "text/html; charset=utf-8")), Hints())


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def keywords(*values: str) -> str:
    return ld({"@type": "NewsArticle", "keywords": list(values)})


@pytest.mark.parametrize(
    ("values", "tags"),
    [
        (["Bridge, Traffic , bridge"], ("Bridge", "Traffic")),
        (["Bridge", "Traffic; roads"], ("Bridge", "Traffic; roads")),
        (["a, b, c", "a, b, c"], ("a", "b", "c")),
        (["Halloran, Mira", "Town"], ("Halloran, Mira", "Town")),
        (["橋、交通"], ("橋", "交通")),
        ([], ()),
    ],
)
def test_tags_are_split(values: list[str], tags: tuple[str, ...]) -> None:
    assert split_tags(values) == tags


@pytest.mark.parametrize(
    ("tags", "clean"),
    [
        (("Category: Town", "Bridge", "Keyword:Traffic"), ("Town", "Bridge", "Traffic")),
        (("sections/town", "topic/iron bridges"), ("town", "iron bridges")),
        (("sections/town", "bridge"), ("sections/town", "bridge")),
        (("Bridge", "cce15240-c52a-4887-a61a-cd64701d6596", "post.example.com", "source:tagname:Wire", "p"), ("Bridge",)),
        (("The Harbour Post", "Bridge"), ("Bridge",)),
        (("AER", "AIRS08", "GEN", "INDG", "TPT"), ()),
        (("NATO", "EU", "Bridge"), ("NATO", "EU", "Bridge")),
        (("Bridge Traffic Council Ferry Lorries Bearings",), ()),
    ],
)
def test_what_machines_put_among_tags_is_left_out(tags: tuple[str, ...], clean: tuple[str, ...]) -> None:
    assert tidy(tags, {"the harbour post"}) == clean


@pytest.mark.parametrize(
    ("lists", "seen", "taken"),
    [
        ([("json-ld", ("a", "b")), ("og", ("A", "B"))], (), "json-ld"),
        ([("json-ld", ("x", "y")), ("og", ("a", "b")), ("meta", ("a", "b", "c"))], (), "og"),
        ([("json-ld", ("x", "y")), ("og", ("a", "b"))], ("a", "b"), "og"),
        ([("og", ("town",)), ("meta", ("a", "b", "c"))], (), "meta"),
        ([("json-ld", ("town",)), ("og", ("town",)), ("meta", ("a", "b", "c"))], (), "json-ld"),
        ([("json-ld", ("town",))], ("Town", "Bridge", "Ferry"), "link"),
        ([("json-ld", ("a", "b"))], ("town",), "json-ld"),
    ],
)
def test_the_list_that_the_others_bear_out_is_taken(lists: list[tuple[str, tuple[str, ...]]], seen: tuple[str, ...], taken: str) -> None:
    assert elect(lists, seen)[1] == taken


@pytest.mark.parametrize(
    "after",
    [
        '<ul class="article-tags"><li><a href="/x/bridge">Bridge</a></li><li><a href="/x/ferry">Ferry</a></li></ul>',
        '<p><a href="/x/1" rel="tag">Bridge</a>, <a href="/x/2" rel="tag">Ferry</a></p>',
        '<div><span><a href="/topics/bridge">Bridge</a></span> <span><a href="/topics/ferry">Ferry</a></span></div>',
        '<div><button class="tag"><a href="/a">Bridge</a></button><button class="tag"><a href="/b">Ferry</a></button></div>',
    ],
)
def test_links_to_topics_are_read_where_nothing_states_them(after: str) -> None:
    assert topics(evidence(after=after)) == (("Bridge", "Ferry"), "link")


@pytest.mark.parametrize(
    "after",
    [
        '<nav><ul class="tags"><li><a href="/topics/bridge">Bridge</a></li></ul></nav>',
        '<p>The town has <a href="/topics/bridge">a bridge</a> that is older than most of those who cross it day after day.</p>',
        '<ul class="tags">' + "".join(f'<li><a href="/topics/{i}">Topic {i}</a></li>' for i in range(40)) + "</ul>",
        '<div><a href="/topic/1">How the council came to keep the bridge open after all</a></div>',
    ],
)
def test_menus_indexes_and_links_in_the_text_are_no_topics(after: str) -> None:
    assert shown(evidence(after=after)) == []


@pytest.mark.parametrize("label", ["Topics", "Mehr zum Thema:", "Filed under", "関連キーワード"])
def test_links_behind_a_label_are_topics(label: str) -> None:
    after = f'<div><div><span>{label}</span></div><ul><li><a href="/a">Bridge</a></li><li><a href="/b">Ferry</a></li></ul></div>'
    assert labelled(evidence(after=after)) == ["Bridge", "Ferry"]


def test_fields_that_a_site_made_up_and_the_section_come_last() -> None:
    assert topics(evidence(meta("custom-keywords", "Bridge, Ferry"))) == (("Bridge", "Ferry"), "meta")
    assert topics(evidence('<meta property="article:section" content="Town">')) == (("Town",), "section")
    assert topics(evidence(keywords("Bridge") + meta("keywords", "The Harbour Post"), ""), ["The Harbour Post"]) == (("Bridge",), "json-ld")
