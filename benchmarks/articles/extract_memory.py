"""Memory of extract processes over many pages, recycled as a worker recycles them, beside one that never is.

    python -m benchmarks.articles.extract_memory CORPUS [--pages 20000] [--never 2000]

CORPUS is as for extract_quality; its pages are read again and again. The process that reads is replaced after
`workers.extract_max_tasks` messages of `workers.extract_batch` pages, and by a fork of one that has read a page already, as in a worker. Told are the largest and the mean
resident set over the pages, and the largest at the end of a process's life. `--never` pages are then read by one process alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
from functools import partial
from pathlib import Path

import psutil

from benchmarks.articles.extract_quality import Sample, read_corpus
from benchmarks.articles.extract_speed import newsmill
from pipeline.extract.extraction import warm_up
from pipeline.settings import Workers

SAMPLES: list[Sample] = []  # read before the fork, so that they are shared


def resident_mib(at: int) -> tuple[int, float]:
    """Read a page; the process and its resident set after it, in MiB."""
    newsmill(SAMPLES[at % len(SAMPLES)])
    process = psutil.Process()
    return process.pid, process.memory_info().rss / 2**20


def measure(pages: int, each: int | None) -> tuple[list[float], list[float], int]:
    """The resident set after each page, that of each process after its last, and how many processes there were."""
    last: dict[int, float] = {}
    seen: list[float] = []
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=each) as pool:
        for pid, rss in pool.imap(resident_mib, range(pages)):
            last[pid] = rss
            seen.append(rss)
    return seen, list(last.values()), len(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--never", type=int, default=2_000, help="pages for a process that is not recycled")
    chosen = parser.parse_args()
    SAMPLES.extend(read_corpus(chosen.corpus))
    warm_up()
    each = Workers().extract_max_tasks * Workers().extract_batch
    runs = [
        (f"recycled after {each} pages", partial(measure, chosen.pages, each)),
        ("never recycled", partial(measure, chosen.never, None)),
    ]
    print("| extract process | pages | processes | mean RSS, MiB | largest | largest at its end |\n|---|---|---|---|---|---|")
    for name, run in runs:
        seen, ends, processes = run()
        print(f"| {name} | {len(seen)} | {processes} | {statistics.fmean(seen):.0f} | {max(seen):.0f} | {max(ends):.0f} |", flush=True)


if __name__ == "__main__":
    main()
