"""Measure how many of the words with which a page describes its article occur in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from itertools import pairwise

MIN_WORD = 4  # letters; shorter words are in every text
FEW_WORDS = 4  # a title and a description with fewer say too little
FAR = 0.4  # of these words; a text with fewer may be the wrong one
NEARER = 0.25  # of these words that another text must have more to replace it
WORD = re.compile(rf"[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{{{MIN_WORD},}}")
DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}")  # kana and Han, which have no spaces between words


def words(texts: Iterable[str]) -> Set[str]:
    """The longer words of texts. In scripts without spaces, each pair of characters."""
    found: set[str] = set()
    for text in texts:
        found.update(WORD.findall(text.casefold()))
        found.update(first + second for run in DENSE.findall(text) for first, second in pairwise(run))
    return found


def share(text: str, stated_words: Set[str]) -> float:
    """The share of the words that the text contains; 1 if they are too few to tell."""
    return len(stated_words & words((text,))) / len(stated_words) if len(stated_words) >= FEW_WORDS else 1.0


def is_nearer(other: str, text: str, stated_words: Set[str]) -> bool:
    """Whether a text has few of the words with which the page describes its article, and the other one clearly more."""
    own = share(text, stated_words)
    return own < FAR and share(other, stated_words) >= own + NEARER
