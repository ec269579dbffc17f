"""Dates of a job are judged by the time of Postgres, which the job carries, whatever the clock of its worker says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from pipeline.feeds.formats.parse import parse
from pipeline.jobs import ExtractJob, FeedHints, Page
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.dates.judged_at import judged_at
from pipeline.settings import Settings
from pipeline.steps.extraction import extract_page
from tests.extract.boilerplate import story
from tests.extract.pages import page as html

DAY = datetime(2041, 3, 5, 12, tzinfo=UTC)  # for a worker whose clock is of today it lies in the future
URL = "https://paper.test/story"


def test_a_date_is_judged_by_the_moment_of_the_job() -> None:
    assert parse_date(DAY.isoformat()) is None
    with judged_at(DAY + timedelta(hours=1)):
        assert parse_date(DAY.isoformat()) == DAY
        with judged_at(DAY - timedelta(days=3)):
            assert parse_date(DAY.isoformat()) is None
    assert parse_date(DAY.isoformat()) is None


def test_so_is_the_date_of_an_entry() -> None:
    feed = f"<rss><channel><item><link>{URL}</link><pubDate>{DAY:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item></channel></rss>"
    for now in (DAY, DAY - timedelta(days=3)):  # what lies ahead has the time of reading
        with judged_at(now):
            assert [entry.published for entry in parse(feed.encode(), url=URL).entries] == [now]


@pytest.mark.parametrize(("now", "published"), [(DAY, DAY), (DAY - timedelta(days=3), None)])
def test_so_is_the_date_of_a_page(now: datetime, published: datetime | None) -> None:
    head = f'<meta property="article:published_time" content="{DAY.isoformat()}">'
    body = html(tuple(story(1)), title="Story of the harbour").replace("</head>", f"{head}</head>")
    page = Page(URL, URL, 200, {"content-type": "text/html"}, (), body.encode(), now)
    job = ExtractJob(1, uuid4(), URL, b"x" * 32, 1, page, FeedHints(), "w", now)
    assert extract_page(job, Settings()).article.published_at == published
