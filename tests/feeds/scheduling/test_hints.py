import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.scheduling.cache_headers import MAX_AGE_CAP_S, max_age_s

DATE = "Mon, 06 May 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=7200"}, 7200),
        ({"cache-control": "max-age=7200", "age": "200"}, 7000),
        ({"cache-control": "max-age=100", "age": "200"}, 0),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "no-cache, max-age=7200"}, None),
        ({"cache-control": "max-age=7200, no-store"}, None),
        ({"cache-control": "no-cache", "expires": "Mon, 06 May 2024 13:00:00 GMT", "date": DATE}, None),
        ({"date": DATE, "expires": "Mon, 06 May 2024 13:00:00 GMT"}, 3600),
        ({"date": DATE, "expires": "Mon, 06 May 2024 13:00:00 GMT", "age": "600"}, 3000),
        ({"date": DATE, "expires": "Mon, 06 May 2024 11:00:00 GMT"}, 0),
        ({"date": DATE, "expires": "Mon, 06 May 2034 12:00:00 GMT"}, MAX_AGE_CAP_S),
        ({"date": DATE, "expires": "Mon, 06 May 2024 13:00:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"expires": "Mon, 06 May 2024 13:00:00 GMT"}, None),
        ({"date": DATE, "expires": "0"}, 0),
        ({"date": DATE, "expires": "-1"}, 0),
        ({"date": DATE, "expires": "soon"}, 0),
        ({"cache-control": 'Max-Age="60"'}, 60),
        ({"cache-control": "MAX-AGE=60.5"}, 60),
        ({"cache-control": "max-age = 60"}, 60),
        ({"cache-control": "max-age=2147483649"}, MAX_AGE_CAP_S),
        ({"cache-control": "max-age=" + "9" * 5000}, MAX_AGE_CAP_S),
        ({"cache-control": "max-age=60, max-age=7200"}, 60),
        ({"cache-control": "s-maxage=7200"}, None),
        ({"cache-control": "max-age"}, None),
        ({"cache-control": "max-age=-5"}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(headers, seconds):
    assert max_age_s(headers) == seconds


values = st.text(max_size=30) | st.sampled_from(["max-age=1", "max-age=²", DATE, "0", "no-cache"])


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age"]), values))
def test_headers_of_any_kind_give_seconds_or_nothing(headers):
    found = max_age_s(headers)
    assert found is None or 0 <= found <= MAX_AGE_CAP_S
