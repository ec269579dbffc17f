"""Which claims of a page about its own address are believed."""

from __future__ import annotations

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse as parse_page
from pipeline.extract.metadata.page_metadata import read
from pipeline.extract.model import Hints
from pipeline.normalise.canonical import Claims, Judged, from_header, judge

STORY = "https://www.e.com/news/2026/council-meets-on-monday"


@pytest.mark.parametrize(
    ("href", "final", "url"),
    [
        ("https://www.e.com/news/council", f"{STORY}?ref=x", "https://www.e.com/news/council"),
        ("/news/council", STORY, "https://www.e.com/news/council"),
        ("//e.com/news/council", STORY, "https://e.com/news/council"),
        ("  http://e.com/news/council#\n", STORY, "http://e.com/news/council"),
        ("https://news.e.co.uk/a-b", "https://www.e.co.uk/c-d", "https://news.e.co.uk/a-b"),
        ("https://e.com/#!/story/1", "https://e.com/#!/story/1?x=2", "https://e.com/#!/story/1"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", "http://127.0.0.1:8001/a"),
        ("https://a.example/x", "https://www.a.example/x", "https://a.example/x"),
        ("https://e.com/?p=12", "https://e.com/a-b", "https://e.com/?p=12"),
    ],
)
def test_a_canonical_url_of_the_same_site_is_the_identity(href: str, final: str, url: str) -> None:
    assert judge(Claims(link=(href,)), final) == Judged(url, href.strip(), "link")


def test_the_same_canonical_url_twice_is_one() -> None:
    claims = Claims(link=("https://e.com/a-b?utm_source=x", "", "http://e.com/a-b"))
    assert judge(claims, "https://e.com/x").url == "https://e.com/a-b?utm_source=x"


@pytest.mark.parametrize(
    ("links", "final", "reason"),
    [
        pytest.param(("https://www.e.com/",), STORY, "home_page", id="home page"),
        pytest.param(("https://www.e.com/en/",), STORY, "home_page", id="home page of a language"),
        pytest.param(("https://www.e.com/news",), STORY, "section_page", id="section"),
        pytest.param(("https://www.e.com/news/2026/",), STORY, "section_page", id="archive of a year"),
        pytest.param(("https://e.com/2026/11/23",), "https://e.com/2026/11/23/a-story", "section_page", id="archive of a day"),
        pytest.param(("https://e.com/us-politics",), "https://e.com/us-politics/a-very-long-story", "section_page", id="two words"),
        pytest.param(("https://e.com/весті",), "https://e.com/весті/щось-нове", "section_page", id="section in Cyrillic"),
        pytest.param(("https://other.com/news/story",), STORY, "other_site", id="other registrable domain"),
        pytest.param(("https://b.co.uk/x",), "https://a.co.uk/x", "other_site", id="co.uk is no site"),
        pytest.param(("https://b.github.io/x",), "https://a.github.io/x", "other_site", id="github.io is no site"),
        pytest.param(("https://b.example/x",), "https://a.example/x", "other_site", id="unknown suffix"),
        pytest.param(("http://127.0.0.1:8002/x",), "http://127.0.0.1:8001/x", "other_site", id="other port"),
        pytest.param(("http://127.0.0.2/x",), "http://127.0.0.1/x", "other_site", id="other address"),
        pytest.param(("http://[::2]/x",), "http://[::1]/x", "other_site", id="other IPv6 address"),
        pytest.param(("https://www.e.com/a-1", "https://www.e.com/a-2"), STORY, "several", id="several"),
        pytest.param(("https://www.e.com/a-1", "undefined"), STORY, "several", id="one of several is garbage"),
        pytest.param(("www.e.com/news/story",), STORY, "not_a_url", id="without scheme"),
        pytest.param(("undefined",), STORY, "not_a_url", id="garbage"),
        pytest.param(("/{{ page.url }}",), STORY, "not_a_url", id="template"),
        pytest.param(("https://",), STORY, "not_a_url", id="no host"),
        pytest.param(("ftp://www.e.com/x",), STORY, "not_a_url", id="scheme"),
        pytest.param(("javascript://www.e.com/%0aalert(1)",), STORY, "not_a_url", id="javascript"),
        pytest.param(("https://www.e.com/" + "x" * 8192,), STORY, "not_a_url", id="too long"),
        pytest.param(("https://www.e.com/a-b#comments",), STORY, "fragment", id="fragment"),
    ],
)
def test_what_a_page_cannot_be_is_not_believed(links: tuple[str, ...], final: str, reason: str) -> None:
    judged = judge(Claims(link=links), final)
    assert (judged.url, judged.rejected, judged.source) == ("", reason, "link")
    assert judged.claimed.startswith(links[0].split("#")[0][:40].replace("весті", "%D0"))


def test_the_site_a_text_was_bought_from_stays_known() -> None:
    assert judge(Claims(link=("https://agency.com/story-1",)), STORY) == Judged("", "https://agency.com/story-1", "link", "other_site")


@pytest.mark.parametrize(
    ("href", "final"),
    [
        ("https://e.com/story/amp", "https://e.com/story"),
        ("https://e.com/story", "https://e.com/story/amp/"),
        ("https://e.com/story", "https://e.com/story/page/2"),
        ("https://e.com/story", "https://e.com/story/index.html"),
        ("https://e.com/story", "https://e.com/story?page=2"),
        ("https://e.com/12345", "https://e.com/12345/a-story"),
        ("https://e.com/my-story-about-it", "https://e.com/my-story-about-it/reaction"),
        ("https://e.com/storyteller", "https://e.com/story/part"),
    ],
)
def test_a_story_is_not_taken_for_a_section(href: str, final: str) -> None:
    assert judge(Claims(link=(href,)), final).rejected == ""


@pytest.mark.parametrize(
    "final",
    [
        "https://e.com/a-story?amp=1",
        "https://e.com/a-story?outputType=amp",
        "https://e.com/a-story/amp/",
        "https://e.com/a-story.amp.html",
        "https://amp.e.com/a-story",
        "https://e-com.cdn.ampproject.org/c/s/e.com/a-story",
        "https://cdn.ampproject.org/c/s/amp.e.com/a-story?amp=1",
    ],
)
def test_the_canonical_url_of_an_amp_page_decides(final: str) -> None:
    assert judge(Claims(link=("https://e.com/a-story",)), final).url == "https://e.com/a-story"
    assert judge(Claims(), final) == Judged()


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param(Claims(header="https://e.com/a-1"), ("https://e.com/a-1", "header", ""), id="Link header"),
        pytest.param(Claims(og_url="https://e.com/a-1"), ("https://e.com/a-1", "og", ""), id="og:url"),
        pytest.param(Claims(jsonld_url="https://e.com/a-1"), ("https://e.com/a-1", "json-ld", ""), id="JSON-LD"),
        pytest.param(Claims(("https://e.com/",), og_url="https://e.com/a-1"), ("", "link", "home_page"), id="not where rel=canonical is"),
        pytest.param(
            Claims(header="https://e.com/", og_url="https://e.com/a-1"), ("", "header", "home_page"), id="nor where the header is"
        ),
        pytest.param(Claims(("", " "), og_url="https://e.com/a-1"), ("https://e.com/a-1", "og", ""), id="an empty one is missing"),
        pytest.param(Claims(og_url="https://e.com/", jsonld_url="/a-1"), ("https://e.com/a-1", "json-ld", ""), id="the next vote"),
        pytest.param(Claims(og_url="https://e.com/a-1", jsonld_url="https://e.com/a-2"), ("", "og", "several"), id="votes that differ"),
        pytest.param(Claims(og_url="https://o.com/a-1"), ("", "og", "other_site"), id="same rules: site"),
        pytest.param(Claims(jsonld_url="https://e.com/news"), ("", "json-ld", "section_page"), id="same rules: section"),
    ],
)
def test_other_claims_are_votes_where_none_is_canonical(claims: Claims, expected: tuple[str, str, str]) -> None:
    judged = judge(claims, "https://e.com/news/a-0")
    assert (judged.url, judged.source, judged.rejected) == expected


