"""Articles made of words as frequent as words are (Zipf's law), in five languages and Chinese, by a seed."""

from __future__ import annotations

import random
from bisect import bisect
from itertools import accumulate

VOCABULARY = 300_000
WORDS = 400  # of an article, on average
COMMON, RARE = 40, 20_000  # ranks of words that about one in eight, one in six hundred articles has
SYLLABLES = [one + vowel for one in "bdfgklmnprstv" for vowel in "aeio"]
LANGUAGES = ("en", "de", "fr", "es", "ru", "zh")


class Texts:
    """A vocabulary and what is written with it."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.words = [self._word(rank) for rank in range(VOCABULARY)]
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))

    def article(self) -> tuple[str, str, str]:
        """Language, title and text."""
        language = self.random.choice(LANGUAGES)
        if language == "zh":
            return language, self._chinese(12), self._chinese(WORDS)
        return language, " ".join(self.some(8)), " ".join(self.some(round(self.random.lognormvariate(5.85, 0.5))))

    def some(self, count: int) -> list[str]:
        top = self.weights[-1]
        return [self.words[bisect(self.weights, self.random.random() * top)] for _ in range(count)]

    def _word(self, rank: int) -> str:
        letters, number = "", rank + 1
        while number:
            number, at = divmod(number, len(SYLLABLES))
            letters += SYLLABLES[at]
        return letters

    def _chinese(self, count: int) -> str:
        return "".join(chr(0x4E00 + int(self.random.paretovariate(0.6)) % 3000) for _ in range(count))
