"""Pages like the seed article's, from a site that puts much of its own around its articles, come out with their fields and their text alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.settings import Extract
from tests.documents import saved
from tests.extract import standing_site as site


def article(html: str) -> Article:
    return extract(Page(site.URL, html.encode(), "text/html; charset=utf-8"), Hints(), Extract())


PAGES = {
    "classic, share card": site.page(),
    "list, share card": site.page(heading="list"),
    "classic, json-ld": site.page(head=site.CARD + site.GRAPH),
    "list, json-ld": site.page(heading="list", head=site.GRAPH),
    "nothing stated": site.page(head=""),
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_the_fields(html: str) -> None:
    got = article(html)
    assert got.title == saved.TITLE
    assert got.authors == ("Marta Lindqvist",)
    assert got.published_at
    assert got.published_at.date() == datetime(2025, 3, 14, tzinfo=UTC).date()
    assert (got.original_publisher, got.original_url) == ("Isles Dispatch", site.FIRST)
    assert got.tags == ("Northern Isles & Sounds", "Mainland", "Shipping", "FERRY WATCH", "PIERS", "BERTHS")
    assert got.language == "en"


@pytest.mark.parametrize("html", list(PAGES.values())[:4], ids=list(PAGES)[:4])
def test_the_publisher(html: str) -> None:
    assert article(html).site_name == site.SITE


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_the_text(html: str) -> None:
    got = article(html)
    assert [words for words in site.FURNITURE if words in got.text] == []
    assert got.text.split("\n") == list(saved.BODY)


def test_an_article_about_appeals_keeps_its_lead() -> None:
    lead = (
        "The donation drive of the lifeboat station has brought in twice what was hoped for, its treasurer said on Monday in Port Ellary."
    )
    html = site.page(head=site.CARD).replace(site.APPEALS, f"<p>{lead}</p>")
    assert article(html).text.split("\n") == [lead, *saved.BODY]
