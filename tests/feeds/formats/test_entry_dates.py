from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.formats.entry_dates import Dated, read_date
from pipeline.normalise.dates.dates import names_zone, parse_date
from tests.feeds.documents import only, rss

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
written = st.builds(
    "{}{} {} {} {}:{}:{} {}".format,
    st.sampled_from(["", "Mon, ", "Thu, "]),
    st.integers(0, 32) | st.integers(1, 28).map("{:02}".format),
    st.sampled_from(["Jan", "Feb", "May", "Dec", "Foo"]),
    st.sampled_from([1970, 1989, 1990, 2024, 2026]),
    *[st.integers(0, 61).map("{:02}".format)] * 3,
    st.sampled_from(["GMT", "UTC", "Z", "+0000", "-0330", "+0200", "+1400"]),
) | st.builds(
    "{}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
    st.sampled_from([1970, 1990, 2024, 2026]),
    *[st.integers(0, maximum) for maximum in (13, 32, 25, 61, 61)],
    st.sampled_from(["", ".5", ".123456"]),
    st.sampled_from(["Z", "+00:00", "-03:30", "+14:00"]),
)


@given(written)
def test_the_two_standard_forms_are_read_as_all_others_are(raw: str) -> None:
    moment = parse_date(raw, now=NOW.replace(year=9000))
    found = read_date([("pubdate", raw)], NOW)
    assert found == (Dated(min(moment, NOW), raw, "pubdate", not names_zone(raw)) if moment else Dated(None, raw, "pubdate"))


@pytest.mark.parametrize(
    "raw", ["Mon, 02 Nov 2026 08:00:00 +0100", "2 Nov 2026 07:00:00 GMT", "2026-11-02T08:00:00.25+01:00", "2026-11-02T07:00:00Z"]
)
def test_a_date_is_a_moment_in_utc(raw: str) -> None:
    assert read_date([("pubdate", raw)], NOW) == Dated(datetime(2026, 11, 2, 7, tzinfo=UTC), raw, "pubdate")


def test_the_first_date_that_can_be_read_counts() -> None:
    assert read_date([("pubdate", "soon"), ("dc:date", "2026-11-01")], NOW) == Dated(
        datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01", "dc:date", True
    )


@pytest.mark.parametrize(
    "document",
    [
        rss("<item><pubDate>{}</pubDate></item>", head="<title>T</title><language>hr-HR</language>"),
        rss("<item><dc:language>hr</dc:language><pubDate>{}</pubDate></item>", head="<title>T</title><language>pl</language>"),
        rss("<item><pubDate>{}</pubDate></item>").replace("<rss", '<rss xml:lang="hr"'),
        rss("<item><title>a <b>b</title><pubDate>{}</pubDate></item>", head="<title>T</title><language>hr</language>"),
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="hr"><title>T</title><entry><published>{}</published></entry></feed>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry xml:lang="hr"><published>{}</published></entry></feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "language": "hr", "items": [{"id": "1", "date_published": "{}"}]}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "language": "hr", "date_published": "{}"}]}',
    ],
)
def test_the_language_of_the_feed_or_entry_tells_which_month_is_meant(document: str) -> None:
    assert only(document.replace("{}", "uto, 17. listopada 2023 21:34")).published == datetime(2023, 10, 17, 21, 34, tzinfo=UTC)
