"""Find the words typical of some texts: those that many of them contain and few others do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from pipeline.search.tokens import tokens

LEAST_SURPRISE = 3.84  # of G²: chance alone reaches this one time in twenty
LEAST_TEXTS = 2  # a word of one text says nothing about the others


@dataclass(frozen=True, slots=True)
class Word:
    """A typical word. `texts` of the sample contain it; `times` is how many times as often as among all articles."""

    word: str
    texts: int
    share: float
    times: float


def in_texts(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts contain each word. Numbers and single letters are left out."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update({word for word in tokens(text) if len(word) > 1 and not word[0].isdigit()})
    return found


def typical(here: Counter[str], texts: int, everywhere: Counter[str], of: int, most: int) -> list[Word]:
    """The most typical words, by the likelihood ratio of their shares (Dunning's G²)."""
    scored = []
    for word, count in here.items():
        other = everywhere[word]
        share, usual = count / texts, (other + 0.5) / (of + 1)
        surprise = _surprise(count, texts, other, of)
        if count >= LEAST_TEXTS and share > usual and surprise >= LEAST_SURPRISE:
            scored.append((surprise, Word(word, count, share, share / usual)))
    return [word for _, word in sorted(scored, key=lambda one: (-one[0], one[1].word))[:most]]


def _surprise(a: int, n: int, b: int, m: int) -> float:
    both = (a + b) / (n + m)
    return 2 * (_part(a, n * both) + _part(b, m * both) + _part(n - a, n * (1 - both)) + _part(m - b, m * (1 - both)))


def _part(seen: float, expected: float) -> float:
    return seen * log(seen / expected) if seen and expected else 0.0
