"""How much a text has of the words in which a page says what its article is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from itertools import pairwise

MIN_WORD = 4  # letters; shorter words are in every text
FEW_WORDS = 4  # a title and a description with fewer tell nothing
FAR = 0.4  # of these words; a text with fewer may be another than the article's
NEARER = 0.25  # of these words that another text must have more to be taken in its place
WORD = re.compile(rf"[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{{{MIN_WORD},}}")
DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}")  # kana and Han, which do not part words


def words(texts: Iterable[str]) -> Set[str]:
    """The longer words of texts; of scripts that do not part words, each two characters."""
    found: set[str] = set()
    for text in texts:
        found.update(WORD.findall(text.casefold()))
        found.update(first + second for run in DENSE.findall(text) for first, second in pairwise(run))
    return found


def share(text: str, told: Set[str]) -> float:
    """The share of the words that the text has; 1 where they are too few to tell anything."""
    return len(told & words((text,))) / len(told) if len(told) >= FEW_WORDS else 1.0


def is_nearer(other: str, text: str, told: Set[str]) -> bool:
    """Whether a text is far from what the page says its article is about, and the other one is clearly nearer."""
    own = share(text, told)
    return own < FAR and share(other, told) >= own + NEARER
