"""Pages that readers would pay for with the square of their size come out whole, and are made small before that."""

from __future__ import annotations

import pytest
from lxml import etree, html

from pipeline.extract.extraction import extract
from pipeline.extract.html import bounds
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse_markup
from pipeline.extract.model import Hints
from pipeline.settings import Extract

URL = "https://a.example/2026/12/01/story"
STORY = "The council met on Tuesday to talk about the new bridge over the river and what it will cost the town. " * 8


def article(body: str) -> str:
    page = (
        f'<html lang="en"><head><title>A bridge</title></head><body><article><h1>A bridge for the town</h1>{body}</article></body></html>'
    )
    return extract(Page(URL, page.encode(), "text/html; charset=utf-8"), Hints(), Extract()).markdown


def tree_of(body: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><body>{body}</body></html>", parser=html.HTMLParser(huge_tree=True))


def depth(tree: html.HtmlElement) -> int:
    return max(sum(1 for _ in element.iterancestors()) for element in tree.iter("*"))


@pytest.mark.parametrize("wrapper", ["div", "section", "b", "span", "font"])
def test_what_is_nested_without_end_is_flattened_and_its_innermost_paragraphs_stay(wrapper: str) -> None:
    tree, _ = parse_markup(f"<html><body>{f'<{wrapper}>' * 900}<h2>Why</h2><p>{STORY}</p><p>The end.</p>".encode())
    assert tree is not None
    assert depth(tree) <= bounds.MAX_DEPTH
    assert [" ".join(p.text.split()) for p in tree.iter("h2", "p")] == ["Why", STORY.strip(), "The end."]


def test_scripts_that_are_nested_too_deep_do_not_become_text() -> None:
    tree = tree_of("<ul><li>" * 300 + "word<script>var a;</script><style>b{}</style>")
    bounds.flatten(tree)
    assert "".join(tree.itertext()) == "word"


def test_a_page_of_usual_depth_stays_as_it_is() -> None:
    tree = tree_of("<div>" * 80 + STORY)
    before = etree.tostring(tree)
    bounds.flatten(tree)
    bounds.fold_inline(tree)
    bounds.cut_off(tree)
    assert etree.tostring(tree) == before


def test_thousands_of_inline_elements_in_a_block_are_one_text_and_the_first_links_stay() -> None:
    tree = tree_of("<p>" + "<b>one</b> <a href=/x>two</a>, " * 800 + "</p><p><i>three</i></p>")
    text = "".join(tree.itertext())
    bounds.fold_inline(tree)
    crowded, other = tree.iter("p")
    assert "".join(tree.itertext()) == text
    assert {child.tag for child in crowded} == {"a"}
    assert len(crowded) == bounds.MAX_INLINE
    assert len(crowded.xpath("text()")) <= bounds.MAX_INLINE + 1
    assert other[0].tag == "i"


def test_the_article_keeps_its_emphasis_where_it_has_thousands_of_marks() -> None:
    words = [f"<b>word{n}</b>" for n in range(1500)]
    found = article(f"<p>{STORY}</p><p>{' '.join(words)}</p>")
    assert "**word0** **word1**" in found
    assert "**word1499**" in found


def test_paragraphs_behind_the_elements_that_are_searched_are_found_by_their_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ELEMENTS", 500)
    found = article("".join(f"<p>The council met on day {n} to talk about the new bridge over the river.</p>" for n in range(1500)))
    assert found.count("The council met") == 1500


def test_paragraphs_that_are_all_the_same_are_all_found_in_their_places() -> None:
    found = article(f"<p>{STORY}</p>" + f"<p>one</p><p>{STORY}</p>" * 200 + "<p>two</p>")
    lines = [line for line in found.split("\n") if line]
    assert lines[1:5] == ["one", STORY.strip(), "one", STORY.strip()]
