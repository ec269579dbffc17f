from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.dates.dates import EARLIEST, parse_date

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # RFC 822, 2822, 850, ctime
        ("Mon, 06 May 2024 12:30:00 GMT", "2024-05-06 12:30"),
        ("Mon, 06 May 2024 12:30:00 +0200", "2024-05-06 10:30"),
        ("Mon, 06 May 2024 12:30:00 -0500 (EST)", "2024-05-06 17:30"),
        ("06 May 24 12:30 EST", "2024-05-06 17:30"),
        ("Monday, 06-May-24 12:30:00 UTC", "2024-05-06 12:30"),
        ("Mon May  6 12:30:00 2024", "2024-05-06 12:30"),
        ("Mon May  6 12:30:00 CEST 2024", "2024-05-06 10:30"),
        ("Mon May  6 12:30:00 +0200 2024", "2024-05-06 10:30"),
        ("Mon, 06 May 2024", "2024-05-06 00:00"),
        ("Mon, 06 May 2024 23:59:60 GMT", "2024-05-06 23:59:59"),
        ("Mon, 06 May 2024 24:00:00 GMT", "2024-05-07 00:00"),
        # Names and shapes of zones
        ("Mon, 06 May 2024 12:30:00 CEST", "2024-05-06 10:30"),
        ("Mon, 06 May 2024 12:30:00 IST", "2024-05-06 07:00"),
        ("Mon, 06 May 2024 12:30:00 JST", "2024-05-06 03:30"),
        ("Mon, 06 May 2024 12:30:00 GMT+0200", "2024-05-06 10:30"),
        ("Mon, 06 May 2024 12:30:00 UTC-3", "2024-05-06 15:30"),
        ("Mon, 06 May 2024 12:30:00 Mission/Control", "2024-05-06 12:30"),
        # ISO 8601 and the W3C profile
        ("2024-05-06T12:30:00Z", "2024-05-06 12:30"),
        ("2024-05-06t12:30:00.123456789+02:00", "2024-05-06 10:30"),
        ("2024-05-06 12:30", "2024-05-06 12:30"),
        ("2024-05-06T12:30+02", "2024-05-06 10:30"),
        ("2024-05-06T12:30:00 −0130", "2024-05-06 14:00"),
        ("2024-05-06", "2024-05-06 00:00"),
        ("2024-05", "2024-05-01 00:00"),
        ("20240506T123000Z", "2024-05-06 12:30"),
        ("20240506123000", "2024-05-06 12:30"),
        # Epoch
        ("1715000000", "2024-05-06 12:53:20"),
        ("1715000000123", "2024-05-06 12:53:20"),
        ("1715000000.5", "2024-05-06 12:53:20"),
        # As people write
        ("May 6, 2024 12:30 PM EDT", "2024-05-06 16:30"),
        ("May 6th, 2024 at 9:05 p.m. PDT", "2024-05-07 04:05"),
        ("May 6, 2024 12:05 AM", "2024-05-06 00:05"),
        ("05/06/2024 03:04 PM", "2024-05-06 15:04"),
        ("25/04/2024 10:00", "2024-04-25 10:00"),
        ("04/25/2024 10:00", "2024-04-25 10:00"),
        ("06.05.2024, 12:30 Uhr", "2024-05-06 12:30"),
        ("6. Mai 2024, 12:30 Uhr", "2024-05-06 12:30"),
        ("Montag, 4. März 2024", "2024-03-04 00:00"),
        ("6 mai 2024 à 12h30", "2024-05-06 12:30"),
        ("mar. 5 mars 2024 10:00", "2024-03-05 10:00"),
        ("mar, 5 feb. 2024 10:00", "2024-02-05 10:00"),
        ("12 août 2023", "2023-08-12 00:00"),
        ("6 de mayo de 2024", "2024-05-06 00:00"),
        ("6 мая 2024, 12:30", "2024-05-06 12:30"),
        ("9 май 2024", "2024-05-09 00:00"),
        ("6 Mayıs 2024 12:30", "2024-05-06 12:30"),
        ("6 września 2023", "2023-09-06 00:00"),
        ("2024年5月6日 12:30", "2024-05-06 12:30"),
        ("2024年5月6日(月) 12時30分", "2024-05-06 12:30"),
        ("2024. 05. 06. (월) 오후 8:21", "2024-05-06 20:21"),
        ("6 أيار 2024 8:21 م", "2024-05-06 20:21"),
        ("6 Μαΐ 2024 8:21 μμ", "2024-05-06 20:21"),
        # Times with dots, and with a blank beside their letter
        ("Mon, 06 May 2024 20.21.00 +0100", "2024-05-06 19:21"),
        ("6. toukokuuta 2024 klo 20.21", "2024-05-06 20:21"),
        ("6.5.2024 klo 20.21", "2024-05-06 20:21"),
        ("6 mai 2024 à 20 h 21 min", "2024-05-06 20:21"),
        # As programs write
        ("06/May/2024:20:21:00 +0100", "2024-05-06 19:21"),
        ("/Date(1715000000000)/", "2024-05-06 12:53:20"),
        ("2024-W19-1", "2024-05-06 00:00"),
        ("20240506 10:44", "2024-05-06 10:44"),
        ("2024-05-06T10:44:00&#43;02:00", "2024-05-06 08:44"),
        ("2024-05-06 10:44:00 –0200", "2024-05-06 12:44"),
        ("2024-05-06 10:44:00 +0200 CEST m=+0.1", "2024-05-06 08:44"),
        ("Mon, 06 May 2024 20:21:00 PM", "2024-05-06 20:21"),
        ("Mon, 06 May 2024 00:21:00 PM", "2024-05-06 12:21"),
        ("05/17/23 8:21 PM", "2023-05-17 20:21"),
        ("Wed, 17/05/23", "2023-05-17 00:00"),
        ("2024년 5월 6일 12:30", "2024-05-06 12:30"),
    ],
)
def test_dates_of_the_web_are_read_in_utc(text, moment):
    found = parse_date(text, now=NOW)
    assert found is not None
    assert found.replace(microsecond=0) == utc(moment)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(("text", "language"), [("17.05.23 20:21", "de-DE"), ("17/05/23 20h21", "fr")])
