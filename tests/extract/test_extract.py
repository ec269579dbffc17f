from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from pipeline.extract.extraction import extract, warm_up
from pipeline.extract.html.model import Page
from pipeline.extract.model import EXTRACTOR, Article, Hints, content_hash
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, GERMAN, JAPANESE, RUSSIAN, ld, page

URL = "https://www.harbourpost.example/2026/03/bridge-stays.html"
ARTICLE_TYPE = '<meta property="og:type" content="article">'


def article(
    html: str | bytes, *, url: str = URL, hints: Hints | None = None, content_type: str = "text/html", limit: int = 1_000_000
) -> Article:
    body = html.encode() if isinstance(html, str) else html
    return extract(Page(url, body, content_type), hints or Hints(), Extract(max_text_chars=limit))


def failure(html: str | bytes, *, url: str = URL, hints: Hints | None = None) -> Failure:
    with pytest.raises(Failure) as caught:
        article(html, url=url, hints=hints)
    return caught.value


def test_an_article_comes_out_whole_and_without_furniture() -> None:
    head = ARTICLE_TYPE + ld(
        {
            "@context": "https://schema.org",
            "@graph": [
                {"@type": "WebPage", "@id": URL, "name": "Old bridge stays open"},
                {"@type": "Person", "@id": "#mira", "name": "Mira Halloran"},
                {"@type": "Organization", "@id": "#post", "name": "The Harbour Post"},
                {
                    "@type": ["NewsArticle"],
                    "headline": "Old bridge stays open for another year",
                    "author": [{"@id": "#mira"}, {"@type": "Person", "name": "Tom Quill"}],
                    "publisher": {"@id": "#post"},
                    "datePublished": "2026-03-03T22:15:00+01:00",
                    "dateModified": "2026-03-04T08:00:00+01:00",
                    "image": {"@type": "ImageObject", "url": "/img/bridge.jpg"},
                    "keywords": "Bridge, Traffic, Council",
                    "description": "The council keeps the bridge.",
                },
            ],
        }
    )
    head += '<link rel="canonical" href="/2026/03/bridge-stays.html">'
    got = article(page(head=head))
    assert got.title == "Old bridge stays open for another year"
    assert got.authors == ("Mira Halloran", "Tom Quill")
    assert got.published_at == datetime(2026, 3, 3, 21, 15, tzinfo=UTC)
    assert got.modified_at == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    assert got.text.splitlines() == list(ENGLISH)
    assert got.language == "en"
    assert got.site_name == "The Harbour Post"
    assert got.canonical_url == URL
    assert got.image_url == "https://www.harbourpost.example/img/bridge.jpg"
    assert got.tags == ("Bridge", "Traffic", "Council")
    assert got.summary == "The council keeps the bridge."
    assert got.word_count == sum(len(p.split()) for p in ENGLISH)
    assert got.content_hash == content_hash(got.text)
    assert got.sources["title"] == "json-ld"
    assert got.sources["text"] == "trafilatura"
    assert got.flags == ()


def test_a_text_in_another_language_than_the_page_claims_is_said_to_be() -> None:
    got = article(page(GERMAN, head=ARTICLE_TYPE, lang="en"))
    assert (got.language, got.sources["language"], "language_differs" in got.flags) == ("de", "text", True)
    assert "language_differs" not in article(page(GERMAN, head=ARTICLE_TYPE, lang="de")).flags


@pytest.mark.parametrize(
    ("paragraphs", "language"), [(ENGLISH, "en"), (GERMAN, "de"), (RUSSIAN, "ru"), (JAPANESE, "ja")], ids=["en", "de", "ru", "ja"]
)
def test_articles_of_several_languages(paragraphs: tuple[str, ...], language: str) -> None:
    got = article(page(paragraphs, head=ARTICLE_TYPE, lang=language))
    assert got.text.splitlines() == list(paragraphs)
    assert got.language == language
    assert got.word_count > 50


