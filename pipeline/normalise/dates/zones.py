"""Names of time zones in dates. Pure."""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta, timezone, tzinfo
from functools import cache

# Hours east of Greenwich. Only names with one meaning in practice, or one far more frequent in news: IST is India's, BST Britain's, CST
# America's.
_HOURS: dict[str, float] = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "cut"), 0),
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
# Names that mean summer or winter time depending on the day.
_PLACES = {"et": "america/new_york", "ct": "america/chicago", "mt": "america/denver", "pt": "america/los_angeles"}
_PLACE = re.compile(r"\[?([a-z]+(?:[_-][a-z]+)*(?:/[a-z0-9+_-]+){1,2})\]?")
_LONG = re.compile(r"((?:[a-z]+ ){1,4})time\b")  # Pacific Daylight Time
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


def zone_at(text: str) -> tuple[tzinfo | None, str]:
    """The zone at the start of a folded text, and the rest: `+0200`, `GMT+2`, `CEST`, `-05:00 (EST)`, `Europe/Paris`, `Pacific Daylight
    Time`. None and the whole text if no known zone is named."""
    rest = text.lstrip(" (")
    if offset := _offset(rest):
        return offset
    if place := _PLACE.match(rest):
        zone = _zone_of(place[1])
        return (zone, rest[place.end() :]) if zone else (None, text)
    name, end = _name(rest)
    behind = rest[end:].lstrip(" (")
    if name and (offset := _offset(behind)):
        return offset
    if name in _PLACES:
        return _zone_of(_PLACES[name]), rest[end:]
    return (timezone(timedelta(hours=_HOURS[name])), rest[end:]) if name in _HOURS else (None, text)


def _offset(text: str) -> tuple[tzinfo, str] | None:
    found = _OFFSET.match(text)
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes)), text[found.end() :]


def _name(text: str) -> tuple[str, int]:
    """The abbreviation of the zone at the start of the text, and its end. A written-out name is abbreviated to its initials."""
    if long := _LONG.match(text):
        return "".join(word[0] for word in long[1].split()) + "t", long.end()
    word = _WORD.match(text)
    return (word[0], word.end()) if word else ("", 0)


def _zone_of(place: str) -> tzinfo | None:
    name = _places().get(place)
    return zoneinfo.ZoneInfo(name) if name else None


@cache
def _places() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}
