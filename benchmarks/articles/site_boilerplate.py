"""Site memory over real articles: how much of a site's boilerplate goes, and how much of any article's own text with it.

    python -m benchmarks.articles.site_boilerplate CORPUS [--sites 10] [--seed 1]

CORPUS is as benchmarks/articles/extract_quality.py wants it. Each article is extracted once; then they are dealt to made-up sites, in an order by
chance, and judged one by one against those before, as the extract worker does. Rows differ in what a site adds to its articles; the
baseline of each is the same without the memory, where all of the boilerplate stays.

`left`: articles, from the fourth of each site on, with boilerplate in their text, without and with the memory. `lost`: paragraphs of
articles' own that went; must be 0. `copies` puts every article at several addresses, each time under another title.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.extract.text.site_boilerplate import ParagraphHashes, boilerplate_places, marks
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from pipeline.store.articles.boilerplate import AROUND

KNOWN_FROM = 3
APPEAL, BOX = "Please donate to our winter fund-raiser.", "Sign up for our newsletter."
PLAIN = (
    "Follow the paper wherever you are and never miss a headline again.",
    "Das Hafenblatt lebt von seinen Leserinnen und Lesern.",
    "12 Quay Street",
)

Furnish = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """What a site adds, to which share of its articles, and at how many addresses it has each."""

    name: str
    furnish: Furnish
    share: float = 1.0
    copies: int = 1


def _worded(texts: list[str]) -> list[str]:
    half = len(texts) // 2
    return [*texts[:half], BOX, *texts[half:], APPEAL]


def _tail(texts: list[str]) -> list[str]:
    return [*texts, *PLAIN]


CASES = [
    Case("nothing", list),
    Case("nothing, 3 copies", list, copies=3),
    Case("nothing, 5 copies", list, copies=5),
    Case("words of boilerplate, anywhere", _worded),
    Case("the same, on a third", _worded, share=0.33),
    Case("other words, at the end", _tail),
    Case("the same, on two thirds", _tail, share=0.67),
]


def read(corpus: Path) -> list[Article]:
    found = []
    for line in (corpus / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = gzip.decompress((corpus / row["html"]).read_bytes())
        try:
            found.append(extract(Page(row["url"], body, "text/html; charset=utf-8"), Hints(), Extract()))
        except Failure:
            continue
    return found


def judged(articles: list[Article], case: Case, sites: int, rand: random.Random) -> tuple[int, int, int, int, float]:
    """Articles that are known enough; of these with boilerplate, without and with the memory; own paragraphs lost; CPU seconds."""
    piles: list[list[Article]] = [[] for _ in range(sites)]
    for article in articles:
        rand.choice(piles).extend([article] * case.copies)
    count = before = left = lost = 0
    took = 0.0
    for pile in piles:
        rand.shuffle(pile)
        known: list[ParagraphHashes] = []
        for number, article in enumerate(pile):
            own = [block.text for block in article.blocks]
            texts = case.furnish(own) if rand.random() < case.share else own
            title = f"{article.title} {number}" if case.copies > 1 else article.title
            mine = marks(texts, title, article.authors, article.published_at.date() if article.published_at else None)
            around = known[-AROUND:][::-1]
            began = time.process_time()
            alike = [other for other in around if not set(mine.paragraphs).isdisjoint({*other.paragraphs} - {0})]
            gone = {texts[place] for place in boilerplate_places(texts, mine, alike, len(around) - len(alike))}
            took += time.process_time() - began
            lost += len(gone & set(own))
            known.append(mine)
            if number >= KNOWN_FROM:
                extra = set(texts) - set(own)
                count, before, left = count + 1, before + bool(extra), left + bool(extra - gone)
    return count, before, left, lost, took


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sites", type=int, default=10)
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    articles = read(chosen.corpus)
    print(f"{len(articles)} articles on {chosen.sites} sites, seed {chosen.seed}\n")
    print("| a site adds | articles | left without | left with memory | own paragraphs lost | ms an article |")
    print("|---|---|---|---|---|---|")
    for case in CASES:
        count, before, left, lost, took = judged(articles, case, chosen.sites, random.Random(f"{chosen.seed}:{case.name}"))
        print(f"| {case.name} | {count} | {before} | {left} | {lost} | {1000 * took / max(count, 1):.2f} |")


if __name__ == "__main__":
    main()
