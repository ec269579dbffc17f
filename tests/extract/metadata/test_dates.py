"""Which of the dates on a page is that of its publication, and what the publisher's clock showed then."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.metadata.dates import published
from pipeline.extract.model import Hints
from pipeline.extract.structured_data.page_statements import gather
from pipeline.normalise.dates.date_precision import DateContext
from pipeline.normalise.dates.date_precision import published as choose
from tests.extract.pages import ENGLISH, ld, page

URL = "https://www.harbourpost.example/bridge.html"
NOON = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)


def found(html: str, url: str = URL, hints: Hints | None = None) -> tuple[str, str, int | None] | None:
    got = published(gather(parse(Page(url, html.encode(), "text/html; charset=utf-8")), hints or Hints()))
    return got and (got.at.strftime("%Y-%m-%d" if got.day_only else "%Y-%m-%dT%H:%M"), got.source, got.offset_min)


@pytest.mark.parametrize(
    ("stated", "shown", "context", "offset_min"),
    [
        (["2026-03-03T13:30:00+01:00"], [], DateContext(), 60),
        (["2026-03-03T12:30:00Z"], [], DateContext(), 0),
        (["2026-03-03T12:30:00Z", "Tue, 03 Mar 2026 18:00:00 +0530"], [], DateContext(), 330),  # the same instant elsewhere
        (["2026-03-03T12:30:00Z"], ["2026-03-03 04:30:00"], DateContext(), -480),  # the same clock face without a zone
        (["2026-03-03T12:30:00Z"], ["2026-03-03 09:17:00"], DateContext(), 0),  # another moment
        (["2026-03-03T12:30:00Z"], [], DateContext(modified=("2026-03-04T09:00:00-05:00",)), -300),
        (["2026-03-03T02:30:00Z"], [], DateContext(address_day=date(2026, 3, 2)), -180),  # the least that makes it the day in the address
        (["2026-03-03T12:30:00Z"], [], DateContext(address_day=date(2026, 3, 3)), 0),
        (["2026-03-03T12:30:00"], [], DateContext(), None),  # no zone at all
        (["2026-03-03"], [], DateContext(), None),
    ],
)
def test_the_publishers_clock(stated: list[str], shown: list[str], context: DateContext, offset_min: int | None) -> None:
    got = choose([("meta", text) for text in stated], [("time", text) for text in shown], context)
    assert got is not None
    assert got.offset_min == offset_min


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ('<p>Updated <time class="updated" datetime="2026-08-01T12:00Z"></time>, published <time datetime="2026-03-03T12:30Z"></time></p>', "2026-03-03T12:30"),
        ('<div class="ticker"><ul><li><time datetime="2026-08-01T12:00Z"></time></li></ul></div><time datetime="2026-03-03T12:30Z"></time>', "2026-03-03T12:30"),
        ('<div class="comments"><time datetime="2026-08-01T12:00Z"></time></div><p>3. März 2026, 12:30 Uhr</p>', "2026-03-03T12:30"),
        ("<div class='x1'>6 พฤษภาคม 2567</div>", "2024-05-06"),
        ("<p>By Mira Halloran | March 3, 2026</p>", "2026-03-03"),
        ("<p>Harbour Wire<br>3 Mar 2026, 12:30 GMT</p>", "2026-03-03T12:30"),
        ('<div class="meta"><span data-posted-date="2026-03-03 14:30:00 +0200"></span><span>2026-03-03 14:30:00</span></div>', "2026-03-03T12:30"),
        ("<p>19.1.26, 10:00-11:30 Uhr</p><p>3. März 2026, 12:30 Uhr</p>", "2026-03-03T12:30"),  # when something takes place
        (
            '<div class="comment-count"><time datetime="2026-03-03T12:30Z"><a href="/bridge.html">3/3/26</a></time></div>'
            '<time datetime="2026-08-01T12:00Z"><a href="/ferry.html">1/8/26</a></time><time datetime="2026-08-02T12:00Z"></time>',
            "2026-03-03T12:30",
        ),
    ],
)  # fmt: skip
def test_the_time_that_is_shown_for_the_article(top: str, expected: str) -> None:
    got = found(page(top=top))
    assert got
    assert got[0] == expected


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([{"@type": "WebPage", "datePublished": "2026-03-03T12:30:00+01:00"}], ("2026-03-03T11:30", "json-ld", 60)),
        ([{"@type": "SocialMediaPosting", "datePublished": "2026-03-03T12:30:00Z"}], ("2026-03-03T12:30", "json-ld", 0)),
        ([{"@type": "Article", "headline": "x"}, {"@type": "WebPage", "datePublished": "2026-03-03T12:30:00Z"}], ("2026-03-03T12:30", "json-ld", 0)),
        ([{"@type": "WebPage", "datePublished": "2026-03-03"}, {"@type": "WebPage", "datePublished": "2026-03-04"}], ("2026-03-03", "htmldate", None)),
        ([{"@type": "VideoObject", "datePublished": "2026-03-03"}], ("2026-03-03", "htmldate", None)),
    ],
)  # fmt: skip
def test_where_no_article_states_a_date_the_node_of_the_page_does(nodes: list[dict[str, str]], expected: object) -> None:
    assert found(page(head="".join(map(ld, nodes)))) == expected


@pytest.mark.parametrize(
    ("stated", "at", "offset_min"),
    [
        (["2026-07-03T12:30:00Z", "2026-07-03T12:30:00-05:00"], "17:30", -300),  # local time stated as UTC
        (["2026-07-03T12:30:00-05:00", "2026-07-03T12:30:00Z"], "17:30", -300),
        (["2026-07-03T12:30:00+01:00", "2026-07-03T12:30:00Z"], "11:30", 60),
        (["2026-03-03T12:30:00-04:00", "2026-03-03T17:30:00Z"], "17:30", -300),  # summer time in winter
        (["2026-07-03T12:30:00-04:00", "2026-07-03T14:10:00Z"], "16:30", -240),  # another moment
    ],
)
def test_a_wrong_offset_is_shown_by_another_text_of_the_page(stated: list[str], at: str, offset_min: int) -> None:
    got = choose([("meta", text) for text in stated], [], DateContext())
    assert got is not None
    assert (got.at.strftime("%H:%M"), got.offset_min) == (at, offset_min)


@pytest.mark.parametrize(
    "html",
    [
        page(top="<p>Published 03/04/2024</p>"),
        page((*ENGLISH, "Founded in 2013, the harbour works have mended four bridges.")),
        page() .replace("</footer>", "<p>© 2013</p></footer>"),
        page().replace("</main>", '<ol id="comments"><li class="comment"><time datetime="2026-05-09T10:00:00Z">9 May 2026</time></li></ol></main>'),
    ],
)  # fmt: skip
def test_no_date_where_the_page_tells_none(html: str) -> None:
    assert found(html) is None


def test_an_address_with_a_day_goes_before_a_time_of_another_week() -> None:
    dated = "https://www.harbourpost.example/2026/03/03/bridge"
    assert found(page(top='<time datetime="2013-05-01T10:00Z"></time>'), dated) == ("2026-03-03", "url", None)
    assert found(page(top='<time datetime="2026-03-03T10:00Z"></time>'), dated) == ("2026-03-03T10:00", "time", 0)
    assert found(page(), "https://www.harbourpost.example/articles/194709-13-ways") is None


def test_what_the_sites_own_feed_says_goes_before_what_is_only_shown() -> None:
    shown = '<time datetime="2026-03-01T10:00Z"></time>'
    assert found(page(top=shown), hints=Hints(published=NOON)) == ("2026-03-03T12:30", "feed", None)
    assert found(page(top=shown, head=ld({"@type": "Article", "datePublished": "2026-03-01T10:00Z"})), hints=Hints(published=NOON)) == (
        "2026-03-01T10:00",
        "json-ld",
        0,
    )
