"""What a worker pays for the words of an article.

    python -m benchmarks.search.words CORPUS [--rounds 7]

CORPUS is as for benchmarks.articles.extract_quality. Prints the milliseconds of CPU that the words of a text take, of the fastest round, and how
many times that of one pass of a plain pattern (`\\w+` over the text in lower case) that is: the ratio holds on any machine.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.articles.extract_quality import read_corpus
from pipeline.search.tokens import tokens
from pipeline.search.vector import vector

Text = tuple[str, str]


def cpu_ms(texts: list[Text], work: Callable[[str, str], object]) -> float:
    """Milliseconds of CPU a text."""
    began = time.process_time()
    for title, text in texts:
        work(title, text)
    return (time.process_time() - began) / len(texts) * 1000


def plainly(_: str, text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    texts: list[Text] = [
        (sample.truth.get("title") or "", sample.truth["body"]) for sample in read_corpus(options.corpus) if sample.truth.get("body")
    ]
    rounds = [(cpu_ms(texts, vector), cpu_ms(texts, plainly)) for _ in range(options.rounds)]
    made, plain = (min(took) for took in zip(*rounds, strict=True))
    words = sum(len(tokens(text)) for _, text in texts) / len(texts)
    print(f"{len(texts)} texts of {words:.0f} words on average: {made:.2f} ms of CPU each, {made / plain:.1f} times a plain pattern")


if __name__ == "__main__":
    main()
