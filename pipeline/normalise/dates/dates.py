"""Read dates as feeds and pages write them, as moments in UTC.

Understood are RFC 822 and 2822 with zone names, RFC 850, ctime, ISO 8601 and the W3C profile, epoch seconds and milliseconds, numeric
dates with the year or the day first, and dates with a month's name in any language of CLDR. An ambiguous numeric date (03/04/2024) is
read as the weekday beside it, the language, or AM and PM indicate; otherwise it is None, because a wrong date is worse than none.
"""

from __future__ import annotations

import calendar
import html
import re
from datetime import UTC, datetime, timedelta

from pipeline.normalise.dates.calendars import gregorian, without_eras
from pipeline.normalise.dates.date_words import Month, fold, is_day_first, months_in, weekdays_in
from pipeline.normalise.dates.judged_at import judging_moment
from pipeline.normalise.dates.zones import zone_at

MAX_CHARS = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
DAY_AND_YEAR = 2  # numbers beside the name of a month
TOLERANCE = timedelta(days=1)  # clocks and zones are wrong by hours, not by days

_EPOCH = re.compile(r"(?:/?date\()?(\d{10})(?:\d{3})?(?:\.\d+)?(?:\)/?)?")  # Date(…) is written by old .NET interfaces
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[t ]?(\d\d):?(\d\d)(?::?(\d\d))?)?(?=z|[+-]|\s|$)")
_WEEK = re.compile(r"(\d{4})-?w(\d\d)-?([1-7])(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])\s?(\d{1,2})(?:\2\s?(\d{1,2}))?(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<![\d.:])(\d{1,2})([-/.])(\d{1,2})\2(\d{2})(?![\d.:])")
_HALF = r"(?!\d)\s*(?:([ap])\.?\s?m\b\.?)?"
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:.]|\s?h\s?)(\d{2})(?::(\d{2})(?:[.,:]\d+)?)?" + _HALF)
_CLOCK_END = re.compile(r"(?:\d(?::|\s?h\s?)\d{2}(?::\d{2}(?:[.,:]\d+)?)?|\d{8}[t ]?\d{4}(?:\d\d)?)(?!\d)\s*(?:[ap]\.?\s?m\b\.?)?")
# Next to a month's name, 5.10 is a time only after the year.
_TIME_BESIDE_WORDS = re.compile(r"(?<!\d)(\d{1,2})(?::|\s?h\s?)(\d{2})(?::(\d{2})(?:[.,:]\d+)?)?" + _HALF)
_TIME_WITH_DOTS = re.compile(r"\d{4}[^\d]{1,15}(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![.\d])" + _HALF)
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_PARTICLES = frozenset({"st", "nd", "rd", "th", "de", "del", "of", "the", "er", "o", "a"})  # between day and year
# AM and PM in other languages that put them where English does.
_HALVES = {"am": ("午前", "上午", "오전", "π.μ.", "π.μ", "πμ", "صباحا"), "pm": ("午後", "下午", "오후", "μ.μ.", "μ.μ", "μμ", "مساء")}
_ARABIC_HALF = re.compile(r"(?<=\d)\s?([صم])(?!\w)")
_HALF_BEFORE = re.compile(r"([ap])m\s?(\d{1,2}[:h]\d{2}(?::\d{2})?)")


def parse_date(text: str | None, *, now: datetime | None = None, language: str = "") -> datetime | None:
    """The moment that `text` names, in UTC; None if it names none, or one before 1990 or more than a day after `now` (default: the job's
    time, `judged_at`). `language` is the declared one of the document.

    A date without zone is read as UTC, one without time as midnight. Never raises.
    """
    moment = parse_local(text, now=now, language=language)
    return moment.astimezone(UTC) if moment else None


def parse_local(text: str | None, *, now: datetime | None = None, language: str = "") -> datetime | None:
    """`parse_date`, but in the zone that the text names; UTC if it names none (`names_zone`)."""
    if not text or len(text) > MAX_CHARS:
        return None
    try:
        folded = _folded(text)
        moment = _epoch(folded) or _written(folded, language)
        latest = (now or judging_moment()).astimezone(UTC) + TOLERANCE
    except (ValueError, OverflowError):  # the 31st of February, the 25th hour
        return None
    return moment if moment and EARLIEST <= moment <= latest else None


def names_zone(text: str) -> bool:
    """Whether a date that `parse_date` can read names its zone, so that UTC need not be assumed."""
    folded = _folded(text[:MAX_CHARS])
    if _EPOCH.fullmatch(folded):
        return True
    time = _CLOCK_END.search(folded)
    return time is not None and zone_at(folded[time.end() :])[0] is not None


def _folded(text: str) -> str:
    if "&#" in text:  # escaped twice
        text = html.unescape(text)
    if text.isascii():
        return fold(text)
    text = _ARABIC_HALF.sub(lambda match: " am" if match[1] == "ص" else " pm", text)
    return _HALF_BEFORE.sub(r"\2 \1m", _halves(fold(without_eras(text))))


