"""What the extraction of a page costs, beside the bare library: CPU time of this process, page by page in turn.

    python -m benchmarks.articles.extract_speed CORPUS... [--passes 3] [--worst 5] [--pages N]

A CORPUS is a folder as for extract_quality. newsmill is its whole extract stage, from bytes to an article with its text, metadata, verdict,
language and hash; the baseline is `trafilatura.bare_extraction(str, with_metadata=True)`. Both read each page one after the other, in one
process that has read others before, and the best of the passes counts, so that what else the machine does matters little. A ratio is one
of sums; it is printed for each folder and for all pages together.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.articles.extract_quality import Sample, read_corpus
from pipeline.extract.extraction import extract, warm_up
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract

WARM_UP = 5  # pages read before the first measurement
TOO_SLOW = 1.5  # times the library's cost that no page may cost


@dataclass(slots=True)
class Cost:
    """The least CPU milliseconds that a page cost so far."""

    page: str
    newsmill: float = float("inf")
    library: float = float("inf")

    @property
    def ratio(self) -> float:
        return self.newsmill / self.library


def newsmill(sample: Sample) -> None:
    with suppress(Failure):
        extract(Page(sample.truth["url"], sample.page, "text/html; charset=utf-8"), Hints(), Extract())


def library(sample: Sample) -> None:
    from trafilatura import bare_extraction

    bare_extraction(sample.page.decode("utf-8", "replace"), url=sample.truth["url"], with_metadata=True)


def cost_ms(run: Callable[[Sample], None], sample: Sample) -> float:
    """CPU milliseconds of this process, in Python and in the libraries below."""
    start = time.process_time()
    run(sample)
    return (time.process_time() - start) * 1000


def measure(samples: Sequence[Sample], passes: int) -> list[Cost]:
    """The cost of each page."""
    warm_up()
    for sample in samples[:WARM_UP]:
        newsmill(sample)
        library(sample)
    costs = [Cost(sample.truth["id"]) for sample in samples]
    for _ in range(passes):
        for cost, sample in zip(costs, samples, strict=True):
            cost.newsmill = min(cost.newsmill, cost_ms(newsmill, sample))
            cost.library = min(cost.library, cost_ms(library, sample))
    return costs


def row(name: str, costs: Sequence[Cost]) -> str:
    """A folder's line of the table."""
    ours, theirs = sum(cost.newsmill for cost in costs), sum(cost.library for cost in costs)
    ratios = [cost.ratio for cost in costs]
    slow = sum(ratio > TOO_SLOW for ratio in ratios)
    means = f"{ours / len(costs):.1f} | {theirs / len(costs):.1f}"
    return f"| {name} | {len(costs)} | {means} | {ours / theirs:.3f} | {statistics.median(ratios):.2f} | {max(ratios):.2f} | {slow} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--worst", type=int, default=5, help="pages with the highest ratio to list")
    parser.add_argument("--pages", type=int, default=0, help="about how many pages of each folder, spread over it; 0 for all")
    chosen = parser.parse_args()
    print("| folder | pages | newsmill, CPU ms a page | bare library | ratio | median of pages | worst | pages above 1.5 |")
    print("|---|---|---|---|---|---|---|---|")
    every: list[Cost] = []
    for folder in chosen.corpus:
        samples = read_corpus(folder)
        step = max(1, len(samples) // chosen.pages) if chosen.pages else 1
        costs = measure(samples[::step], chosen.passes)
        print(row(folder.name, costs), flush=True)
        every += costs
    print(row("all", every), end="\n\n")
    for cost in sorted(every, key=lambda cost: cost.ratio, reverse=True)[: chosen.worst]:
        print(f"{cost.ratio:6.2f}  {cost.newsmill:7.1f} ms  {cost.library:7.1f} ms  {cost.page}")


if __name__ == "__main__":
    main()