def test_a_short_year_is_read_where_the_language_tells_the_order(text, language):
    assert parse_date(text, now=NOW, language=language) == utc("2023-05-17 20:21")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "n/a",
        "2024",
        "12:30",
        "2024-02-31",
        "2024-05-06T25:00:00Z",
        "31 June 2023",
        "05/04/2024",  # May or April?
        "17/05/23",  # of 2023 or 2017?
        "18.03.23 10:00",
        "1970-01-01T00:00:00Z",
        "0000-00-00 00:00:00",
        "2024-06-03",  # two days after now
        "2999-01-01",
        "2024-05-06" + " " * 100,
    ],
)
def test_what_names_no_believable_moment_is_none(text):
    assert parse_date(text, now=NOW) is None


def test_a_clock_that_is_some_hours_ahead_is_believed():
    assert parse_date("2024-06-01T20:00:00Z", now=NOW) == utc("2024-06-01 20:00")


pieces = st.sampled_from(
    ["May", "mar.", "6", "2024", "24", "12:30", "99:99", "+9999", "-0", "CEST", "GMT+2", "T", "Z", "/", ".", "-", ",", "PM", "年", "²", "٣"]
)


@given(st.text(max_size=110) | st.lists(pieces, max_size=8).map(" ".join) | st.lists(pieces, max_size=8).map("".join))
def test_parsing_never_raises_and_stays_in_range(text):
    found = parse_date(text, now=NOW)
    assert found is None or (EARLIEST <= found <= NOW + timedelta(days=1) and found.tzinfo is UTC)


@given(st.datetimes(EARLIEST.replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)))
def test_what_we_write_we_read(moment):
    assert parse_date(moment.isoformat(), now=NOW).replace(microsecond=0) == moment.replace(microsecond=0)
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S GMT"), now=NOW) == moment.replace(microsecond=0)
