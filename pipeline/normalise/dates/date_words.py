"""Find names of months and weekdays in a text, in the world's languages. Pure.

The names are CLDR's, from `date-names.txt`, which tests/conformance/cldr_names.py creates. A few that CLDR lacks are below. A language's
line is read when it is first declared; the whole file is read when a word occurs that is no name in the usual languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

MAX_WORDS = 4  # of one name
_SHORTEST = 3  # letters of an abbreviated name
_STEM, _ENDING = 4, 3  # letters that an inflected name shares with a known one, and further letters at most

_EAST_ASIAN = str.maketrans({"−": "-", "–": "-", "年": "-", "월": "-", "月": "-", "년": "-", "日": " ", "일": " ", "時": ":", "时": ":"})
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x0640])
_WORD = re.compile(r"[^\s\d.,;:()\[\]{}<>/|_+*#،؛·•–—\-'’\"“”„«»॰]+")
_NUMBERED = re.compile(r"(?:thang|thg\.?)\s?(\d{1,2})(?!\d)")  # Vietnamese numbers its months

# The languages of most news. Their names count whatever language is declared, since international software writes English, and sites
# declare the language of their software.
USUAL = ("en", "de", "nl", "sv", "da", "nb", "fr", "es", "it", "pt", "pl", "ru", "uk", "tr")
# Other languages with a press on the web. A meaning in one of these takes precedence over one in the remaining languages.
_PRESS = frozenset(
    [
        "af",
        "am",
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cs",
        "cy",
        "el",
        "eo",
        "et",
        "eu",
        "fa",
        "fi",
        "fil",
        "fo",
        "ga",
        "gl",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "ja",
        "ka",
        "kk",
        "km",
        "kn",
        "ko",
        "ky",
        "lb",
        "lo",
        "lt",
        "lv",
        "mk",
        "ml",
        "mn",
        "mr",
        "ms",
        "my",
        "ne",
        "nn",
        "no",
        "or",
        "pa",
        "ps",
        "ro",
        "si",
        "sk",
        "sl",
        "sq",
        "sr",
        "sw",
        "ta",
        "te",
        "tg",
        "th",
        "tk",
        "ur",
        "uz",
        "vi",
        "zh",
    ]
).union(USUAL)
_NUMBERED_MONTH = re.compile(
    r"(?<![年년\d])(?<![年년]\s)(\d{1,2})\s?(?:[月월]|-?р\sсар\w*)(?!\s?\d{1,2}\s?[日일])", re.IGNORECASE
)  # of Chinese, Korean, Mongolian
# Codes that were replaced, or that sites use for others.
_ALIASES = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "tl": "fil",
    "mo": "ro",
    "sh": "sr",
    "cz": "cs",
    "gr": "el",
    "jp": "ja",
    "dk": "da",
    "ua": "uk",
}
_MORE_MONTHS = {
    "de": {"mrz": 3, "mae": 3},
    "tr": {"agustos": 8, "agu": 8, "subat": 2},
    "vi": {f"thang {name}": n for n, name in enumerate(["mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai"], start=1)},
    # months of the Persian calendar, used with years about 1400
    "fa": {name: n for n, name in enumerate(["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "ابان", "اذر", "دی", "بهمن", "اسفند"], start=1)},
}  # fmt: skip
_DAY_FIRST_ENGLISH = frozenset(
    ["gb", "uk", "au", "ie", "nz", "in", "za", "ke", "ng", "sg", "hk", "mt", "jm", "pk", "lk", "bd", "gh", "ug", "tz", "zw", "zm", "bw"]
)


class Month(NamedTuple):
    """A month that a text names, and the position of its name."""

    start: int
    end: int
    number: int  # 1 is January


@dataclass(frozen=True, slots=True)
class Names:
    """A language's names, as `fold` and `_words` leave them; 0 is Monday. A weekday may have the same name as another one in another
    language."""

    months: dict[str, int]
    weekdays: dict[str, frozenset[int]]
    day_first: bool = False  # 3/4 is the third of April


_NONE = Names({}, {})


def fold(text: str) -> str:
    """Fold a text: lower case, without accents and invisible marks, with East Asian signs replaced by the usual ones."""
    if text.isascii():
        return text.strip().lower()
    text = _NUMBERED_MONTH.sub(r" thg\1 ", text)  # as in Vietnamese
    lower = text.translate(_INVISIBLE).strip().lower().translate(_EAST_ASIAN).replace("ı", "i")
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c) or c == "\u0306")
    return unicodedata.normalize("NFC", plain)  # the breve stays: it makes й, without which май is not May


def months_in(text: str, language: str = "") -> list[Month]:
    """The months that a folded text may name: in its declared language and the usual ones. Only if these know no word in it, in all others,
    as far as they agree on the word."""
    if found := [Month(match.start(), match.end(), int(match[1])) for match in _NUMBERED.finditer(text) if 1 <= int(match[1]) <= 12]:
        return found
    words = list(_WORD.finditer(text))
    declared = _declared(language)
    return (
        _found(words, lambda name: _of("en").months.get(name) or declared.months.get(name) or _usual().months.get(name))
        or _found(words, lambda name: _inflected(name, declared))
        or _found(words, lambda name: _all().months.get(name))
    )


def _found(words: list[re.Match[str]], number_of: Callable[[str], int | None]) -> list[Month]:
    found: list[Month] = []
    for start, end, name in _phrases(words):
        number = number_of(name)
        if number and (not found or start >= found[-1].end):
            found.append(Month(start, end, number))
    return found


def _inflected(word: str, names: Names) -> int | None:
    """The month of an abbreviated or inflected name, in a language that has such forms: the one with the longest common beginning."""
    if len(word) < _SHORTEST or word in names.weekdays:
        return None
    shared: dict[int, int] = {}
    for name, number in names.months.items():
        length = _common(word, name)
        if length >= min(len(word), _STEM) and length >= len(word) - _ENDING:
            shared[number] = max(length, shared.get(number, 0))
    best = [number for number, length in shared.items() if length == max(shared.values())]
    return best[0] if len(best) == 1 else None


def weekdays_in(text: str, language: str = "") -> frozenset[int]:
    """The weekdays that a folded text may name; 0 is Monday."""
    tables = [names.weekdays for names in (_declared(language), _of("en"), _all())]
    words = list(_WORD.finditer(text))
    for _, _, name in sorted(_phrases(words), key=lambda phrase: -phrase[2].count(" ")):
        for table in tables:
            if name in table:
                return table[name]
    return frozenset()


def _common(one: str, other: str) -> int:
    """How many characters two words have in common at their start."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def is_day_first(language: str) -> bool:
    """Whether 3/4 is the third of April in this language. False for plain English, which software declares by default."""
    code, _, region = language.strip().lower().replace("_", "-").partition("-")
    return region in _DAY_FIRST_ENGLISH if code == "en" else _declared(language).day_first


