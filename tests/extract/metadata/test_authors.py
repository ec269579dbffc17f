from __future__ import annotations

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.authors import authors
from pipeline.extract.metadata.title_suffixes import host_names
from pipeline.extract.model import Hints
from pipeline.extract.structured_data.page_statements import gather
from tests.extract.pages import ld, page

URL = "https://www.harbourpost.example/2026/03/bridge.html"
SITE = ld({"@type": "Article", "author": {"@type": "Organization", "name": "The Harbour Post"}, "publisher": {"name": "The Harbour Post"}})


def found(head: str = "", top: str = "", hints: Hints | None = None) -> tuple[list[str], str]:
    html = page(head=head, top=top)
    names = ["The Harbour Post", *host_names(URL)]
    return authors(gather(parse(Page(URL, html.encode(), "text/html; charset=utf-8")), hints or Hints()), names)


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "names", "source"),
    [
        (ld({"@type": "Article", "author": {"@type": "Organization", "name": "Reuters"}}), ["Reuters"], "json-ld"),
        (SITE + meta("author", "Mira Halloran"), ["Mira Halloran"], "meta"),
        (ld({"@type": "Article", "author": {"@type": "Organization", "name": "Harbour Desk"}}) + meta("author", "Mira Halloran"), ["Mira Halloran"], "meta"),
        (ld({"@type": "Article", "author": {"name": "mira.van.halloran"}}) + meta("author", "Mira van Halloran"), ["Mira van Halloran"], "meta"),
        (SITE + meta("articleauthor", "Wire Agency"), ["Wire Agency"], "meta"),
        (SITE + meta("post_authors", "Mira Halloran"), ["Mira Halloran"], "meta"),
        (meta("author", "Harbour Post (www.harbourpost.example)"), ["Harbour Post"], "meta"),
        (SITE, ["The Harbour Post"], "json-ld"),
        (meta("article:author", "https://social.example/mira"), [], ""),
        ("", [], ""),
    ],
)  # fmt: skip
def test_names_in_the_head_of_the_page(head: str, names: list[str], source: str) -> None:
    assert found(head) == (names, source)


@pytest.mark.parametrize(
    "top",
    [
        '<ul class="metaAuthorList"><li><a href="/x">Mira Halloran</a></li></ul>',
        '<ul><li><strong>Author</strong> Mira Halloran</li></ul>',
        '<dl><dt>Autorin/Autor</dt><dd>Mira Halloran</dd></dl>',
        "<p>By Mira Halloran, in Town · 3 March 2026</p>",
        "<p><strong>Mira Halloran</strong></p>",
        "<p><strong>Autorin: Mira Halloran, Redakteurin der Post</strong></p>",
        "<h3>Written by Mira Halloran</h3>",
        '<div><span class="byline">By</span><span class="byline">Mira Halloran</span></div>',
        '<p>3 March 2026, <a href="/authors/mira">Mira Halloran</a></p>',
        '<ul><li>Posted today</li><li>By: <span><a href="/mira-halloran">Mira Halloran</a></span></li></ul>',
        '<div><span>Mira Halloran &nbsp;|</span><span>05.03.2026 - Updated: 05.03.2026</span></div>',
        '<ul><li>By: <a href="/x">The Harbour Post</a></li></ul><p><strong>Mira Halloran</strong></p>',
    ],
)  # fmt: skip
def test_bylines_in_the_page(top: str) -> None:
    assert found(SITE, top) == (["Mira Halloran"], "byline")
    assert found("", top) == (["Mira Halloran"], "byline")


@pytest.mark.parametrize(
    "top",
    [
        '<span class="author">amh</span>',
        '<span class="author">Quelle: sid/dpa</span>',
        "<p><strong>Traffic has doubled</strong></p>",
        "<p><strong>Mira Halloran</strong> said that she would stay.</p>",
        '<aside><a href="/authors/mira">Mira Halloran</a></aside>',
    ],
)
def test_beside_the_sites_own_name_only_a_full_name_is_a_byline(top: str) -> None:
    assert found(SITE, top) == (["The Harbour Post"], "json-ld")