def test_a_page_that_claims_nothing_is_judged_nothing() -> None:
    assert judge(Claims(), STORY) == Judged()
    assert judge(Claims(link=("https://e.com/x",)), "nonsense") == Judged()


def test_a_claim_is_resolved_against_the_base_of_the_page() -> None:
    assert judge(Claims(link=("/a-b",), base="https://m.e.com/x/"), "https://e.com/a").url == "https://m.e.com/a-b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<https://e.com/a>; rel="canonical"', "https://e.com/a"),
        ("<https://e.com/a>; rel=canonical", "https://e.com/a"),
        ('</s.css>; rel=preload; as="a, b", < /a,b > ; title="x; y"; REL="shortlink Canonical"', "/a,b"),
        ('<https://e.com/a>; title="rel=canonical"; rel=next', ""),
        ('<https://e.com/a>; rel="canonical', ""),
        ("https://e.com/a; rel=canonical", ""),
        ("", ""),
    ],
)
def test_the_canonical_url_of_a_link_header(value: str, expected: str) -> None:
    assert from_header(value) == expected


def test_every_claim_of_a_page_is_read() -> None:
    html = """
    <html><head><base href="https://m.e.com/x/"><link rel="canonical" href="/a-1"><link rel="shortlink CANONICAL" href="https://e.com/a-2#c">
    <link rel="canonical"><meta property="og:url" content="https://e.com/a-3">
    <script type="application/ld+json">{"@type": "NewsArticle", "headline": "A", "url": "https://e.com/a-4"}</script></head><body>A</body></html>
    """
    claims = read(parse_page(Page("https://e.com/a", html.encode(), "text/html")), Hints()).canonical_claims
    assert claims == Claims(("/a-1", "https://e.com/a-2#c", ""), "", "https://e.com/a-3", "https://e.com/a-4", "https://m.e.com/x/")
    assert judge(claims, "https://e.com/a").rejected == "several"


def test_hostile_claims_are_judged() -> None:
    """Whatever a page claims ends in a judgement; that none takes longer than in proportion is tests/fuzz/growth's to say."""
    for text in ("/" * 8000, "/" + "a-" * 4000, "https://e.com/" + "1/" * 4000, " " * 100_000, "{" * 100_000):
        judge(Claims(link=(text,) * 20, header=text), "https://e.com/" + "1/" * 4000)
        from_header("<" * 8000 + text)
        from_header("<a>" + "; a" * 5000 + " " * 5000)
        from_header("<a>;" + " " * 16_000 + "x")
