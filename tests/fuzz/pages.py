"""Mutated pages through the extraction: no exception, but an article that can be stored, or a verdict.

    python -m tests.fuzz.pages CORPUS [--count 10000] [--seed 1] [--from 0]

CORPUS is a folder of pages (.html, .html.gz, also below it). Each page is read in a child process, so that one that kills it is told as
well. What is wrong is told with its number, and `--from NUMBER --count 1` reads that page again. Exit code 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.extract.extraction import extract, warm_up
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.extract.text.site_boilerplate import boilerplate_places, marks
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from pipeline.steps import extraction as extract_step
from pipeline.text import clean, one_line
from tests.fuzz.mutate import mutated

URL = "https://a.example/2026/11/25/story-4711"
BATCH = 100  # pages a child reads
SLOW_S = 10.0  # CPU


def faults(pages: Sequence[bytes], seed: str, number: int) -> tuple[str, list[str]]:
    """What came of the page with this number, and what is wrong with that."""
    body, content_type = mutated(pages, seed, number)
    began = time.process_time()
    try:
        article = extract(Page(URL, body, content_type), Hints(), Extract())
        found, wrong = "article", flaws(article)
        extract_step.identity(URL, article)
        texts = [block.text for block in article.blocks]
        own = marks(texts, article.title, article.authors, None)
        boilerplate_places(texts, own, [own, own], 3)
    except Failure as failure:
        found, wrong = failure.code, []
    except Exception:
        found, wrong = "exception", [traceback.format_exc()]
    if (took := time.process_time() - began) > SLOW_S:
        wrong.append(f"took {took:.1f} s")
    return found, wrong


def flaws(article: Article) -> list[str]:
    """What could not be stored or would not be believed."""
    lines = {"title": article.title, "site_name": article.site_name, "summary": article.summary}
    lines |= {f"author {name!r}": name for name in article.authors} | {f"tag {name!r}": name for name in article.tags}
    wrong = [f"{name} is not one clean line" for name, text in lines.items() if one_line(text, len(text)) != text]
    wrong += [f"block {block.text[:60]!r} is not clean" for block in article.blocks if clean(block.text) != block.text or not block.text]
    if clean(article.markdown) != article.markdown:
        wrong.append("the Markdown is not clean")
    now = datetime.now(UTC)
    for name, at in (("published_at", article.published_at), ("modified_at", article.modified_at)):
        if at is not None and not datetime(1990, 1, 1, tzinfo=UTC) <= at <= now + timedelta(days=1):
            wrong.append(f"{name} is {at}")
    for name, url in (("canonical_url", article.canonical_url), ("image_url", article.image_url)):
        if url and not url.startswith(("http://", "https://")):
            wrong.append(f"{name} is {url[:60]!r}")
    return wrong


def _read(pages: Sequence[bytes], seed: str, numbers: range, to: Connection) -> None:
    for number in numbers:
        to.send((number, *faults(pages, seed, number)))


def run(pages: Sequence[bytes], seed: str, numbers: range) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Counts of what came of the pages, and the faults with their numbers."""
    counts: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    at = numbers.start
    fork = multiprocessing.get_context("fork")
    while at < numbers.stop:
        part = range(at, min(at + BATCH, numbers.stop))
        here, there = fork.Pipe(duplex=False)
        child = fork.Process(target=_read, args=(pages, seed, part, there))
        child.start()
        there.close()
        try:
            while True:
                number, found, said = here.recv()
                counts[found] += 1
                wrong += [(number, one) for one in said]
                at = number + 1
        except EOFError:
            child.join()
        if child.exitcode:
            counts["killed"] += 1
            wrong.append((at, f"the process ended with {child.exitcode}"))
            at += 1
    return counts, wrong


def read_corpus(folder: Path) -> list[bytes]:
    """The pages of a folder, in the order of their names."""
    names = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz", ".htm")))
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--from", type=int, default=0, dest="first")
    chosen = parser.parse_args()
    pages = read_corpus(chosen.corpus)
    if not pages:
        sys.exit(f"{chosen.corpus} holds no pages (.html, .html.gz).")
    warm_up()
    total: Counter[str] = Counter()
    bad = 0
    for first in range(chosen.first, chosen.first + chosen.count, BATCH):
        counts, wrong = run(pages, chosen.seed, range(first, min(first + BATCH, chosen.first + chosen.count)))
        total.update(counts)
        bad += len(wrong)
        for number, said in wrong:
            print(f"page {number}: {said}", flush=True)
        print(f"{total.total():,} pages, {bad} faults: {dict(total.most_common())}", file=sys.stderr, flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
