"""JSON-LD as sites write it, and which of its articles is the page's own."""

from __future__ import annotations

import json

import pytest

from pipeline.extract.structured_data.jsonld import Node, loads, main_article

URL = "https://www.harbourpost.example/2026/03/bridge.html"
LISTED: Node = {
    "@type": "NewsArticle",
    "headline": "Night bus for the islands",
    "datePublished": "2026-04-01",
    "author": {"name": "Dev Coldwater"},
    "image": "https://harbourpost.example/i.jpg",
    "url": "https://www.harbourpost.example/story/0",
}
OWN: Node = {"@type": "NewsArticle", "headline": "Old bridge stays"}


@pytest.mark.parametrize(
    "script",
    [
        '{\n // the article\n "headline": "Old bridge stays", /* where */ "url": "https://a.example//b" // here\n}',
        '{"headline": "Old bridge stays", "url": "https://a.example//b", /* end */ }',
        '<!-- {"headline": "Old bridge stays", "url": "https://a.example//b"} -->',
    ],
)
def test_comments_are_no_part_of_the_data(script: str) -> None:
    assert loads(script) == [{"headline": "Old bridge stays", "url": "https://a.example//b"}]


def test_two_slashes_in_a_string_are_no_comment() -> None:
    assert loads(json.dumps({"url": "https://a.example", "note": "/* kept */"})) == [{"url": "https://a.example", "note": "/* kept */"}]


def test_the_page_is_about_the_article_that_bears_its_title_and_not_about_a_listed_one() -> None:
    assert main_article([LISTED, LISTED | {"headline": "Beekeepers"}, OWN], URL, ["Old bridge stays | The Harbour Post"]) is OWN
    assert main_article([LISTED, OWN], URL, []) is LISTED
    own = LISTED | {"headline": "Another", "url": URL}
    assert main_article([OWN, own], URL, ["Old bridge stays"]) is own