def _phrases(words: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of each run of up to MAX_WORDS; at each place the longest first."""
    for first in range(len(words)):
        for last in range(min(first + MAX_WORDS, len(words)) - 1, first - 1, -1):
            yield words[first].start(), words[last].end(), " ".join(word[0] for word in words[first : last + 1])


def words_of(name: str) -> str:
    """A name in the form in which it is searched in a folded text."""
    return " ".join(_WORD.findall(fold(name)))


def _declared(language: str) -> Names:
    code = language[:20].strip().lower().replace("_", "-").partition("-")[0]
    return _of(_ALIASES.get(code, code))


@cache
def _lines() -> dict[str, str]:
    text = files("pipeline.normalise.dates").joinpath("date-names.txt").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines() if line and not line.startswith("#"))


def _of(code: str) -> Names:
    return _read(code) if code in _lines() else _NONE


@cache
def _read(code: str) -> Names:
    order, months, weekdays = (part.split(";") for part in _lines()[code].split("\t"))
    known = {name: n for n, names in enumerate(months, start=1) for name in names.split(",") if name}
    with_in = {f"ב{name}": n for name, n in known.items()} if code == "he" else {}
    return Names(
        known | with_in | _MORE_MONTHS.get(code, {}),
        {name: frozenset({n}) for n, names in enumerate(weekdays) for name in names.split(",") if name},
        order == ["dmy"],
    )


@cache
def _usual() -> Names:
    """The names of the usual languages, without those that mean another month in another language with a press."""
    meanings = _meanings(_PRESS)
    return Names({name: n for code in USUAL for name, n in _of(code).months.items() if meanings[name] == {n} or code == "en"}, {})


@cache
def _all() -> Names:
    press, others = _meanings(_PRESS), _meanings(frozenset(_lines()) - _PRESS)
    months = {name: min(ns) for name, ns in (_short(press) | others | press).items() if len(ns) == 1 and _is_telling(name)}
    weekdays: dict[str, frozenset[int]] = {}
    for code in _lines():
        for name, days in _of(code).weekdays.items():
            weekdays[name] = weekdays.get(name, frozenset()) | days
    return Names(months, weekdays)


def _is_telling(name: str) -> bool:
    """Whether the name is longer than two letters; many languages have words that short."""
    return len(name) >= _SHORTEST or not name.isascii()


def _short(press: dict[str, set[int]]) -> dict[str, set[int]]:
    """The meanings of the first three letters of names, except those with which a weekday starts: software abbreviates names that way in
    every language."""
    found: dict[str, set[int]] = {}
    for name, numbers in press.items():
        if len(name) > _SHORTEST and " " not in name:
            found.setdefault(name[:_SHORTEST], set()).update(numbers)
    for code in _PRESS:
        for name in _of(code).weekdays:
            found.pop(name[:_SHORTEST], None)
    return found


def _meanings(codes: frozenset[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for code in sorted(codes):
        for name, n in _of(code).months.items():
            found.setdefault(name, set()).add(n)
    return found