def test_an_account_in_the_data_gives_way_to_the_byline() -> None:
    account = ld({"@type": "Article", "author": {"@type": "Person", "name": "MH1987"}})
    assert found(account, '<p class="author">Mira Halloran</p>') == (["Mira Halloran"], "byline")
    assert found(account) == (["MH1987"], "json-ld")
    assert found("", '<p class="author">oz</p>') == (["oz"], "byline")


def test_a_name_in_bold_further_down_is_no_byline() -> None:
    html = (
        page(head=SITE)
        .replace("</article>", "<p><strong>Mira Halloran</strong></p></article>")
        .replace("<p>The town council", "<p>" + "The town council " * 20)
    )
    assert authors(gather(parse(Page(URL, html.encode(), "text/html")), Hints()), ["The Harbour Post"])[0] == ["The Harbour Post"]


def test_the_feed_knows_better_than_the_site() -> None:
    assert found(SITE, hints=Hints(authors=("Mira Halloran",))) == (["Mira Halloran"], "feed")


@pytest.mark.parametrize(
    ("top", "names"),
    [
        (
            '<div class="x1"><span class="x2">By</span> <span><a href="/about/newsteam/mira">Mira Halloran</a></span></div>',
            ["Mira Halloran"],
        ),
        ('<div class="x1">By <span class="x2">Mira Halloran</span></div>', ["Mira Halloran"]),
        ("<p>Ein Artikel von <strong>Mira Halloran</strong> | 27.01.2022 - 12:45</p>", ["Mira Halloran"]),
        ('<p class="x1">Mira Halloran</p><p>Created on Jul 11, 2025</p>', ["Mira Halloran"]),
        ('<div class="byline">Mira Halloran Dec 5, 2025</div>', ["Mira Halloran"]),
        ('<div class="bylines"><a class="byline__author" href="/mira">Mira Halloran</a> <span>Post Staff</span></div>', ["Mira Halloran"]),
        ('<div class="author">Mira Halloran <a href="#">View author archive</a></div>', ["Mira Halloran"]),
        ('<ol id="comments"><li><cite class="comment-author">Greta Lindqvist</cite> says: right.</li></ol>', []),
        ('<div class="author">記者：李文</div>', ["李文"]),
        ('<div class="author">김민수 기자</div>', ["김민수"]),
        ('<div class="author">بقلم: سارة منصور</div>', ["سارة منصور"]),
    ],
)
def test_names_in_bylines_of_many_kinds(top: str, names: list[str]) -> None:
    assert found(top=top)[0] == names


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"givenName": "Mira", "familyName": "Halloran"}, ["Mira Halloran"]),
        ({"name": ["Mira Halloran", "Tomas Eld"]}, ["Mira Halloran", "Tomas Eld"]),
        ({"@list": [{"name": "Mira Halloran"}, {"name": "Tomas Eld"}]}, ["Mira Halloran", "Tomas Eld"]),
        ([{"name": "Mira Halloran, CFP®"}, {"name": "Editorial Team"}], ["Mira Halloran"]),
        ({"name": "Mira Halloran, CEO of Harbour Works"}, ["Mira Halloran"]),
        ({"name": "The Harbour Post Newsroom"}, ["The Harbour Post Newsroom"]),  # nobody else is named
    ],
)
def test_names_in_structured_data_of_many_shapes(author: object, names: list[str]) -> None:
    assert found(ld({"@type": "NewsArticle", "author": author}))[0] == names


def test_an_organisation_in_the_data_gives_way_to_a_person_in_the_byline() -> None:
    newsroom = ld({"@type": "Article", "author": {"name": "Newsroom"}})
    assert found(newsroom, '<div class="author">Mira Halloran</div>') == (["Mira Halloran"], "byline")
    assert found(newsroom) == (["Newsroom"], "json-ld")


def test_an_organisation_that_the_data_calls_one_stays_the_author() -> None:
    newsroom = ld({"@type": "Article", "author": {"@type": "NewsMediaOrganization", "name": "Newsroom of the harbour"}})
    assert found(newsroom, '<div class="byline">Mira Halloran</div>') == (["Newsroom of the harbour"], "json-ld")
