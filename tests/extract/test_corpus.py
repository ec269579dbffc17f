"""Real pages, where the corpus is at hand."""

from __future__ import annotations

import gzip
import json

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.settings import Extract
from tests.paths import SHARED

CORPUS = SHARED / "bench" / "articles"


@pytest.mark.newsroom
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_every_tenth_page_of_the_corpus_is_an_article_with_most_of_its_text() -> None:
    rows = [json.loads(line) for line in (CORPUS / "truth.jsonl").read_text(encoding="utf-8").splitlines()][::10]
    shares = []
    for row in rows:
        body = gzip.decompress((CORPUS / row["html"]).read_bytes())
        got = extract(Page(row["url"], body, "text/html; charset=utf-8"), Hints(), Extract())
        assert got.title, row["id"]
        wanted, words = set(row["body"].split()), set(got.text.split())
        shares.append(len(wanted & words) / len(wanted))
    assert sum(shares) / len(shares) > 0.93
