"""Articles made of words as frequent as words are (Zipf's law), in five languages and Chinese, by a seed."""

from __future__ import annotations

import random
from itertools import accumulate, pairwise

VOCABULARY = 300_000
WORDS = 400  # of an article, on average
TITLE = 8
# Ranks of words: one that two in three articles have, so that a phrase of two is in one of a hundred; one in eight; one in six hundred.
FREQUENT, COMMON, RARE = 13, 190, 18_000
SYLLABLES = [one + vowel for one in "bdfgklmnprstv" for vowel in "aeio"]
LANGUAGES = ("en", "de", "fr", "es", "ru", "zh")


class Texts:
    """A vocabulary and what is written with it."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.words = [self._word(rank) for rank in range(VOCABULARY)]
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))

    def article(self) -> tuple[str, list[str], list[str]]:
        """Language, and the words of title and text as the tokenizer makes them."""
        language = self.random.choice(LANGUAGES)
        if language == "zh":
            return language, self._chinese(TITLE), self._chinese(WORDS)
        return language, self.some(TITLE), self.some(round(self.random.lognormvariate(5.85, 0.5)))

    def some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.weights, k=count)

    def _word(self, rank: int) -> str:
        letters, number = "", rank + 1
        while number:
            number, at = divmod(number, len(SYLLABLES))
            letters += SYLLABLES[at]
        return letters

    def _chinese(self, count: int) -> list[str]:
        letters = [chr(0x4E00 + int(self.random.paretovariate(0.6)) % 3000) for _ in range(count)]
        return [one + other for one, other in pairwise([*letters, ""])]
