from __future__ import annotations

import pytest

from pipeline.extract.affixes import host_names
from pipeline.extract.authors import authors
from pipeline.extract.evidence import gather
from pipeline.extract.model import Hints, Page
from pipeline.extract.page import parse
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
        (SITE + meta("articleauthor", "Wire Agency"), ["Wire Agency"], "meta"),
        (SITE + meta("post_authors", "Mira Halloran"), ["Mira Halloran"], "meta"),
        (meta("author", "Harbour Post (www.harbourpost.example)"), ["Harbour Post"], "meta"),
        (SITE, ["The Harbour Post"], "json-ld"),
        (meta("article:author", "https://social.example/mira"), [], ""),
        ("", [], ""),
    ],
)
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


def test_a_name_in_bold_further_down_is_no_byline() -> None:
    html = (
        page(head=SITE)
        .replace("</article>", "<p><strong>Mira Halloran</strong></p></article>")
        .replace("<p>The town council", "<p>" + "The town council " * 20)
    )
    assert authors(gather(parse(Page(URL, html.encode(), "text/html")), Hints()), ["The Harbour Post"])[0] == ["The Harbour Post"]


def test_the_feed_knows_better_than_the_site() -> None:
    assert found(SITE, hints=Hints(authors=("Mira Halloran",))) == (["Mira Halloran"], "feed")
