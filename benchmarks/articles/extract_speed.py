"""What the extraction of a page costs, beside the bare library: CPU time, page by page in turn.

    python -m benchmarks.articles.extract_speed CORPUS [--passes 3] [--worst 10] [--pages N]

CORPUS is as for extract_quality. newsmill is its whole extract stage, from bytes to an article with its text, metadata, verdict, language
and hash; the baseline is `trafilatura.bare_extraction(str, with_metadata=True)`. Both read each page one after the other, in one process
that has read others before, and the best of the passes counts, so that what else the machine does falls out. The ratio is of the sums.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.articles.extract_quality import Sample, read_corpus
from pipeline.extract.extraction import extract, warm_up
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract

WARM_UP = 5  # pages read before the first measurement


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


def measure(samples: list[Sample], passes: int) -> list[tuple[float, float]]:
    """The cost of each page, (newsmill, library), in ms."""
    warm_up()
    for sample in samples[:WARM_UP]:
        newsmill(sample)
        library(sample)
    best = [(float("inf"), float("inf"))] * len(samples)
    for _ in range(passes):
        for at, sample in enumerate(samples):
            ours, theirs = cost_ms(newsmill, sample), cost_ms(library, sample)
            best[at] = (min(best[at][0], ours), min(best[at][1], theirs))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--worst", type=int, default=10, help="pages with the highest ratio to list")
    parser.add_argument("--pages", type=int, default=0, help="about how many pages, spread over the corpus; 0 for all")
    chosen = parser.parse_args()
    samples = read_corpus(chosen.corpus)
    if chosen.pages:
        samples = samples[:: max(1, len(samples) // chosen.pages)]
    costs = measure(samples, chosen.passes)
    print("| CPU ms a page | median | mean | 95th percentile | all |\n|---|---|---|---|---|")
    for name, of in (("newsmill, whole extract stage", 0), ("trafilatura.bare_extraction", 1)):
        values = sorted(cost[of] for cost in costs)
        print(
            f"| {name} | {statistics.median(values):.1f} | {statistics.fmean(values):.1f} | {values[int(len(values) * 0.95)]:.1f} | {sum(values):.0f} |"
        )
    ratios = sorted(
        ((ours / theirs, ours, theirs, sample.truth["id"]) for (ours, theirs), sample in zip(costs, samples, strict=True)), reverse=True
    )
    print(f"\nratio {sum(c[0] for c in costs) / sum(c[1] for c in costs):.2f}, median of the pages {statistics.median(r[0] for r in ratios):.2f}; "
          f"{sum(r[0] > 1.5 for r in ratios)} of {len(ratios)} pages above 1.5, the highest {ratios[0][0]:.2f}")  # fmt: skip
    for ratio, ours, theirs, page in ratios[: chosen.worst]:
        print(f"{ratio:6.2f}  {ours:7.1f} ms  {theirs:7.1f} ms  {page}")


if __name__ == "__main__":
    main()
