"""Dates as feeds and pages write them, read as moments in UTC.

Understood: RFC 822 and 2822 with zone names, RFC 850, ctime, ISO 8601 and the W3C profile, epoch seconds and milliseconds, year first and
day first in digits, and dates with the month as a word in a dozen languages. A numeric date that can be read two ways (03/04/2024) is read
month first only where AM or PM says that it is American; else it is None, since a wrong date is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

MAX_CHARS = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(days=1)  # clocks and zones are wrong by hours, not by days

# Hours east of Greenwich. Only names that mean one thing in practice, or where one meaning is by far the most frequent in news:
# IST is read as India's, BST as Britain's, CST as America's.
_ZONES: dict[str, float] = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "west", "cet", "met", "mez", "wat"), 1),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "cat", "sast"), 2),
    **dict.fromkeys(("eest", "msk", "eat", "trt", "idt"), 3),
    **dict.fromkeys(("gst", "msd"), 4), "irst": 3.5, "pkt": 5, "ist": 5.5, "npt": 5.75, "bdt": 6, "mmt": 6.5,
    **dict.fromkeys(("wib", "ict"), 7), **dict.fromkeys(("wita", "hkt", "sgt", "myt", "pht", "awst"), 8),
    **dict.fromkeys(("wit", "jst", "kst"), 9), "acst": 9.5, "aest": 10, "acdt": 10.5, "aedt": 11, "nzst": 12, "nzdt": 13,
    "hst": -10, "akst": -9, **dict.fromkeys(("akdt", "pst"), -8), **dict.fromkeys(("pdt", "mst"), -7),
    **dict.fromkeys(("mdt", "cst"), -6), **dict.fromkeys(("cdt", "est", "cot", "pet"), -5), **dict.fromkeys(("edt", "ast", "clt"), -4),
    **dict.fromkeys(("brt", "art", "adt", "clst"), -3), "nst": -3.5, "ndt": -2.5,
}  # fmt: skip

# Accents are folded before the look-up; a longer word also counts by its first letters where the table has them with a dot at the end.
_MONTHS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january jan januar januari janvier janv enero ene gennaio gen janeiro ianuarie stycznia sty января янв січня ocak oca",
            "february feb februar februari fevrier fev fevr febrero febbraio fevereiro februarie lutego lut февраля фев лютого subat sub",
            "march mar marz mrz maart mrt mars marzo marco marts martie marca марта мар березня mart",
            "april apr avril avr abril abr aprile aprilie kwietnia kwi апреля апр квітня nisan nis",
            "may mai mayo maggio mag maio maj maja mei мая май травня mayis",
            "june jun juni juin junio giugno giu junho iunie czerwca cze июня июн червня haziran haz",
            "july jul juli juillet juil julio luglio lug julho iulie lipca lip июля июл липня temmuz tem",
            "august aug aout agosto ago augustus augusti sierpnia sie августа авг серпня agustos agu",
            "september sep sept septembre septiembre settembre set setembro septembrie wrzesnia wrz сентября сен сент вересня eylul eyl",
            "october oct oktober okt octobre octubre ottobre ott outubro out octombrie pazdziernika paz октября окт жовтня ekim eki",
            "november nov novembre noviembre novembro noiembrie listopada lis ноября ноя нояб листопада kasim kas",
            "december dec dezember dez decembre diciembre dic dicembre dezembro decembrie grudnia gru декабря дек грудня aralik ara",
        ),
        start=1,
    )
    for word in words.split()
}

_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?)?(?=z|[+-]|\s|$)")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])\s?(\d{1,2})(?:\2\s?(\d{1,2}))?(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:[.,:]\d+)?)?(?!\d)\s*(?:([ap])\.?m\b\.?)?")
_CLOCK_END = re.compile(r"(?:\d[:h]\d{2}(?::\d{2}(?:[.,:]\d+)?)?|\d{8}t?\d{4}(?:\d\d)?)(?!\d)\s*(?:[ap]\.?m\b\.?)?")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_EAST_ASIAN = str.maketrans({"年": "-", "월": "-", "月": "-", "년": "-", "日": " ", "일": " ", "時": ":", "时": ":"})


def parse_date(text: str | None, *, now: datetime | None = None) -> datetime | None:
    """The moment that `text` names, in UTC; None where it names none, or one before 1990 or more than a day after `now`.

    A date without a zone is read as UTC, one without a time as midnight. Never raises.
    """
    if not text or len(text) > MAX_CHARS:
        return None
    folded = _fold(text)
    try:
        moment = _epoch(folded) or _written(folded)
        latest = (now or datetime.now(UTC)).astimezone(UTC) + TOLERANCE
    except (ValueError, OverflowError):  # the 31st of February, the 25th hour
        return None
    return moment if moment and EARLIEST <= moment <= latest else None


def names_zone(text: str) -> bool:
    """Whether a date that `parse_date` can read says in which zone it is meant, so that UTC did not have to be assumed."""
    folded = _fold(text[:MAX_CHARS])
    if _EPOCH.fullmatch(folded):
        return True
    time = _CLOCK_END.search(folded)
    if time is None:
        return False
    zone, rest = _zone_name(folded[time.end() :])
    return zone in _ZONES or _OFFSET.match(rest.lstrip(" (")) is not None


def _fold(text: str) -> str:
    if text.isascii():
        return text.strip().lower()
    lower = text.strip().lower().translate(_EAST_ASIAN).replace("ı", "i").replace("−", "-")
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c) or c == "\u0306")
    return unicodedata.normalize("NFC", plain)  # the breve stays: it makes й, without which май is not May


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _written(text: str) -> datetime | None:
    match = _COMPACT.match(text)
    if match:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return _moment((year, month, day), (hour, minute, second), text[match.end() :])
    time = None
    if match := _YEAR_FIRST.search(text):
        date = int(match[1]), int(match[3]), int(match[4] or 1)
        rest = text[match.end() :].lstrip("t ,-")
        time = _TIME.match(rest) or _TIME.search(rest)
    elif match := _DAY_FIRST.search(text):
        rest = text[: match.start()] + " " + text[match.end() :]
        time = _TIME.search(rest)
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        american = first <= 12 and (second > 12 or bool(time and time[4]))
        if match[2] == "/" and not american and first <= 12 and first != second:
            return None
        date = (year, first, second) if american and match[2] != "." else (year, second, first)
    else:
        rest = text
        time = re.search(_TIME.pattern.replace("[:.h]", "[:h]"), text)
        named = _named_month(text[: time.start()] + " " + _after_zone(text[time.end() :]) if time else text)
        if named is None:
            return None
        date = named
    if time is None:
        return _moment(date, (0, 0, 0), "")
    return _moment(date, _clock(time), rest[time.end() :])


def _named_month(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of `5 May 2024`, `May 5th, 2024`, `Sun May 5 2024`, `Sunday, 05-May-24`."""
    months = [(match, _MONTHS[match[0]]) for match in _WORD.finditer(text) if match[0] in _MONTHS]
    if not months:
        return None
    word, month = months[-1]  # the last, since `mar.` is also a Tuesday before the day
    before = _NUMBER.findall(text[: word.start()])
    after = _NUMBER.findall(text[word.end() :])
    match before, after:
        case [*_, day], [year, *_]:
            pass
        case [], [day, year, *_]:
            pass
        case _:
            return None
    return _full_year(year), month, int(day)


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    if len(digits) != 2:
        raise ValueError(digits)
    return year + (2000 if year < 50 else 1900)  # RFC 2822, section 4.3