def test_a_live_blog_keeps_its_entries() -> None:
    posts = "".join(f"<section><h2>{hour}:00 News from the hall</h2><p>{text}</p></section>" for hour, text in enumerate(ENGLISH, 10))
    head = ld(
        {
            "@type": "LiveBlogPosting",
            "headline": "Bridge vote: the evening as it happened",
            "datePublished": "2026-03-03T10:00:00Z",
            "liveBlogUpdate": [
                {"@type": "BlogPosting", "headline": f"Entry {i}", "datePublished": f"2026-03-03T1{i}:00:00Z"} for i in range(5)
            ],
        }
    )
    got = article(page(posts and (), head=head, title="Bridge vote: the evening as it happened", top=posts))
    assert got.title == "Bridge vote: the evening as it happened"
    assert got.published_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert all(text in got.text for text in ENGLISH)


NOTHING = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
COOKIES = (
    "We and our partners store and/or access information on a device, such as cookies, and process personal data. "
    "You can accept all or reject all, or manage options. Some of our vendors claim a legitimate interest. See our privacy policy."
)
SHELL = "<html><head><title>App</title></head><body><noscript>Please enable JavaScript to continue</noscript><div id=root></div><script src=/a.js></script></body></html>"
FRAME = '<html><head><title>News</title></head><body><div id="app"></div><script src="/static/bundle.js"></script></body></html>'


@pytest.mark.parametrize(
    ("html", "url", "codes"),
    [
        ("", URL, {"no_content"}),
        ("   \n ", URL, {"no_content"}),
        ("\0" * 50, URL, {"no_content"}),
        ("<!-- nothing -->", URL, {"no_content"}),
        ("<html><body></body></html>", URL, {"no_content"}),
        (NOTHING.format("Breaking", "More soon."), URL, {"no_content"}),
        (SHELL, URL, {"js_required"}),
        (FRAME, URL, {"js_required"}),
        (NOTHING.format("404 - Page not found", "Perhaps you followed an old link. Try the search instead."), URL, {"soft_404"}),
        (NOTHING.format("Seite nicht gefunden", "Der Artikel ist umgezogen oder wurde gelöscht."), URL, {"soft_404"}),
        (NOTHING.format("Página no encontrada", "Lo sentimos."), URL, {"soft_404"}),
        (NOTHING.format("Before you continue", COOKIES), URL, {"consent_wall"}),
        (NOTHING.format("Datenschutz", COOKIES), URL, {"consent_wall"}),
        (page(ENGLISH), "https://www.harbourpost.example/", {"not_article"}),
        (page(ENGLISH, head=ld({"@type": "CollectionPage", "name": "Town"})), "https://www.harbourpost.example/town", {"not_article"}),
        ("<html><body>" + "<div>" * 60_000 + "</body></html>", URL, {"no_content", "not_article"}),
        ("<html><body>" + "<b><i>" * 30_000 + "words " * 500 + "</body></html>", URL, {"no_content", "not_article"}),
    ],
)  # fmt: skip
def test_a_page_without_an_article_ends_in_a_stated_way(html: str, url: str, codes: set[str]) -> None:
    assert failure(html, url=url).code in codes


@pytest.mark.parametrize(
    "title", ["Error 404: the artist who paints lost pages", "Why cookie consent failed", "JavaScript required reading"]
)
def test_an_article_about_such_pages_is_an_article(title: str) -> None:
    assert article(page(title=title, head=ARTICLE_TYPE)).title == title


def test_a_short_news_flash_is_an_article_where_the_page_says_so() -> None:
    head = ld({"@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2026-03-05T06:00:00Z"})
    assert article(page(ENGLISH[:1], title="Bridge closed", head=head)).text == ENGLISH[0]


def test_the_feeds_full_text_stands_in_for_a_page_that_gives_none() -> None:
    content = "".join(f"<p>{text}</p>" for text in ENGLISH)
    hints = Hints(title="Bridge stays", published=datetime(2026, 3, 3, tzinfo=UTC), content=content, authors=("By Mira Halloran",))
    got = article(SHELL, hints=hints)
    assert got.text.splitlines() == list(ENGLISH)
    assert got.flags == ("text_from_feed",)
    assert (got.title, got.authors, got.published_at) == ("Bridge stays", ("Mira Halloran",), hints.published)
    assert got.sources["text"] == "feed"


