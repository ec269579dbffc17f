"""Fields beyond title, authors and time: sections, sizes, licences, access, where a text was first; and data marked up in the page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.page_metadata import Metadata, read
from pipeline.extract.model import Article, Hints
from pipeline.normalise.agencies import credited, named
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, ld, page

URL = "https://www.harbourpost.example/town/2026/bridge.html"
TITLE = "Old bridge stays open for another year"


def metadata(html: str, url: str = URL, hints: Hints | None = None) -> Metadata:
    return read(parse(Page(url, html.encode(), "text/html; charset=utf-8")), hints or Hints())


def article(html: str, hints: Hints | None = None) -> Article:
    return extract(Page(URL, html.encode(), "text/html; charset=utf-8"), hints or Hints(), Extract())


def news(**fields: Any) -> str:
    return ld({"@type": "NewsArticle", "headline": TITLE, **fields})


def crumbs(*names: str) -> str:
    return ld({"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": n, "item": {"name": name}} for n, name in enumerate(names)]})  # fmt: skip


@pytest.mark.parametrize(
    ("head", "url", "section", "source"),
    [
        (news(articleSection="Town"), URL, "Town", "json-ld"),
        (news(articleSection=["Town", "Traffic"]), URL, "Town", "json-ld"),
        ('<meta property="article:section" content="Town &amp; Traffic">', URL, "Town & Traffic", "meta"),
        ('<meta property="article:section" content="https://harbourpost.example/town">', "https://a.example/x.html", "", None),
        (crumbs("Home", "News", "Town", TITLE), "https://a.example/x.html", "Town", "breadcrumb"),
        (crumbs("The Harbour Post", "Stadt", "Old bridge stays open for …"), "https://a.example/x.html", "Stadt", "breadcrumb"),
        (crumbs("Startseite", TITLE), "https://a.example/x.html", "", None),
        ("", URL, "town", "url"),
        ("", "https://a.example/world-news/2026/03/05/bridge", "world news", "url"),
        ("", "https://a.example/en/news/2026/bridge-stays", "", None),
        ("", "https://a.example/bridge-stays", "", None),
        ("", "https://a.example/article/bridge-stays-open-for-another-year/12345", "", None),
    ],
)
def test_the_section(head: str, url: str, section: str, source: str | None) -> None:
    site = '<meta property="og:site_name" content="The Harbour Post">'
    got = metadata(page(head=site + head), url)
    assert (got.section, got.sources.get("section")) == (section, source)


OG = '<meta property="og:image" content="/a.jpg">'


@pytest.mark.parametrize(
    ("head", "path", "size", "source"),
    [
        (OG, "/a.jpg", (None, None), "og"),
        (OG + '<meta property="og:image:width" content="1200"><meta property="og:image:height" content="675px">', "/a.jpg", (1200, 675), "og"),
        (OG + '<meta property="og:image:width" content="1200">', "/a.jpg", (None, None), "og"),
        (OG + '<meta property="og:image:width" content="0"><meta property="og:image:height" content="wide">', "/a.jpg", (None, None), "og"),
        (OG + news(image={"url": "/a.jpg", "width": 800, "height": 600}), "/a.jpg", (800, 600), "og"),
        (OG + news(image={"url": "/other.jpg", "width": 800, "height": 600}), "/a.jpg", (None, None), "og"),
        (news(image=["/a.jpg", "/b.jpg"]), "/a.jpg", (None, None), "json-ld"),
        (news(image=[{"url": "/s.jpg", "width": 100, "height": 100}, {"url": "/l.jpg", "width": "1600", "height": {"value": 900}}]), "/l.jpg", (1600, 900), "json-ld"),
        ('<meta name="twitter:image" content="/t.jpg">', "/t.jpg", (None, None), "twitter"),
    ],
)  # fmt: skip
def test_the_image_and_its_size(head: str, path: str, size: tuple[int | None, int | None], source: str) -> None:
    got = metadata(page(head=head))
    assert (got.image.url, got.image.source) == (f"https://www.harbourpost.example{path}", source)
    assert (got.image.width, got.image.height) == size


CC = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    ("head", "body", "licence"),
    [
        (news(license=CC), "", CC),
        (news(license={"@type": "CreativeWork", "name": "CC BY-SA 4.0"}), "", "CC BY-SA 4.0"),
        (f'<link rel="license" href="{CC}">', "", CC),
        ('<link rel="license" type="application/rsl+xml" href="/license.xml">', "", ""),
        ("", f'<p>Reuse: <a rel="license" href="{CC}">CC BY-SA</a></p>', CC),
        ("", f'<figure><img src=x><figcaption>Photo: <a rel="license" href="{CC}">CC</a></figcaption></figure>', ""),
        ('<meta name="dc.rights" content="Creative Commons Attribution 4.0">', "", "Creative Commons Attribution 4.0"),
        ('<meta name="dc.rights" content="© The Harbour Post. All rights reserved">', "", ""),
    ],
)
def test_the_licence(head: str, body: str, licence: str) -> None:
    assert metadata(page(head=head, top=body)).licence == licence


@pytest.mark.parametrize(
    ("head", "access"),
    [
        (news(isAccessibleForFree=True), "free"),
        (news(isAccessibleForFree=False), "paid"),
        (news(isAccessibleForFree="False"), "paid"),
        (news(isAccessibleForFree="http://schema.org/True"), "free"),
        (news(isAccessibleForFree=""), ""),
        ('<meta property="article:content_tier" content="metered">', "metered"),
        ('<meta property="article:content_tier" content="locked">', "paid"),
        ('<meta name="is_premium" content="true">', "paid"),
        ('<meta name="post:paywall" content="false">', "free"),
        ("", ""),
    ],
)
def test_who_may_read_it(head: str, access: str) -> None:
    assert metadata(page(head=head)).access == access


ISLES = "https://isles.example/ferries"


@pytest.mark.parametrize(
    ("head", "line", "publisher", "url", "source"),
    [
        ("", "<p><em>This article was originally published on <a href='https://isles.example/ferries'>Isles Dispatch</a>.</em></p>", "Isles Dispatch", ISLES, "text"),
        ("", "<p>This article was originally published on Isles Dispatch.</p>", "Isles Dispatch", "", "text"),
        ("", "<p>This story first appeared in The Isles Dispatch on 3 March 2026.</p>", "The Isles Dispatch", "", "text"),
        ("", "<p>This piece was <a href='https://isles.example/ferries'>originally published</a> by Isles Dispatch under a Creative Commons licence.</p>", "Isles Dispatch", ISLES, "text"),
        ("", "<p>Republished from Isles Dispatch with permission.</p>", "Isles Dispatch", "", "text"),
        ("", "<p>A version of this article originally appeared at isles-dispatch.example</p>", "isles-dispatch.example", "", "text"),
        ("", "<p>Dieser Beitrag ist zuerst erschienen in der Inselpost.</p>", "Inselpost", "", "text"),
        ("", "<p>Cet article a été publié initialement sur La Dépêche des îles.</p>", "La Dépêche des îles", "", "text"),
        ("", "<p>Este artículo fue publicado originalmente en El Despacho de las Islas.</p>", "El Despacho de las Islas", "", "text"),
        ("", "<p>The novel was first published in Norway in 1999.</p>", "", "", None),
        ("", "<p>This article was originally published on our website.</p>", "", "", None),
        ("", "<p>This article was originally published on The Harbour Post.</p>", "", "", None),
        ("", "<p>This article was first published in March and has been updated.</p>", "", "", None),
        ("<link rel='syndication-source' href='https://isles.example/ferries'>", "", "isles.example", ISLES, "link"),
        ("<meta name='original-source' content='https://isles.example/ferries'>", "", "isles.example", ISLES, "meta"),
        ("<meta name='syndication-source' content='Isles Dispatch'>", "", "Isles Dispatch", "", "meta"),
        (news(isBasedOn={"@type": "NewsArticle", "url": ISLES, "publisher": {"name": "Isles Dispatch"}}), "", "Isles Dispatch", ISLES, "json-ld"),
        (news(sourceOrganization={"name": "Isles Dispatch"}), "", "Isles Dispatch", "", "json-ld"),
        (news(sourceOrganization={"name": "The Harbour Post"}), "", "", "", None),
        (f"<link rel='canonical' href='{ISLES}'>", "", "isles.example", ISLES, "canonical"),
        ("<link rel='canonical' href='https://amp.harbourpost.example/bridge'>", "", "", "", None),
        ("<link rel='canonical' href='https://isles.example/'>", "", "", "", None),
    ],
)  # fmt: skip
def test_where_a_text_was_first(head: str, line: str, publisher: str, url: str, source: str | None) -> None:
    site = '<meta property="og:site_name" content="The Harbour Post">'
    html = page(head=site + head).replace("</article>", line + "</article>")
    got = metadata(html)
    assert (got.origin.publisher, got.origin.url, got.sources.get("original_publisher")) == (publisher, url, source)


def test_a_cache_is_no_publisher() -> None:
    html = page(head=f"<link rel='canonical' href='{ISLES}'>")
    assert metadata(html, "https://isles-example.cdn.ampproject.org/c/s/isles.example/ferries").origin.publisher == ""
    assert metadata(html, "https://news.post.example/a").origin.publisher == "isles.example"
    assert (
        metadata(html.replace("isles.example", "news.other.example"), "https://news.post.example/a").origin.publisher
        == "news.other.example"
    )


@pytest.mark.parametrize(
    ("names", "agencies"),
    [
        (["Mira Halloran", "Reuters"], ("Reuters",)),
        (["AFP"], ("AFP",)),
        (["dpa/lno"], ("dpa",)),
        (["Mira Halloran und dpa"], ("dpa",)),
        (["AP", "The Associated Press"], ("Associated Press",)),
        (["新华社"], ("Xinhua",)),
        (["Ap Halloran", "Apa", "Ansa Berg", "Mira"], ()),
    ],
)
def test_agencies_in_bylines(names: list[str], agencies: tuple[str, ...]) -> None:
    assert named(names) == agencies


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("KYIV, March 3 (Reuters) - The council voted.", ("Reuters",)),
        ("PARIS (AP) — The council voted.", ("Associated Press",)),
        ("The council voted.\nThe bridge stays. (dpa)", ("dpa",)),
        ("The council voted.\n© AFP", ("AFP",)),
        ("The council voted.\nMit Material von dpa und AFP", ("dpa", "AFP")),
        ("（共同）市議会は決めた。", ("Kyodo",)),
        ("Harrisburg (PA) keeps its bridge, says the board (STA).", ()),
        ("The council voted, as Reuters had reported on Monday.", ()),
        ("", ()),
    ],
)
def test_agencies_credited_in_the_text(text: str, agencies: tuple[str, ...]) -> None:
    assert credited(text) == agencies


def test_an_agency_stands_apart_from_the_authors() -> None:
    got = article(page(("TOWN, March 3 (Reuters) - " + ENGLISH[0], *ENGLISH[1:]), head=news(author={"name": "Mira Halloran"})))
    assert (got.authors, got.agencies) == (("Mira Halloran",), ("Reuters",))


MICRODATA = """<div itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" content="2026-03-03T12:30:00+01:00">
<h1 itemprop="headline">Old bridge stays open for another year</h1>
<p><span itemprop="author" itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="/mira"><span itemprop="name">Mira Halloran</span></a></span>
<time itemprop="dateModified" datetime="2026-03-04T08:00:00+01:00">Wednesday</time></p>
<span itemprop="articleSection">Town</span><meta itemprop="keywords" content="Bridge, Council"><div itemprop="articleBody">BODY</div>
<span itemprop="publisher" itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="The Harbour Post"></span></div>"""
RDFA = """<div vocab="https://schema.org/" typeof="NewsArticle"><meta property="datePublished" content="2026-03-03T12:30:00+01:00">
<h1 property="headline">Old bridge stays open for another year</h1>
<p><span property="author" typeof="Person"><span property="name">Mira Halloran</span></span>
<time property="dateModified" datetime="2026-03-04T08:00:00+01:00">Wednesday</time></p>
<span property="articleSection">Town</span><meta property="keywords" content="Bridge, Council"><div property="articleBody">BODY</div>
<span property="publisher" typeof="Organization"><meta property="name" content="The Harbour Post"></span></div>"""


def marked_up(markup: str) -> str:
    body = "".join(f"<p>{text}</p>" for text in ENGLISH)
    return f"<html lang=en><head><title>x</title></head><body><main>{markup.replace('BODY', body)}</main></body></html>"


@pytest.mark.parametrize(("markup", "source"), [(MICRODATA, "microdata"), (RDFA, "rdfa"), (RDFA.replace('"NewsArticle"', '"schema:NewsArticle"').replace('property="', 'property="schema:').replace(' vocab="https://schema.org/"', ""), "rdfa")])  # fmt: skip
def test_data_marked_up_in_the_page(markup: str, source: str) -> None:
    got = article(marked_up(markup))
    assert (got.title, got.authors, got.section, got.tags) == (TITLE, ("Mira Halloran",), "Town", ("Bridge", "Council"))
    assert got.published_at == datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
    assert got.modified_at == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    assert {got.sources[field] for field in ("authors", "published_at", "modified_at", "section", "tags")} == {source}
    assert set(ENGLISH) <= set(got.text.split("\n"))


def test_a_post_within_a_blog_is_the_article() -> None:
    inner = MICRODATA.replace("itemscope", 'itemprop="blogPost" itemscope', 1).replace("NewsArticle", "BlogPosting")
    assert metadata(marked_up(f'<div itemscope itemtype="http://schema.org/Blog">{inner}</div>')).authors == ("Mira Halloran",)


def test_of_several_marked_articles_the_one_under_the_headline_counts_and_else_none() -> None:
    teaser = '<div itemscope itemtype="http://schema.org/Article"><span itemprop="headline">{}</span><span itemprop="author">Tom Quill</span></div>'
    teasers = "".join(teaser.format(f"Another story {n}") for n in range(3))
    assert metadata(marked_up(MICRODATA + teasers)).authors == ("Mira Halloran",)
    assert not metadata(marked_up("<h1>Town</h1>" + teasers)).is_article


def test_json_ld_counts_before_what_is_marked_up() -> None:
    assert metadata(marked_up(MICRODATA).replace("</head>", news(author="Tom Quill") + "</head>")).authors == ("Tom Quill",)


@pytest.mark.parametrize(
    "name",
    ["article:published_time", "article:published:time", "article.published_time", "article-published-time", "article_published_time"],
)
def test_names_of_meta_elements_whatever_parts_them(name: str) -> None:
    got = metadata(page(head=f'<meta property="{name}" content="2026-03-03T12:30:00Z">'))
    assert got.published
    assert got.published.at == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)


def test_what_only_the_feed_says() -> None:
    hints = Hints(tags=("Bridge", "Town"), modified=datetime(2026, 3, 5, tzinfo=UTC), image_url="https://harbourpost.example/f.jpg")
    got = article(page(head='<meta property="og:type" content="article">'), hints)
    assert (got.tags, got.modified_at, got.image_url) == (hints.tags, hints.modified, hints.image_url)
    assert {got.sources[field] for field in ("tags", "modified_at", "image_url")} == {"feed"}


@pytest.mark.parametrize(
    ("stated", "precision"), [("2026-03-03T12:30:00Z", "time"), ("2026-03-03T12:30:00", "zone_assumed"), ("2026-03-03", "day"), ("", "")]
)
def test_the_precision_of_times(stated: str, precision: str) -> None:
    got = article(page(head=news(datePublished=stated, dateModified=stated)))
    assert (got.published_precision, got.modified_precision) == (precision, precision)
