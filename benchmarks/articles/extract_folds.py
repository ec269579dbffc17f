"""What each rule of the text extraction is worth: every corpus page is extracted with and without it, and the difference is shown by folds.

    python -m benchmarks.articles.extract_folds CORPUS [CORPUS …] [--only NAME]

The pages are split by site into five folds, so that no site is in two of them. A figure is the sum of a measure with all rules minus the sum
without this one, in pages: +1.0 means that the rule is worth one whole page. The measure of a page is its page F1 where the corpus has the body,
and the share of wanted phrases found and unwanted phrases kept out where it has phrases. A rule that gains on fewer than three sites, or loses
more than it gains, is marked `out`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.articles import scoring
from benchmarks.articles.extract_quality import Sample, read_corpus
from benchmarks.articles.extractors import newsmill
from pipeline.normalise.site import site_of

FOLDS = 5
MIN_SITES = 3  # sites on which a rule must gain to stay
NOTICEABLE = 0.005  # of a page's measure
TEXT = "pipeline.extract.text"


def nothing(*_: Any, **__: Any) -> set[int]:
    return set()


def never(*_: Any, **__: Any) -> bool:
    return False


def unchanged(first: Any, *_: Any, **__: Any) -> Any:
    return first


@dataclass(frozen=True, slots=True)
class Rule:
    """A function that is one rule, and what stands in its place when the rule is off."""

    module: str
    attribute: str
    off: Callable[..., Any]

    @property
    def name(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.attribute}"


RULES = (
    Rule(f"{TEXT}.article_text", "with_duplicates", unchanged),
    Rule(f"{TEXT}.article_text", "with_companions", unchanged),
    Rule(f"{TEXT}.article_text", "with_standfirst", unchanged),
    Rule(f"{TEXT}.article_text", "without_title", unchanged),
    Rule(f"{TEXT}.article_text", "_lost_its_paragraphs", never),
    Rule(f"{TEXT}.word_overlap", "is_nearer", never),
    Rule(f"{TEXT}.trim", "_appeals", nothing),
    Rule(f"{TEXT}.trim", "_teasers", nothing),
    Rule(f"{TEXT}.trim", "_empty_sections", nothing),
    Rule(f"{TEXT}.trim", "_labels", nothing),
    Rule(f"{TEXT}.trim", "_doubled", nothing),
    Rule(f"{TEXT}.trim", "_of_the_tail", nothing),
    Rule(f"{TEXT}.trim", "_is_biography", never),
    Rule(f"{TEXT}.trim", "is_stamp", never),
    Rule(f"{TEXT}.trim", "repeats", never),
    Rule(f"{TEXT}.trim", "is_placeholder", never),
    Rule(f"{TEXT}.trim", "is_closing", never),
    Rule("pipeline.extract.html.block_context.Surroundings", "foreign", never),
)


@contextmanager
def switched_off(rule: Rule | None) -> Iterator[None]:
    if rule is None:
        yield
        return
    owner = _owner(rule.module)
    usual = getattr(owner, rule.attribute)
    setattr(owner, rule.attribute, rule.off)
    try:
        yield
    finally:
        setattr(owner, rule.attribute, usual)


def _owner(path: str) -> Any:
    """A module, or a class in one."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def measures(folders: list[Path], rule: Rule | None) -> list[float | None]:
    """The measure of each page; None where the corpus says nothing of its text."""
    with switched_off(rule):
        return [_measure(sample) for folder in folders for sample in read_corpus(folder)]


def _measure(sample: Sample) -> float | None:
    guess = newsmill(sample.page, sample.truth["url"])
    found = scoring.score(sample.truth, guess)
    parts = [found["pageF1"]] if "pageF1" in found else []
    text = _squeezed(guess.get("body") or "")
    parts += [float(_squeezed(phrase) in text) for phrase in sample.truth.get("must_contain") or ()]
    parts += [float(_squeezed(phrase) not in text) for phrase in sample.truth.get("must_not_contain") or ()]
    return sum(parts) / len(parts) if parts else None


def _squeezed(text: str) -> str:
    return "".join(scoring.visible(text).casefold().split())


def fold_of(site: str) -> int:
    return hashlib.sha256(site.encode()).digest()[0] % FOLDS


def row(rule: Rule, sites: list[str], usual: list[float | None], without: list[float | None]) -> str:
    folds, by_site = [0.0] * FOLDS, defaultdict[str, float](float)
    for site, on, off in zip(sites, usual, without, strict=True):
        if on is not None and off is not None:
            folds[fold_of(site)] += on - off
            by_site[site] += on - off
    gained = sum(value > NOTICEABLE for value in by_site.values())
    lost = sum(value < -NOTICEABLE for value in by_site.values())
    verdict = "" if gained >= MIN_SITES and sum(folds) > 0 else "out"
    cells = [rule.name, *(f"{value:+.2f}" for value in folds), f"{sum(folds):+.2f}", str(gained), str(lost), verdict]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--only", action="append", default=[], help="a rule, as it is named in the table; may be repeated")
    chosen = parser.parse_args()
    rules = [rule for rule in RULES if not chosen.only or rule.name in chosen.only]
    sites = [site_of(urlsplit(sample.truth["url"]).hostname or "") for folder in chosen.corpora for sample in read_corpus(folder)]
    with ProcessPoolExecutor() as pool:
        usual, *others = pool.map(measures, *zip(*((chosen.corpora, rule) for rule in (None, *rules)), strict=True))
    print("| rule | " + " | ".join(f"fold {n + 1}" for n in range(FOLDS)) + " | all | sites gained | sites lost | |")
    print("|---" * (FOLDS + 5) + "|")
    for rule, without in zip(rules, others, strict=True):
        print(row(rule, sites, usual, without))


if __name__ == "__main__":
    main()
