from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.page_metadata import Metadata, read
from pipeline.extract.metadata.title_suffixes import site_keys, without_site
from pipeline.extract.model import Hints
from pipeline.extract.structured_data import jsonld
from pipeline.normalise.dates.date_precision import DateContext, Published, modified, published
from pipeline.text import letters_key as key_of
from tests.extract.pages import ENGLISH, ld, page

URL = "https://www.harbourpost.example/2026/03/bridge.html"


def metadata(html: str, hints: Hints | None = None) -> Metadata:
    return read(parse(Page(URL, html.encode(), "text/html; charset=utf-8")), hints or Hints())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('[{"a": 1}, {"b": 2}]', [[{"a": 1}, {"b": 2}]]),
        ('{"a": "line\nbreak"}', [{"a": "line\nbreak"}]),
        ('{"a": 1,}', [{"a": 1}]),
        ('{"a": [1, 2, ], }', [{"a": [1, 2]}]),
        ('{"a": 1};', [{"a": 1}]),
        ('<!-- {"a": 1} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a": 1}\n//]]>', [{"a": 1}]),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}, {"b": ', [{"a": 1}]),
        ("{&quot;a&quot;: &quot;x&quot;}", [{"a": "x"}]),
        (r'{"a": "the mayor\'s bridge"}', [{"a": "the mayor's bridge"}]),
        (r'{"a": "50\% more"}', [{"a": r"50\% more"}]),
        ('{"headline": "He said "never" again", "b": 1}', [{"headline": 'He said "never" again', "b": 1}]),
        ('{"headline": "The "old" bridge"}', [{"headline": 'The "old" bridge'}]),
        ("", []),
        ("not json", []),
        ("[" * 100_000, []),
    ],
)
def test_structured_data_is_read_with_its_usual_faults(text: str, values: list[object]) -> None:
    assert jsonld.loads(text) == values


def test_the_article_that_names_the_page_is_chosen_among_several() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Another",
        "url": "https://www.harbourpost.example/other",
        "datePublished": "2020-01-01",
        "author": "X Y",
    }
    this = {"@type": "NewsArticle", "headline": "Old bridge stays open for another year", "mainEntityOfPage": {"@id": URL}}
    assert metadata(page(head=ld([other, this]), title="-")).title == "Old bridge stays open for another year"


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Bridge stays open | The Harbour Post", "Bridge stays open"),
        ("Bridge stays open - The Harbour Post", "Bridge stays open"),
        ("The Harbour Post: Bridge stays open", "The Harbour Post: Bridge stays open"),
        ("The Harbour Post » Bridge stays open", "Bridge stays open"),
        ("Bridge stays open – Town – HARBOURPOST", "Bridge stays open – Town"),
        ("Bridge stays open – the vote – DW – 13.06.2023", "Bridge stays open – the vote"),
        ("Bridge stays open | Town | Harbour Post Online", "Bridge stays open"),
        ("Bridge stays open for a year | Town | The Harbour Post | 05.03.2026", "Bridge stays open for a year"),
        ("Bridge stays open | The Harbour Post | by Mira Halloran", "Bridge stays open"),
        ("Bridge stays open | Town", "Bridge stays open | Town"),
        ("Ferry - a history", "Ferry - a history"),
        ("The Harbour Post", "The Harbour Post"),
    ],
)
def test_the_sites_name_is_cut_off_a_title(title: str, clean: str) -> None:
    sites = site_keys(["The Harbour Post", "harbourpost.example", "harbourpost"])
    assert without_site(title, sites, frozenset({key_of("Bridge stays open – the vote")})) == clean


