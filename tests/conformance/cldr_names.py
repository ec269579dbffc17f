"""Makes pipeline/normalise/dates/date-names.txt from the CLDR that Babel has:

python -m tests.conformance.cldr_names > pipeline/normalise/dates/date-names.txt

One line a language: its code, the order of day and month in a short date, the names of the months, those of the weekdays from Monday on. The
names of all its scripts and countries are there, wide and abbreviated, in their forms for dates and alone, folded as they are looked for.
"""

from __future__ import annotations

from collections import defaultdict

import babel
from babel import Locale, localedata

from pipeline.normalise.dates.date_words import words_of

_CONTEXTS = [(context, width) for context in ("format", "stand-alone") for width in ("wide", "abbreviated")]
_ARTICLES = ("de ", "d ", "di ")  # `de març`: a date has the word, a table of months need not


def lines() -> list[str]:
    """The lines of the file."""
    months: dict[str, list[set[str]]] = defaultdict(lambda: [set() for _ in range(12)])
    weekdays: dict[str, list[set[str]]] = defaultdict(lambda: [set() for _ in range(7)])
    for identifier in localedata.locale_identifiers():
        locale = alone(identifier)
        for context, width in _CONTEXTS:
            for number, name in locale.months[context][width].items():
                months[locale.language][number - 1].update(_names(str(name)))
            for number, name in locale.days[context][width].items():
                weekdays[locale.language][number].update(_names(str(name)))
    head = [
        f"# Names of months and weekdays by CLDR, as Babel {babel.__version__} has it (Unicode License v3, https://www.unicode.org/license.txt)."
    ]
    named = [code for code in sorted(months) if any(months[code]) or any(weekdays[code])]
    return [*head, *(f"{code}\t{_order(code)}\t{_row(months[code])}\t{_row(weekdays[code])}" for code in named)]


def alone(identifier: str) -> Locale:
    """The locale, read as the first of its process: Babel 2.18 lets what one locale inherits from the root be changed by another one."""
    localedata._cache.clear()
    return Locale.parse(identifier)


def _names(name: str) -> set[str]:
    words = words_of(name)
    for article in _ARTICLES:
        words = words.removeprefix(article)
    known = words and not any(character.isdigit() for character in name) and (len(words) > 1 or not words.isascii())
    return {words} if known else set()


def _order(code: str) -> str:
    pattern = str(alone(code).date_formats["short"].pattern)
    return "".join(sorted("dmy", key=lambda letter: pattern.lower().find(letter)))


def _row(names: list[set[str]]) -> str:
    return ";".join(",".join(sorted(some)) for some in names)


if __name__ == "__main__":
    print("\n".join(lines()))
