"""Dates with the month as a word: each month of each language that news is written in, in the orders and manners of feeds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import babel
import pytest
from babel import Locale
from babel.dates import format_date

from pipeline.normalise.dates import date_words
from pipeline.normalise.dates.date_words import fold, is_day_first, months_in, weekdays_in
from pipeline.normalise.dates.dates import parse_date
from tests.conformance import cldr_names
from tests.support.tables import failing_rows

NOW = datetime(2024, 6, 1, tzinfo=UTC)
DAYS = [date(2023, month, day) for month in range(1, 13) for day in (7 if month % 2 else 17, 31) if day < 31 or month in (1, 5, 8, 12)]
FILE = Path(date_words.__file__).with_name("date-names.txt")


def written(day: date, locale: Locale) -> dict[str, datetime]:
    """The day as programs write it that know the language, and the moment that each means."""
    weekday, month = day.weekday(), day.month
    names, days = locale.months["format"], locale.days["format"]
    at, midnight = datetime(day.year, day.month, day.day, 21, 34, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {
        f"{days['abbreviated'][weekday]}, {day.day:02} {names['abbreviated'][month]} {day.year} 21:34:00 +0000": at,
        f"{days['abbreviated'][weekday].rstrip('.')} {day.day} {names['abbreviated'][month].rstrip('.').upper()} {day.year} 21:34 GMT": at,
        f"{days['wide'][weekday].title()} {day.day}. {names['wide'][month].title()} {day.year}, 21:34": at,
        f"{names['wide'][month]} {day.day}, {day.year} 21:34": at,
        **{format_date(day, length, locale): midnight for length in ("medium", "long", "full")},
    }


@pytest.mark.parametrize("code", sorted(date_words._PRESS))
def test_a_date_in_words_is_read_by_the_language_of_its_feed_and_never_wrongly_without(code: str) -> None:
    locale = cldr_names.alone(code)
    for day in DAYS:
        for text, moment in written(day, locale).items():
            assert parse_date(text, now=NOW, language=f"{code}-XX") == moment, text
            for other in ("", "en-US"):
                assert parse_date(text, now=NOW, language=other) in (moment, None), text


@pytest.mark.parametrize("language", ["", "en", "fi", "hr", "ro", "vi", "ar", "st", "teo", "bas", "nonsense"])
def test_english_is_read_whatever_language_is_declared(language: str) -> None:
    def check(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        assert parse_date(f"{day:%a, %d %b %Y} 10:00:00 GMT", now=NOW, language=language) == moment

    assert failing_rows(DAYS, check, str) == {}


@pytest.mark.slow
@pytest.mark.skipif(f"Babel {babel.__version__} " not in FILE.read_text(encoding="utf-8")[:200], reason="the names are of another Babel")
def test_the_file_of_names_is_what_cldr_says() -> None:
    assert FILE.read_text(encoding="utf-8").splitlines() == cldr_names.lines()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        # cut short and inflected
        ("Ke, 30 Lok 2013", "", "2013-10-30"),
        ("17 Tammik 2023", "fi", "2023-01-17"),
        ("17 Aou 2023", "fr", "2023-08-17"),
        ("2023. gada 17. janvārī", "lv", "2023-01-17"),
        ("2023(e)ko urtarrilaren 17(a)", "eu", "2023-01-17"),
        ("17 červenci 2023", "cs", "2023-07-17"),
        # the order of year, month and day
        ("2023. január 17.", "hu", "2023-01-17"),
        ("2023 m. sausio 17 d.", "", "2023-01-17"),
        ("17 de enero del 2023", "", "2023-01-17"),
        ("enero 17 de 2023", "", "2023-01-17"),
        ("enero 17, 2023", "", "2023-01-17"),
        # names that are two things
        ("mar. 17 janv. 2023", "", "2023-01-17"),
        ("mar, 17 ene 2023", "", "2023-01-17"),
        ("mar., 17 ian. 2023", "ro", "2023-01-17"),
        ("mar., 14 mar. 2023", "ro-RO", "2023-03-14"),
        ("mar., 17 ian. 2023", "", None),
        ("mer, 17 unheardof 2023", "", None),
        ("Sen, 16 Jan 2023", "id", "2023-01-16"),
        ("sub, 14 listopada 2023", "hr", "2023-10-14"),
        ("17. listopada 2023", "hr_HR", "2023-10-17"),
        ("17 listopada 2023", "pl", "2023-11-17"),
        ("17. listopada 2023", "", None),
        ("17 lip 2023", "hr", "2023-06-17"),
        ("17 lip 2023", "pl", "2023-07-17"),
        ("fre, 13 des 2023", "", "2023-12-13"),
        # numbered months
        ("14 tháng 11, 2023", "vi", "2023-11-14"),
        ("ngày 14 tháng 11 năm 2023", "", "2023-11-14"),
        ("14 Tháng Mười Một 2023", "", "2023-11-14"),
        ("火, 14 11月 2023", "", "2023-11-14"),
        ("2023年11月14日", "", "2023-11-14"),
        ("2023년 11월 14일", "", "2023-11-14"),
        ("2023 оны 11-р сарын 14", "mn", "2023-11-14"),
        # other scripts and digits
        ("14 نوفمبر 2023", "", "2023-11-14"),
        ("١٤ تشرين الثاني ٢٠٢٣", "ar", "2023-11-14"),
        ("۱۴ نوامبر ۲۰۲۳", "fa", "2023-11-14"),
        ("१४ नवंबर २०२३", "hi", "2023-11-14"),
        ("১৪ নভেম্বর ২০২৩", "", "2023-11-14"),
        ("17 בינואר 2023", "he", "2023-01-17"),
        ("14 พฤศจิกายน 2023", "", "2023-11-14"),
        # other calendars
        ("14 พ.ย. 2566", "th", "2023-11-14"),
        ("14 November 2566", "", "2023-11-14"),
        ("2566-11-14", "", "2023-11-14"),
        ("۲۳ آبان ۱۴۰۲", "fa", "2023-11-14"),
        ("1402/08/23", "", "2023-11-14"),
        ("1399/12/30", "", "2021-03-20"),
        ("1402/12/30", "", None),
        ("令和5年11月14日", "ja", "2023-11-14"),
        ("令和元年5月1日", "ja", "2019-05-01"),
        ("民國112年11月14日", "zh", "2023-11-14"),
    ],
)
def test_a_date_is_read_as_its_language_means_it(text: str, language: str, day: str | None) -> None:
    found = parse_date(text, now=NOW, language=language)
    assert (f"{found:%Y-%m-%d}" if found else None) == day


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Thu, 10/05/2023 - 10:44", "", "2023-10-05"),
        ("Wed, 10/05/2023 - 10:44", "", "2023-05-10"),
        ("Thursday 10/05/2023", "", "2023-10-05"),
        ("Jue, 10/05/2023 - 10:44", "", "2023-10-05"),
        ("10/05/2023 jeudi", "fr", "2023-10-05"),
        ("Mi, 10/05/2023", "de", "2023-05-10"),
        ("Thứ Năm, 10/05/2023", "vi", "2023-10-05"),
        ("Thứ Tư, 10/05/2023", "", "2023-05-10"),
        ("Wed, 10/05/2023 10:44 PM", "", "2023-05-10"),
        ("Fri, 10/05/2023", "", None),
        ("Wed, 10-05-2023", "", "2023-05-10"),
        ("Thu, 10-05-2023", "", "2023-10-05"),
        ("10/05/2023", "", None),
        ("10/05/2023", "en", None),
        ("10/05/2023", "en-US", None),
        ("10/05/2023", "en-GB", "2023-05-10"),
        ("10/05/2023", "fr", "2023-05-10"),
        ("10/05/2023", "pt_BR", "2023-05-10"),
        ("10.05.2023", "", "2023-05-10"),
    ],
)
def test_the_weekday_and_then_the_language_decide_between_day_and_month(text: str, language: str, day: str | None) -> None:
    found = parse_date(text, now=NOW, language=language)
    assert (f"{found:%Y-%m-%d}" if found else None) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sat, 18 Mar 2023 20:21:00 America/Los_Angeles", "2023-03-19 03:21"),
        ("Sat, 18 Feb 2023 20:21:00 america/los_angeles", "2023-02-19 04:21"),
        ("2023-03-18T20:21:00[Europe/Berlin]", "2023-03-18 19:21"),
        ("2023-03-18T20:21:00+01:00[Europe/Berlin]", "2023-03-18 19:21"),
        ("2023-07-18 20:21 (Asia/Kolkata)", "2023-07-18 14:51"),
        ("Sat Mar 18 20:21:00 America/Argentina/Buenos_Aires 2023", "2023-03-18 23:21"),
        ("Sat, 18 Mar 2023 20:21:00 Etc/UTC", "2023-03-18 20:21"),
        ("Sat, 18 Mar 2023 20:21:00 Mars/Olympus", "2023-03-18 20:21"),
        ("Sat, 18 Mar 2023 20:21:00 ../../etc/passwd", "2023-03-18 20:21"),
        ("July 18, 2023 8:21 pm ET", "2023-07-19 00:21"),
        ("January 18, 2023 8:21 pm ET", "2023-01-19 01:21"),
        ("18 Mar 2023 20:21:00 Pacific Daylight Time", "2023-03-19 03:21"),
        ("18 Mar 2023 20:21:00 Central European Summer Time", "2023-03-18 18:21"),
        ("18 Mar 2023 20:21:00 GMT+0100 (Central European Standard Time)", "2023-03-18 19:21"),
        ("18 Mar 2023 20:21:00 Coordinated Universal Time", "2023-03-18 20:21"),
        ("18 de marzo de 2023 8:21 p. m.", "2023-03-18 20:21"),
        ("2023年3月18日 午後8:21", "2023-03-18 20:21"),
        ("18 مارس 2023 8:21 مساءً", "2023-03-18 20:21"),
    ],
)
def test_a_zone_may_be_a_place_or_a_name_in_full(text: str, moment: str) -> None:
    assert parse_date(text, now=NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_what_is_in_no_language_is_no_name() -> None:
    assert (months_in("nothing at all", "xx"), weekdays_in("nothing at all", "xx"), is_day_first("xx")) == ([], frozenset(), False)
    assert months_in(fold("Le 14 juillet"), "fr")[0].number == 7
