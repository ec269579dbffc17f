"""How well articles come out, beside the extractors that others use: one table in Markdown.

    python -m benchmarks.articles.extract_quality CORPUS [--only newsmill] [--worst 20] [--save DIR]

CORPUS is a folder with truth.jsonl, one object a line {id, source, url, title, authors, published, topics, body, html}: `html` is the
path of the page (.html.gz, UTF-8), a null field is not scored. `--worst` lists newsmill's pages with the lowest page F1, `--save`
keeps each extractor's output as DIR/NAME.jsonl. The others come with `pip install -e ".[bench]"` (pip 24 or later); what is missing is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.articles import scoring
from benchmarks.articles.extractors import Extractor, installed

FIELD_OF = {
    "title": "title",
    "title~": "title",
    "au=": "authors",
    "auF1": "authors",
    "day": "published",
    "minute": "published",
    "topF1": "topics",
}
COLUMNS = ("F1", "P", "R", "pageF1", "title", "title~", "auF1", "day", "minute", "topF1")


@dataclass(frozen=True, slots=True)
class Sample:
    """A page of the corpus and what is true of it."""

    truth: dict[str, Any]
    page: bytes


def read_corpus(folder: Path) -> list[Sample]:
    rows = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Sample(row, gzip.decompress((folder / row["html"]).read_bytes())) for row in rows]


def predict(extractor: Extractor, samples: list[Sample]) -> list[dict[str, Any]]:
    return [{"id": sample.truth["id"], **extractor(sample.page, sample.truth["url"])} for sample in samples]


def _scores(truth: dict[str, Any], row: dict[str, Any], given: set[str]) -> scoring.Scores:
    """The measures of the fields that the extractor gives at all."""
    return {name: value for name, value in scoring.score(truth, row).items() if FIELD_OF.get(name, "body") in given}


def table(results: dict[str, list[tuple[str, scoring.Scores]]]) -> str:
    """One row for each part of the corpus and extractor. `results`: extractor → (source, scores) of each page."""
    lines = ["| pages | extractor | " + " | ".join(COLUMNS) + " |", "|---|---|" + "---|" * len(COLUMNS)]
    sources = sorted({source for scored in results.values() for source, _ in scored})
    for source in [*sources, "all"]:
        for name, scored in results.items():
            chosen = [scores for of, scores in scored if source in (of, "all")]
            found = scoring.summary(chosen)
            cells = " | ".join(f"{found[column]:.3f}" if column in found else "" for column in COLUMNS)
            lines.append(f"| {source} ({len(chosen)}) | {name} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", action="append", default=[], help="an extractor; may be repeated")
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    samples = read_corpus(chosen.corpus)
    results = {}
    for name, extractor in installed().items():
        if chosen.only and name not in chosen.only:
            continue
        rows = predict(extractor, samples)
        given = {field for row in rows for field in row}
        results[name] = [(sample.truth["source"], _scores(sample.truth, row, given)) for sample, row in zip(samples, rows, strict=True)]
        if chosen.save:
            chosen.save.mkdir(parents=True, exist_ok=True)
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
            (chosen.save / f"{name}.jsonl").write_text(text, encoding="utf-8")
    print(table(results))
    ranked = sorted(zip(samples, results.get("newsmill", ()), strict=False), key=lambda pair: pair[1][1].get("pageF1", 1))
    for sample, (_, scores) in ranked[: chosen.worst]:
        print(f"{scores['pageF1']:.3f}  P {scores.get('P', 0):.3f}  R {scores.get('R', 0):.3f}  {sample.truth['id']}")


if __name__ == "__main__":
    main()
