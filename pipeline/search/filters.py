"""The filters of a query: what each selects, and which values it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["text", "choice", "number", "days", "numbers"]


@dataclass(frozen=True, slots=True)
class Field:
    """A filter. `meaning` completes "articles …"; `example` shows how to write it. `choices` are the possible values, if they are few."""

    kind: Kind
    meaning: str
    example: str
    choices: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    "source": Field("text", "of this outlet, by its name; a domain includes its subdomains", "source:example.org"),
    "collection": Field("text", "of the outlets in this collection", 'collection:"Baltic papers"'),
    "country": Field("text", "of outlets of this country, by its ISO 3166 code", "country:DE"),
    "language": Field("text", "in this language", "language:en"),
    "feed": Field("text", "that this feed listed, by its number or URL", "feed:12"),
    "author": Field("text", "whose byline has this name, or a part of it", 'author:"Jane Doe"'),
    "agency": Field("text", "that credit this news agency", "agency:Reuters"),
    "tag": Field("text", "with this tag", 'tag:"climate change"'),
    "section": Field("text", "of this section of their site", "section:politics"),
    "story": Field("number", "that are copies of one text, by the number of the story", "story:12"),
    "flag": Field("text", "that carry this flag", "flag:paywall"),
    "access": Field("choice", "that are free, metered or paid, as the page declares", "access:free", ("free", "metered", "paid")),
    "published": Field("days", "published on these days by the publisher's own clock", "published:[2026-01-01 TO 2026-01-31]"),
    "stored": Field("days", "stored on these days (UTC)", "stored:[2026-01-01 TO *]"),
    "words": Field("numbers", "with this many words", "words:[200 TO *]"),
    "is": Field("choice", "that are the original of their story or have no copies", "is:original", ("original",)),
    "has": Field("choice", "with earlier texts", "has:revisions", ("revisions",)),
}
LARGEST = 2**31 - 1  # of a number; Postgres' columns hold no larger ones
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


def days(text: str) -> tuple[date, date] | None:
    """The first day of a year, month or day, and the day after its last. None for anything else."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day is not None:
            return first, first + timedelta(days=1)
        if month is not None:
            return first, (first + timedelta(days=31)).replace(day=1)
        return first, date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None


def number(text: str) -> int | None:
    """The text as a number; None if it is none or too large."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST else None
