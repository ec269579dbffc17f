"""The article that a reader saved by hand, from which the project began, where it is at hand. It is never a part of the repository."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.opening import open_file
from pipeline.extract.extraction import extract
from pipeline.extract.model import Article, Hints
from pipeline.settings import Extract, Files

BESIDE = [path / "shared" / "seed" / "article.txt" for path in Path(__file__).resolve().parents[2:5]]
FOUND = next((path for path in BESIDE if path.is_file()), None)
FURNITURE = (
    "By Steven", "Region:", "Theme:", "In-depth Report", "51 languages", "Newsletter", "share button", "Donation Drive", "Note to readers", "originally published", "two-time award",
    "Featured image", "original source", "Copyright", "Facebook", "Become a Member", "Articles by", "cross-post", "fair use", "media inquiries", "<u>", "\n*",
)  # fmt: skip


@pytest.fixture(scope="module")
def article() -> Article:
    if FOUND is None:
        pytest.skip("the seed article is not beside the repository")
    opened = open_file("ni:///sha-256;" + "A" * 43, FOUND.read_bytes(), "text/plain", Files())
    return extract(opened.page, Hints(), Extract(), text=opened.text)


def test_the_seed_article_comes_out_with_its_fields(article: Article) -> None:
    assert article.title == "US Military to Leave Iraq Because of the Israeli Attack on Gaza"
    assert (article.authors, article.site_name) == (("Steven Sahiounie",), "Global Research")
    assert (article.published_at, article.published_precision) == (datetime(2024, 1, 26, tzinfo=UTC), "day")
    assert (article.original_publisher, article.sources["original_publisher"]) == ("Mideast Discourse", "text")
    assert article.tags == ("Middle East & North Africa", "USA", "Intelligence", "IRAQ REPORT", "PALESTINE", "SYRIA")
    assert article.language == "en"


def test_the_seed_articles_text_is_whole_and_nothing_else(article: Article) -> None:
    assert article.text.startswith("US President Joe Biden is set to lose")
    assert article.text.endswith("the home of the free?")
    assert [words for words in FURNITURE if words in article.text] == []
    paragraphs = article.text.split("\n")
    assert len(paragraphs) == 22
    assert any("Iran is committed to the freedom of the Palestinian people" in text for text in paragraphs)
    assert any("in downtown Baghdad. In response to the killing" in text for text in paragraphs)
