"""What publishers reserve: X-Robots-Tag, robots meta elements, TDM reservations, licences."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from lxml import html

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints, Reservation
from pipeline.extract.rights.reservations import MAX_FOUND, flags, metadata_only, noarchive, reservations
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from tests.extract.pages import page

NOW = datetime(2027, 1, 1, tzinfo=UTC)
TAG = "X-Robots-Tag"
URL = "https://www.harbourpost.example/2026/03/bridge-stays.html"


def read(*headers: tuple[str, str], head: str = "", token: str = "newsmill") -> tuple[Reservation, ...]:
    return reservations(headers, html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>"), token)


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def article(*headers: tuple[str, str], head: str = "", hints: Hints | None = None, body: str | None = None) -> Article:
    markup = page(head=head + '<meta property="og:type" content="article">') if body is None else body
    return extract(Page(URL, markup.encode(), "text/html", headers), hints or Hints(), Extract(), "newsmill")


@pytest.mark.parametrize(
    ("headers", "values"),
    [
        pytest.param(["noindex"], ["noindex"], id="for all"),
        pytest.param(["NoIndex , NOARCHIVE"], ["NoIndex , NOARCHIVE"], id="as it was written"),
        pytest.param(["newsmill: none"], ["newsmill: none"], id="for us"),
        pytest.param(["NewsMill:noarchive"], ["NewsMill:noarchive"], id="for us in capitals, without a space"),
        pytest.param(["newsmill/1.0: noarchive"], ["newsmill/1.0: noarchive"], id="for us with a version"),
        pytest.param(["*: noarchive"], ["*: noarchive"], id="for * is for all"),
        pytest.param(["googlebot: noindex"], [], id="for another"),
        pytest.param(["googlebot: noindex, noarchive"], [], id="a name holds to the end of its header"),
        pytest.param(["newsmill-images: noindex"], [], id="a longer token is another"),
        pytest.param(["news: noindex"], [], id="a shorter token is another"),
        pytest.param(["googlebot: noindex, newsmill: none"], ["newsmill: none"], id="another, then us"),
        pytest.param(["noarchive, googlebot: noindex"], ["noarchive"], id="all, then another"),
        pytest.param(["newsmill: nofollow, noarchive"], ["newsmill: nofollow, noarchive"], id="two for us"),
        pytest.param(["googlebot: noindex", "noarchive"], ["noarchive"], id="several headers, each with its own crawler"),
        pytest.param(["noindex", "noarchive"], ["noindex", "noarchive"], id="several headers"),
        pytest.param(["noarchive", "noarchive"], ["noarchive"], id="twice the same"),
        pytest.param(["unavailable_after: 25 Jun 2027 15:00:00 PST"], ["unavailable_after: 25 Jun 2027 15:00:00 PST"], id="a date"),
        pytest.param(
            ["unavailable_after: Fri, 25 Jun 2027 15:00:00 GMT, noarchive"],
            ["unavailable_after: Fri, 25 Jun 2027 15:00:00 GMT, noarchive"],
            id="a date with a comma",
        ),
        pytest.param(["otherbot: unavailable_after: 25 Jun 2020 15:00:00 PST"], [], id="a date for another"),
        pytest.param(["max-image-preview:none"], [], id="none of the images is not none"),
        pytest.param(["max-snippet: -1, max-video-preview:-1, all, nofollow"], [], id="nothing is reserved"),
        pytest.param(["max-snippet: 20, noindex"], ["max-snippet: 20, noindex"], id="a limit is no crawler"),
        pytest.param(["noai, noimageai"], ["noai, noimageai"], id="noai"),
        pytest.param(["", " , "], [], id="nothing"),
    ],
)
def test_values_of_x_robots_tag_that_are_meant_for_us_are_kept_as_written(headers: list[str], values: list[str]) -> None:
    expected = tuple(Reservation("x-robots-tag", value, "header:x-robots-tag") for value in values)
    assert read(*((TAG, value) for value in headers)) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(meta("robots", "noindex,nofollow"), [("robots", "noindex,nofollow")], id="meta robots"),
        pytest.param(meta("ROBOTS", "NOARCHIVE"), [("robots", "NOARCHIVE")], id="in capitals"),
        pytest.param(meta("newsmill", "none"), [("newsmill", "none")], id="for us"),
        pytest.param(meta("googlebot", "noindex"), [], id="for another"),
        pytest.param(meta("robots", "index, follow, max-image-preview:large, max-snippet:-1"), [], id="nothing is reserved"),
        pytest.param(meta("robots", "max-image-preview:none"), [], id="none of the images is not none"),
        pytest.param(meta("robots", "noai") + meta("robots", "noimageai"), [("robots", "noai"), ("robots", "noimageai")], id="noai"),
        pytest.param(meta("tdm-reservation", "1"), [("tdm-reservation", "1")], id="tdm-reservation"),
        pytest.param(meta("tdm-policy", "https://e.com/p.json"), [("tdm-policy", "https://e.com/p.json")], id="tdm-policy"),
    ],
)
def test_meta_elements_that_are_meant_for_us_are_kept_as_written(head: str, expected: list[tuple[str, str]]) -> None:
    assert read(head=head) == tuple(Reservation(name, value, "meta") for name, value in expected)


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        pytest.param(
            [("TDM-Reservation", "1")], "", [("tdm-reservation", "1", "header:tdm-reservation")], id="the header of tdm-reservation"
        ),
        pytest.param(
            [("tdm-reservation", "0")],
            meta("tdm-reservation", "1"),
            [("tdm-reservation", "0", "header:tdm-reservation")],
            id="the header before the meta element",
        ),
        pytest.param(
            [("tdm-reservation", "1")],
            meta("tdm-policy", "https://e.com/p.json"),
            [("tdm-reservation", "1", "header:tdm-reservation"), ("tdm-policy", "https://e.com/p.json", "meta")],
            id="each from where it is",
        ),
        pytest.param([("Content-Usage", "train-ai=n")], "", [("content-usage", "train-ai=n", "header:content-usage")], id="Content-Usage"),
        pytest.param(
            [("Content-Signal", "ai-train=no, search=yes")],
            "",
            [("content-signal", "ai-train=no, search=yes", "header:content-signal")],
            id="Content-Signal",
        ),
        pytest.param(
            [],
            '<link rel="license" type="application/rsl+xml" href="https://e.com/rsl.xml">',
            [("license", "https://e.com/rsl.xml", "link")],
            id="an RSL licence",
        ),
        pytest.param([], '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', [], id="a licence that grants"),
        pytest.param([("Content-Type", "text/html"), ("Set-Cookie", "tdm-reservation=1")], "", [], id="nothing"),
    ],
)
def test_what_is_said_of_mining_is_kept_with_its_place(
    headers: list[tuple[str, str]], head: str, expected: list[tuple[str, str, str]]
) -> None:
    assert read(*headers, head=head) == tuple(Reservation(*row) for row in expected)


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        pytest.param([(TAG, "noindex, noarchive")], "", ("noindex", "noarchive"), id="both"),
        pytest.param([(TAG, "newsmill: none")], "", ("noindex",), id="none for us"),
        pytest.param([(TAG, "googlebot: none")], "", (), id="none for another"),
        pytest.param([], meta("robots", "noindex nofollow"), ("noindex",), id="parted by a space"),
        pytest.param([], meta("robots", "noimageindex, nosnippet"), (), id="other words"),
        pytest.param([("tdm-reservation", "1")], "", ("tdm_reserved",), id="mining is reserved"),
        pytest.param([("tdm-reservation", "0")], meta("tdm-reservation", "1"), (), id="the header says that it is not"),
        pytest.param([], meta("robots", "noai, noimageai"), ("noai",), id="noai"),
        pytest.param([], meta("robots", "noimageai"), (), id="of images only"),
        pytest.param([("tdm-policy", "https://e.com/noai/noindex/1")], "", (), id="words in an address"),
    ],
)
def test_an_article_is_flagged_and_kept_with_its_text(headers: list[tuple[str, str]], head: str, expected: tuple[str, ...]) -> None:
    plain, got = article(), article(*headers, head=head)
    assert got.flags == (*plain.flags, *expected)
    assert got.text == plain.text
    assert got.reservations == read(*headers, head=head)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("noarchive", True, id="noarchive"),
        pytest.param("noindex", True, id="noindex"),
        pytest.param("none", True, id="none"),
        pytest.param("newsmill: noarchive", True, id="noarchive for us"),
        pytest.param("otherbot: noarchive", False, id="noarchive for another"),
        pytest.param("nosnippet, noai", False, id="other words"),
        pytest.param("max-image-preview: none, nosnippet", False, id="none of the images"),
        pytest.param("unavailable_after: 25 Jun 2026 15:00:00 PST", True, id="a date that has passed"),
        pytest.param("unavailable_after: 25 Jun 2027 15:00:00 PST", False, id="a date to come"),
        pytest.param("unavailable_after: Thu, 25 Jun 2026 15:00:00 GMT, nosnippet", True, id="RFC 822"),
        pytest.param("unavailable_after: Friday, 25-Jun-27 15:00:00 GMT", False, id="RFC 850, to come"),
        pytest.param("unavailable_after: Thursday, 25-Jun-26 15:00:00 GMT", True, id="RFC 850"),
        pytest.param("nosnippet, unavailable_after:2026-06-25T15:00:00+02:00", True, id="ISO 8601"),
        pytest.param("unavailable_after: Wed, Nov 4 2026 10:00:00 GMT", True, id="November begins with no"),
        pytest.param("unavailable_after: 31 Dec 2026 23:00:00 PST", False, id="the zone counts"),
        pytest.param("unavailable_after: 31 Dec 2026 15:00:00 PST", True, id="the zone counts, just passed"),
        pytest.param("unavailable_after: soon", False, id="no date"),
    ],
)
def test_whether_the_text_should_not_be_kept(value: str, expected: bool) -> None:
    assert noarchive(read((TAG, value)), NOW) is expected
    if not value.startswith(("newsmill", "otherbot")):
        assert noarchive(read(head=meta("robots", value)), NOW) is expected


def test_of_metadata_only_the_text_is_gone() -> None:
    whole = article((TAG, "noarchive"))
    bare = metadata_only(whole)
    assert (bare.text, bare.word_count) == (whole.title, 0)
    assert bare.flags == (*whole.flags, "metadata_only")
    assert (bare.summary, bare.published_at, bare.reservations) == (whole.summary, whole.published_at, whole.reservations)
    assert bare.content_hash == whole.content_hash, "a look for changes can still tell"


def test_metadata_only_of_an_article_without_a_title_has_some_text() -> None:
    body = '<html><head><meta property="og:type" content="article"></head><body><p>' + "The bridge stays open. " * 40 + "</p></body></html>"
    whole = article(body=body)
    assert whole.title == ""
    assert metadata_only(whole).text


def test_a_text_from_the_feed_is_reserved_as_its_page_is() -> None:
    hints = Hints(title="Bridge", content="<p>" + "The council keeps the bridge open. " * 40 + "</p>")
    got = article((TAG, "noarchive"), body='<html><head><meta name="robots" content="noai"></head><body></body></html>', hints=hints)
    assert "text_from_feed" in got.flags
    assert flags(got.reservations) == ("noarchive", "noai")
    empty = article((TAG, "noarchive"), body="", hints=hints)
    assert flags(empty.reservations) == ("noarchive",)


def test_what_is_said_to_another_crawler_alone_is_none_of_ours() -> None:
    headers, head = [(TAG, "otherbot: none")], meta("otherbot", "none")
    assert read(*headers, head=head) == ()
    assert len(read(*headers, head=head, token="otherbot")) == 2


def test_a_page_without_an_article_still_fails() -> None:
    with pytest.raises(Failure):
        article((TAG, "noarchive"), body="")


@pytest.mark.parametrize(
    "head",
    [
        meta("robots", "unavailable_after: x" + " " * 500_000 + "y"),
        meta("robots", "unavailable_after: x" + ", " * 250_000 + "y"),
        meta("robots", "max-" + "a" * 500_000),
        meta("robots", "noindex," * 200_000),
        meta("robots", "unavailable_after:" * 50_000),
        "".join(meta("robots", f"noindex, x{n}") for n in range(20_000)),
        meta("tdm-policy", "x" * 1_000_000),
    ],
)
def test_hostile_elements_are_quick_and_few(head: str) -> None:
    tree = html.document_fromstring(f"<html><head>{head}</head></html>")
    began = time.process_time()
    found = reservations([(TAG, ", a:" * 15_000)], tree, "newsmill")
    assert not noarchive(found, NOW) or "noindex" in head
    assert time.process_time() - began < 1
    assert len(found) <= MAX_FOUND
    assert all(len(row.value) <= 2000 for row in found)