@pytest.mark.parametrize(
    ("head", "authors", "source"),
    [
        (ld({"@type": "Article", "author": "By Mira Halloran and Tom Quill"}), ("Mira Halloran", "Tom Quill"), "json-ld"),
        (ld({"@type": "Article", "author": {"name": ["Mira Halloran"]}}), ("Mira Halloran",), "json-ld"),
        ('<meta name="author" content="Mira Halloran">', ("Mira Halloran",), "meta"),
        ('<meta property="article:author" content="https://social.example/mira">', (), None),
        (ld({"@type": "Article", "author": {"@type": "Organization", "name": "Wire Agency"}}), ("Wire Agency",), "json-ld"),
        ('<meta property="og:site_name" content="The Harbour Post">' + ld({"@type": "Article", "author": {"name": "The Harbour Post"}}), ("The Harbour Post",), "json-ld"),
    ],
)  # fmt: skip
def test_authors(head: str, authors: tuple[str, ...], source: str | None) -> None:
    got = metadata(page(head=head))
    assert (got.authors, got.sources.get("authors")) == (authors, source)


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="byline">By <a rel="author" href="/staff/mira">Mira Halloran</a></div>',
        '<p class="article-author">By Mira Halloran 3 March 2026</p>',
        '<p>By <a href="/authors/mira-halloran">Mira Halloran</a></p>',
        '<span itemprop="author"><span itemprop="name">Mira Halloran</span>, reporter</span>',
    ],
)
def test_the_byline_is_asked_where_the_data_names_only_the_site(byline: str) -> None:
    head = ld({"@type": "Article", "author": {"name": "The Harbour Post"}, "publisher": {"name": "The Harbour Post"}})
    got = metadata(page(head=head, top=byline))
    assert (got.authors, got.sources["authors"]) == (("Mira Halloran",), "byline")


NOON = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("texts", "changes", "feed", "at", "precision"),
    [
        (["2026-03-03T12:30:00Z"], [], None, NOON, "time"),
        (["2026-03-03T13:30:00+01:00"], [], None, NOON, "time"),
        (["2026-03-03"], [], None, datetime(2026, 3, 3, tzinfo=UTC), "day"),
        (["2026-03-03", "2026-03-03T12:30:00Z"], [], None, NOON, "time"),
        (["2026-03-03"], [], NOON, NOON, "time"),
        (["2026-03-03", "2026-04-01T12:30:00Z"], [], None, datetime(2026, 3, 3, tzinfo=UTC), "day"),
        (["2026-03-03T13:30:00"], ["2026-03-04T09:00:00+01:00"], None, NOON, "time"),
        (["2026-03-03T13:30:00", "2026-03-03T13:30:00+01:00"], [], None, NOON, "time"),
        (["2026-03-03T13:30:00"], [], NOON, NOON, "time"),
        (["2026-03-03T12:30:00"], [], None, NOON, "zone_assumed"),
        (["rubbish", "2026-03-03T12:30:00Z"], [], None, NOON, "time"),
        ([], [], NOON, NOON, "time"),
    ],
)
def test_the_time_of_publication(texts: list[str], changes: list[str], feed: datetime | None, at: datetime, precision: str) -> None:
    got = published([("page", text) for text in texts], [], DateContext(modified=tuple(changes), from_feed=feed))
    assert got is not None
    assert (got.at, got.precision) == (at, precision)


def test_no_time_is_better_than_a_wrong_one() -> None:
    assert published([("page", "soon")], [], DateContext()) is None
    assert modified([("meta", "2026-03-01T00:00:00Z")], NOON) is None
    changed = modified([("json-ld", "2026-03-01T00:00:00Z"), ("meta", "2026-03-05T00:00:00Z")], NOON)
    assert changed == Published(datetime(2026, 3, 5, tzinfo=UTC), "meta", "time", 0)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "", "   ", "data:text/html,x", "ftp://a.example/x", "http://[::1"])
def test_only_web_addresses_are_taken(href: str) -> None:
    got = metadata(page(head=f'<link rel="canonical" href="{href}"><meta property="og:image" content="{href}">'))
    assert got.image.url == ""
    assert got.canonical_url in ("", URL)


def test_a_date_in_the_page_is_the_last_resort() -> None:
    got = metadata(page((*ENGLISH, "The vote on the bridge and the ferry was held on March 3, 2026, as planned.")))
    assert got.published is not None
    assert got.published.at.date().isoformat() == "2026-03-03"
    assert (got.sources["published_at"], got.flags) == ("htmldate", ("published_day_only",))


def test_the_date_in_a_title_is_the_days() -> None:
    got = metadata(page(window="Old bridge stays | Harbour Post | 03.03.2026"))
    assert got.published
    assert (got.published.at, got.sources["published_at"], got.flags) == (
        datetime(2026, 3, 3, tzinfo=UTC),
        "title",
        ("published_day_only",),
    )


@pytest.mark.parametrize(("language", "month"), [("hr", 10), ("pl-PL", 11)])
def test_the_month_of_a_date_in_words_is_read_by_the_language_of_the_page(language: str, month: int) -> None:
    head = '<title>Most</title><meta property="article:published_time" content="17. listopada 2023 10:00 +0100">'
    got = metadata(f'<html lang="{language}"><head>{head}</head><body><p>Text</p></body></html>')
    assert (got.published.at.month if got.published else None) == month