def test_a_teaser_in_the_feed_does_not() -> None:
    assert failure(SHELL, hints=Hints(title="Bridge", content=f"<p>{ENGLISH[0]}</p>")).code == "js_required"


def test_the_feed_fills_what_the_page_leaves_open_and_nothing_else() -> None:
    hints = Hints(title="Feed title", published=datetime(2026, 3, 3, 7, tzinfo=UTC), summary="<b>From</b> the feed", authors=("Tom Quill",))
    got = article(page(head=ARTICLE_TYPE), hints=hints)
    assert got.title == "Old bridge stays open for another year"
    assert (got.published_at, got.summary, got.authors) == (hints.published, "From the feed", ("Tom Quill",))
    assert {got.sources[f] for f in ("published_at", "summary", "authors")} == {"feed"}


def test_the_pages_own_article_body_rescues_a_text_that_was_lost() -> None:
    body = "\n".join(ENGLISH)
    head = ld(
        {"@type": "NewsArticle", "headline": "Old bridge stays open for another year", "articleBody": body, "datePublished": "2026-03-03"}
    )
    got = article(page(ENGLISH[:1], head=head))
    assert got.text == body
    assert got.sources["text"] == "json-ld"


@pytest.mark.parametrize("field", ["liveBlogUpdate", "hasPart"])
def test_so_do_the_parts_in_which_the_page_states_its_text(field: str) -> None:
    parts = [{"@type": "BlogPosting", "headline": f"Post {at}", "articleBody": text} for at, text in enumerate(ENGLISH)]
    locked = {"@type": "WebPageElement", "isAccessibleForFree": "True", "cssSelector": ".text"}
    kind = "LiveBlogPosting" if field == "liveBlogUpdate" else "NewsArticle"
    head = ld({"@type": kind, "headline": "Old bridge stays open for another year", field: [*parts, locked], "datePublished": "2026-03-03"})
    got = article(page(ENGLISH[:1], head=head))
    assert got.text.splitlines() == [line for at, text in enumerate(ENGLISH) for line in (f"Post {at}", text)]
    assert got.sources["text"] == "json-ld"


def test_a_long_text_is_cut_and_flagged() -> None:
    got = article(page(head=ARTICLE_TYPE), limit=100)
    assert len(got.text) == 100
    assert got.flags[-1] == "text_cut"


def test_control_characters_do_not_come_through() -> None:
    html = page(("A \x01text&#0; with&#x1f; \x00 strange\ufffe characters.", *ENGLISH), head=ARTICLE_TYPE, title="Ti\x00tle &#1;here")
    got = article(html)
    assert got.title == "Title here"
    assert got.text.splitlines()[0] == "A text with strange characters."
    assert not any(ord(c) < 32 and c != "\n" for c in got.text)


@pytest.mark.parametrize("depth", [300, 1000, 1900])
def test_deeply_nested_text_is_found(depth: int) -> None:
    html = "<html><body>" + "<div>" * depth + "".join(f"<p>{p}</p>" for p in ENGLISH) + "</body></html>"
    assert article(html).text.splitlines() == list(ENGLISH)


def test_what_the_parser_dropped_is_flagged() -> None:
    html = page(head=ARTICLE_TYPE).replace("</article>", "<div>" * 3000 + "lost" + "</div>" * 3000 + "</article>")
    got = article(html)
    assert "parse_truncated" in got.flags


def test_a_tag_of_a_hundred_thousand_attributes_does_no_harm() -> None:
    html = page(head=ARTICLE_TYPE).replace("<article>", "<article " + " ".join(f"a{i}=1" for i in range(100_000)) + ">")
    assert article(html).text.splitlines() == list(ENGLISH)


def test_the_hash_of_a_text_ignores_case_and_white_space() -> None:
    assert content_hash("The  Bridge\n\nstays") == content_hash("the bridge STAYS ") == hashlib.sha256(b"the bridge stays").digest()
    assert content_hash("The bridge stays") != content_hash("The bridge closes")


def test_warming_up_needs_nothing_and_the_extractor_names_its_version() -> None:
    warm_up()
    assert EXTRACTOR.startswith("newsmill-2/trafilatura-2.")
