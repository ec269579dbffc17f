"""Convert years of other calendars that news uses besides the Gregorian one. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

# For dates from 1990 to today, years in these ranges are unambiguous.
_BUDDHIST = range(2400, 2800)  # Thailand: 543 years ahead, otherwise Gregorian
_PERSIAN = range(1369, 1411)  # Iran and Afghanistan, from 1990 on
_NOWRUZ = date(1990, 3, 21)  # the first day of 1369
_LEAP_IN_33 = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # of each 33 years; correct until 1500
_ERAS = {"令和": 2018, "平成": 1988, "民国": 1911, "民國": 1911}  # the year before the era's first
_ERA = re.compile(f"({'|'.join(_ERAS)})\\s?([0-9]{{1,3}}|元)\\s?年")


def without_eras(text: str) -> str:
    """Replace years of Japan's eras and of the Republic of China by Gregorian ones."""
    return _ERA.sub(lambda match: f"{_ERAS[match[1]] + (1 if match[2] == '元' else int(match[2]))}年", text)


def gregorian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """The date in the Gregorian calendar. Raises ValueError for a day that does not exist."""
    if year in _BUDDHIST:
        return year - 543, month, day
    if year in _PERSIAN:
        return _from_persian(year, month, day)
    return year, month, day


def _from_persian(year: int, month: int, day: int) -> tuple[int, int, int]:
    lengths = [31] * 6 + [30] * 5 + [30 if _is_leap(year) else 29]
    if not (1 <= month <= 12 and 1 <= day <= lengths[month - 1]):
        raise ValueError(day)
    years = sum(366 if _is_leap(before) else 365 for before in range(_PERSIAN.start, year))
    found = _NOWRUZ + timedelta(days=years + sum(lengths[: month - 1]) + day - 1)
    return found.year, found.month, found.day


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP_IN_33
