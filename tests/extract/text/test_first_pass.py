"""What of a page is searched for the article, and how often."""

from __future__ import annotations

import pytest
from lxml import html
from lxml.html import HtmlElement

from pipeline.extract.html.blocks import Placed, of_tree
from pipeline.extract.text import plain_page, trafilatura_adapter

PROSE = "The council met on Tuesday to weigh the new budget, which the mayor had put off twice since the spring. "


def searches(page: HtmlElement, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each search of the page was the precise one."""
    seen: list[bool] = []
    attempt = trafilatura_adapter._attempt

    def noted(lean: HtmlElement, *, precise: bool) -> list[Placed]:
        seen.append(precise)
        return attempt(lean, precise=precise)

    monkeypatch.setattr(trafilatura_adapter, "_attempt", noted)
    trafilatura_adapter.make_lean(page)
    trafilatura_adapter.find(page, of_tree(page))
    return seen


def test_empty_frames_are_dropped_but_not_those_that_part_words() -> None:
    page = html.document_fromstring(
        "<body><div><div><ul> </ul></div></div><p>One</p><main>Two<div></div><b>Three</b></main><div>Four</div></body>"
    )
    trafilatura_adapter.make_lean(page)
    assert [place.text for place in of_tree(page)] == ["One", "Two", "Three", "Four"]
    assert len(list(page.iter("div", "ul"))) == 2


def test_a_short_article_that_was_found_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = html.document_fromstring(f"<body><article><h1>Budget</h1><p>{PROSE}</p><p>{PROSE * 2}</p></article></body>")
    assert searches(page, monkeypatch) == [True]


def test_a_page_with_more_prose_than_was_found_is_searched_thoroughly(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "".join(f'<div class="comment-{n}"><p>{PROSE * 2}</p></div>' for n in range(6))
    page = html.document_fromstring(f"<body><article><h1>Budget</h1><p>{PROSE}</p></article>{hidden}</body>")
    assert searches(page, monkeypatch) == [True, False]


def test_what_bears_the_name_of_something_else_is_searched_only_where_it_holds_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    menu = '<div class="related-links"><ul><li><a href="/1">Harbour</a></li></ul></div>tail of it'
    story = f'<div class="promo-wrapper"><p>{PROSE * 3}</p></div>'
    page = html.document_fromstring(f"<body><article><h1>Budget</h1><p>{PROSE * 4}</p>{menu}{story}<p>{PROSE * 4}</p></article></body>")
    given: list[str] = []
    monkeypatch.setattr(plain_page, "blocks_of", lambda *_: [])
    monkeypatch.setattr(trafilatura_adapter, "_attempt", lambda lean, **_: given.append(html.tostring(lean, encoding="unicode")) or [])
    trafilatura_adapter.find(page, of_tree(page))
    assert all("related-links" not in lean and "tail of it" in lean and "promo-wrapper" in lean for lean in given)
    assert given
    assert "related-links" in html.tostring(page, encoding="unicode"), "the page itself stays as it is"


PLAIN = "".join(f"<p>{PROSE * 2}</p>" for _ in range(5))


def test_a_page_of_paragraphs_in_one_element_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    story = f"<article><h1>Budget</h1>{PLAIN}<blockquote><p>{PROSE}</p></blockquote><ul><li>{PROSE}</li></ul></article>"
    page = html.document_fromstring(f'<body>{story}<aside class="related"><p>{PROSE}</p></aside></body>')
    assert searches(page, monkeypatch) == []
    kept = trafilatura_adapter.find(page, of_tree(page))
    assert len([place for place in kept if place.kind != "heading"]) == 7


@pytest.mark.parametrize(
    "rest", [f"<div class='box'><p>{PROSE * 4}</p></div>", f"<section><div><p>{PROSE * 2}</p></div><div><p>{PROSE * 2}</p></div></section>"]
)
def test_a_page_with_prose_in_other_boxes_too_is_searched(rest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = html.document_fromstring(f"<body><article><h1>Budget</h1>{PLAIN}{rest}{rest}{PLAIN[:250]}</article></body>")
    assert searches(page, monkeypatch)