def _halves(text: str) -> str:
    """Replace AM and PM of other languages by the English ones."""
    for half, words in _HALVES.items():
        for word in words:
            text = text.replace(word, half)
    return text


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _written(text: str, language: str) -> datetime | None:
    match = _COMPACT.match(text)
    if match:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return _moment((year, month, day), (hour, minute, second), text[match.end() :])
    time = None
    date: tuple[int, int, int] | None
    if match := _WEEK.match(text):
        found = datetime.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))
        date, rest = (found.year, found.month, found.day), text[match.end() :].lstrip("t ,-")
        time = _TIME.match(rest)
    elif match := _YEAR_FIRST.search(text):
        date = int(match[1]), int(match[3]), int(match[4] or 1)
        rest = text[match.end() :].lstrip("t ,-")
        time = _TIME.match(rest) or _TIME.search(rest)
    elif match := _DAY_FIRST.search(text):
        rest = text[: match.start()] + " " + text[match.end() :]
        time = _TIME.search(rest)
        date = _in_order(match, rest, american=bool(time and time[4]), language=language)
    else:
        rest = text
        time = _TIME_BESIDE_WORDS.search(text) or _TIME_WITH_DOTS.search(text)
        date = _named_month(f"{text[: time.start(1)]} {zone_at(text[time.end() :])[1]}" if time else text, language)
        if date is None and (match := _SHORT_YEAR.search(text)):
            date = _in_short(match, text, american=bool(time and time[4]), language=language)
    if date is None:
        return None
    if time is None:
        return _moment(date, (0, 0, 0), "")
    return _moment(date, _clock(time), rest[time.end() :])


def _in_order(match: re.Match[str], beside: str, *, american: bool, language: str) -> tuple[int, int, int] | None:
    """Year, month and day of `10/05/2023`, by the weekday beside it, else by local custom; None if nothing decides."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    day_first, month_first = (year, second, first), (year, first, second)
    if match[2] == "." or first > 12 or first == second:
        return day_first
    if second > 12:
        return month_first
    if weekdays := weekdays_in(beside, language):
        fitting = [date for date in (day_first, month_first) if calendar.weekday(*gregorian(*date)) in weekdays]
        if len(fitting) == 1:
            return fitting[0]
    if american:
        return month_first
    return day_first if match[2] == "-" or is_day_first(language) else None


def _in_short(match: re.Match[str], beside: str, *, american: bool, language: str) -> tuple[int, int, int] | None:
    """Year, month and day of `10/05/23`, which can mean three dates: decided only by the weekday, the language, or AM and PM."""
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    day_first, month_first = (_full_year(match[4]), second, first), (_full_year(match[4]), first, second)
    if weekdays := weekdays_in(beside, language):
        orders = {day_first, month_first, (_full_year(f"{first:02}"), second, third)}
        fitting = [date for date in orders if _is_day(*date) and calendar.weekday(*date) in weekdays]
        return fitting[0] if len(fitting) == 1 else None
    return month_first if american and match[2] == "/" else day_first if is_day_first(language) else None


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _named_month(text: str, language: str) -> tuple[int, int, int] | None:
    """Year, month and day of `5 May 2024`, `May 5th, 2024`, `Sun May 5 2024`, `Sunday, 05-May-24`, `2024. május 5.`. If several words may
    be months (`mar.` is also a Tuesday), the last one with a day and a year in the right places counts."""
    if len(_NUMBER.findall(text)) < DAY_AND_YEAR:  # true of most lines: "5 comments"
        return None
    dates = [date for month in months_in(text, language) if (date := _around(text, month))]
    return dates[-1] if dates else None


def _around(text: str, month: Month) -> tuple[int, int, int] | None:
    before, after = _NUMBER.findall(text[: month.start]), list(_NUMBER.finditer(text, month.end))
    if before and after:
        if len(before[-1]) == 4 and len(after[0][0]) <= 2:
            return int(before[-1]), month.number, int(after[0][0])
        return _full_year(after[0][0]), month.number, int(before[-1])
    if len(before) >= 2 and len(before[-2]) == 4:  # the year before the day
        return int(before[-2]), month.number, int(before[-1])
    if len(after) >= 2:
        # A word between day and year is the month; the word before the day was a weekday.
        between = set(_LETTERS.findall(text[after[0].end() : after[1].start()]))
        return (_full_year(after[1][0]), month.number, int(after[0][0])) if between <= _PARTICLES else None
    return None


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    if len(digits) != 2:
        raise ValueError(digits)
    return year + (2000 if year < 50 else 1900)  # RFC 2822, section 4.3


def _clock(time: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if time[4] and hour <= 12:  # otherwise the hour says it already
        hour = hour % 12 + (12 if time[4] == "p" else 0)
    return hour, minute, second


def _moment(date: tuple[int, int, int], clock: tuple[int, int, int], zone: str) -> datetime:
    hour, minute, second = clock
    midnight_after = clock == (24, 0, 0)  # ISO 8601 may write the end of a day so
    found = zone_at(zone)[0] or UTC
    moment = datetime(*gregorian(*date), 0 if midnight_after else hour, minute, min(second, 59), tzinfo=found)  # 60: a leap second
    return moment + timedelta(days=midnight_after)
