"""None of forty pages that are something else is stored as an article; with the data of an article the same markup is one."""

from __future__ import annotations

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from tests.extract.other_pages import CARDS, all_pages, teasers
from tests.extract.pages import ENGLISH, ld, page


def test_there_are_forty() -> None:
    assert len(all_pages()) >= 40


@pytest.mark.parametrize(("address", "markup"), [case[1:] for case in all_pages()], ids=[case[0] for case in all_pages()])
def test_a_page_that_is_something_else_is_no_article(address: str, markup: str) -> None:
    with pytest.raises(Failure):
        extract(Page(address, markup.encode(), "text/html; charset=utf-8"), Hints(), Extract())


ARTICLE = ld({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Old bridge stays open", "datePublished": "2026-05-08"})


@pytest.mark.parametrize("form", list(CARDS))
@pytest.mark.parametrize(
    "path", ["/town/bridge-stays-open", "/video/bridge-stays-open", "/gallery/bridge", "/themen/town/bridge-stays-open-again"]
)
def test_an_article_over_a_river_of_teasers_is_one_wherever_it_stands(path: str, form: str) -> None:
    river = f'<section class="river">{teasers(ENGLISH, 9, form)}</section>'
    story = tuple(f"{text[:-1]}, as the clerk of the harbour noted in her book." for text in ENGLISH)
    markup = page(story, head=ARTICLE).replace("</main>", f"</main>{river}")
    found = extract(Page(f"https://www.harbourpost.example{path}", markup.encode(), "text/html; charset=utf-8"), Hints(), Extract())
    assert found.text.split("\n") == list(story)
