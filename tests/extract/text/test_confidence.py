"""How sure an extraction is of its text."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from lxml.html import document_fromstring

from pipeline.extract.extraction import extract
from pipeline.extract.html.blocks import of_tree
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.extract.text.confidence import Signs, confidence, signs_of
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, page

NO_HINTS = Hints()
NONE = Signs(0, 0, 0, 0, 0, 0, 0, 0, 0)
LONG = tuple(f"{text} {text.upper()}" for text in ENGLISH)
STORY = "".join(f"<p>{text}</p>" for text in LONG)
RIVER = "".join(f'<div class="card{n}"><a href="/{n}">Story {n}</a><p>{text[:70]}</p></div>' for n, text in enumerate(ENGLISH))


def read(markup: str, hints: Hints = NO_HINTS, **settings: float) -> Article:
    return extract(Page("https://www.harbourpost.example/a.html", markup.encode(), "text/html"), hints, Extract(**settings))  # type: ignore[arg-type]


def test_a_text_against_which_nothing_speaks_is_nearly_sure() -> None:
    assert confidence(NONE) > 0.98


@pytest.mark.parametrize("sign", ["gaps", "kinds", "brief", "lines", "away", "linked", "added", "far", "left"])
def test_each_sign_makes_a_text_less_sure(sign: str) -> None:
    assert confidence(replace(NONE, **{sign: 1.0})) < confidence(NONE)


def test_teasers_in_the_place_of_the_article_are_doubtful() -> None:
    placed = of_tree(document_fromstring(f"<article>{STORY}</article><section>{RIVER}</section>"))
    story = {at for at, place in enumerate(placed) if place.text in LONG}
    teasers = set(range(len(placed))) - story
    assert confidence(signs_of(story, placed, story, 1.0)) > 0.9
    assert confidence(signs_of(teasers, placed, teasers, 0.1)) < 0.3


def test_no_block_and_a_page_without_prose_break_nothing() -> None:
    placed = of_tree(document_fromstring("<ul><li>Monday</li></ul>"))
    for chosen in (set[int](), {0}):
        assert all(0 <= sign <= 3 for sign in astuple(signs_of(chosen, placed, chosen, 1.0)))


def test_an_article_says_how_sure_its_text_is_and_is_flagged_below_the_setting() -> None:
    markup = page(LONG, title="The town council voted to keep the old iron bridge")
    found = read(markup)
    assert found.confidence is not None
    assert found.confidence > 0.9
    assert "doubtful" not in found.flags
    assert "doubtful" in read(markup, doubtful_below=1.0).flags
    assert "doubtful" not in read(page(ENGLISH[:2]), doubtful_below=0.0).flags


def test_a_text_that_was_not_searched_for_has_no_confidence() -> None:
    carried = Hints(title="Old bridge", content="".join(f"<p>{text}</p>" for text in ENGLISH), only=True)
    found = read(page(), carried, doubtful_below=1.0)
    assert found.confidence is None
    assert "doubtful" not in found.flags
