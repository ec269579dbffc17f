"""How near an extracted article is to the true one. The measures are those of the article-extraction benchmark of Zyte
(evaluate.py there) for texts, and set or exact comparisons for the other fields; a field that the truth leaves null is not scored.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

SHINGLE = 4  # words
WORD = re.compile(r"\w+")
SEPARATOR = re.compile(r"\s+[|\-–—·•:»«/]+\s+|\s*[|｜]\s*")

Row = dict[str, Any]
Scores = dict[str, float]


def score(truth: Row, guess: Row) -> Scores:
    """One article's measures: P, R, pageF1 and exact of the body; title and title~; auF1 and au=; topF1; day and minute."""
    scores: Scores = {}
    if truth.get("body") is not None:
        scores |= _body(truth["body"], guess.get("body") or "")
    if truth.get("title") is not None:
        scores["title"] = float(folded(truth["title"]) == folded(guess.get("title")))
        scores["title~"] = float(_same_words(truth["title"], guess.get("title") or ""))
    if truth.get("authors") is not None:
        scores["au="] = float(_names(truth["authors"]) == _names(guess.get("authors")))
        scores["auF1"] = _set_f1(truth["authors"], guess.get("authors"))
    if truth.get("topics") is not None:
        scores["topF1"] = _set_f1(truth["topics"], guess.get("topics"))
    if truth.get("published"):
        scores |= _times(truth["published"], guess.get("published"))
    return scores


def summary(scores: Iterable[Scores]) -> Scores:
    """The mean of each measure over the articles that have it; `F1` is the harmonic mean of the mean P and R."""
    columns: dict[str, list[float]] = {}
    for row in scores:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    means = {name: sum(values) / len(values) for name, values in columns.items()}
    if "R" in means:
        p, r = means.get("P", 0.0), means["R"]
        means["F1"] = 2 * p * r / (p + r) if p + r else 0.0
    return means


def visible(text: str | None) -> str:
    """NFC without invisible format characters (soft hyphens, zero-width spaces, byte order marks)."""
    text = unicodedata.normalize("NFC", text or "")
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")


def folded(text: str | None) -> str:
    return " ".join(visible(text).split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words in a text; a shorter text is one run."""
    words = WORD.findall(visible(text))
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()


def _body(truth: str, guess: str) -> Scores:
    wanted, got = shingles(truth), shingles(guess)
    shared, of_wanted, of_got = (wanted & got).total(), wanted.total(), got.total()
    scores = {"nonempty": float(bool(WORD.search(guess))), "exact": float(WORD.findall(visible(truth)) == WORD.findall(visible(guess)))}
    scores["pageF1"] = 2 * shared / (of_wanted + of_got) if of_wanted + of_got else 1.0
    if of_got:
        scores["P"] = shared / of_got
    if of_wanted:
        scores["R"] = shared / of_wanted
    return scores


def _words(title: str) -> list[str]:
    return WORD.findall(folded(title).casefold())


def _same_words(truth: str, guess: str) -> bool:
    """The same words whatever their case and punctuation, as they are or with one end cut at a separator."""
    wanted, guess = _words(truth), folded(guess)
    ends = [guess, *(end for cut in SEPARATOR.finditer(guess) for end in (guess[: cut.start()], guess[cut.end() :]))]
    return any(_words(end) == wanted for end in ends)


def _names(names: Iterable[str] | None) -> set[str]:
    return {name for text in names or () if (name := folded(text).casefold())}


def _set_f1(truth: Iterable[str], guess: Iterable[str] | None) -> float:
    wanted, got = _names(truth), _names(guess)
    return 2 * len(wanted & got) / (len(wanted) + len(got)) if wanted or got else 1.0


def _times(truth: str, guess: str | None) -> Scores:
    """Whether the days agree, in UTC or in the offset of either side; and the minutes, where the truth has an offset."""
    wanted_day, wanted = _moment(truth)
    day, got = _moment(guess)
    wanted_days = {wanted_day} | ({wanted.astimezone(UTC).date()} if wanted else set())
    days = {day} | ({got.astimezone(UTC).date()} if got else set())
    if got and wanted:
        days.add(got.astimezone(wanted.tzinfo).date())
    scores = {"day": float(day is not None and bool(wanted_days & days))}
    if wanted is not None:
        if got is None and day is not None and len(str(guess).strip()) > 10:
            got = datetime.fromisoformat(str(guess).strip()).replace(tzinfo=UTC)
        scores["minute"] = float(got is not None and _minute(got) == _minute(wanted))
    return scores


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _moment(text: str | None) -> tuple[date | None, datetime | None]:
    """The day, and the moment where the text has a time and an offset."""
    text = str(text or "").strip()
    try:
        if len(text) <= 10:
            return (date.fromisoformat(text) if text else None), None
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, None
    return moment.date(), moment if moment.tzinfo else None