def _clock(time: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if time[4]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if time[4] == "p" else 0)
    return hour, minute, second


def _moment(date: tuple[int, int, int], clock: tuple[int, int, int], zone: str) -> datetime:
    hour, minute, second = clock
    midnight_after = clock == (24, 0, 0)  # ISO 8601 may write the end of a day so
    moment = datetime(*date, 0 if midnight_after else hour, minute, min(second, 59), tzinfo=_zone(zone))  # 60: a leap second
    return moment.astimezone(UTC) + timedelta(days=midnight_after)


def _zone(text: str) -> timezone:
    """The zone that stands right behind a time: `+0200`, `GMT+2`, `CEST`, `-05:00 (EST)`; UTC where none does."""
    name, rest = _zone_name(text)
    if offset := _OFFSET.match(rest.lstrip(" (")):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    return timezone(timedelta(hours=_ZONES.get(name, 0)))


def _zone_name(text: str) -> tuple[str, str]:
    text = text.lstrip(" (")
    word = _WORD.match(text)
    return (word[0], text[word.end() :]) if word else ("", text)


def _after_zone(text: str) -> str:
    """What follows the zone: the year of `Sun May 5 10:00:00 CEST 2024`, but not the digits of an offset."""
    name, rest = _zone_name(text)
    if name and name not in _ZONES:
        rest = text
    return _OFFSET.sub(" ", rest.lstrip(" ("), count=1) if rest.lstrip(" (").startswith(("+", "-")) else rest
