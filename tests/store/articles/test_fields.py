"""The table of an article's fields: all that reads, writes, compares and shows articles goes by it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.jobs import Identity, Page
from pipeline.settings import Settings
from pipeline.store.articles import articles
from pipeline.store.articles.fields import COMPARED, FIELDS, SHOWN, Making, Stored, differences
from tests.cli.conftest import article, stored
from tests.paths import REPOSITORY

URL = "https://a.example/1"


def made(**changed: Any) -> Making:
    page = Page(URL, URL, 200, {}, (), b"", datetime(2026, 11, 20, 13, tzinfo=UTC))
    return Making(1, URL, page, article(**changed), Identity(b"\0" * 32), "newsmill-1")


def written(making: Making) -> Stored:
    """What would stand in the database."""
    values = dict.fromkeys(field.name for field in fields(Stored))
    return Stored(**values | {field.name: field.value(making) for field in FIELDS if field.column.written})


@pytest.mark.parametrize("name", [field.name for field in COMPARED])
def test_a_change_of_any_compared_field_is_seen(name: str) -> None:
    making = made()
    assert differences(written(making), making) == []
    assert [found[0] for found in differences(replace(written(making), **{name: "another"}), making)] == [name]


def test_all_that_an_extraction_finds_is_compared() -> None:
    own = {field.name for field in FIELDS if field.column.written and not field.column.compared}
    assert own == {"url", "final_url", "url_key", "word_count", "content_hash", "fetched_at", "extractor", "link_id"}


def test_what_is_no_address_of_the_web_is_no_difference_either(conn: psycopg.Connection) -> None:
    number = stored(conn, URL, image_url="javascript:alert(1)", licence="data:text/html,x")
    found = articles.get(conn, number)
    assert found is not None
    assert (found.image_url, found.licence) == ("", "")
    making = replace(made(image_url="javascript:alert(1)", licence="data:text/html,x"), link_id=found.link_id)
    assert differences(found, making) == []


def test_what_is_written_is_read_back_the_same(conn: psycopg.Connection) -> None:
    found = articles.get(conn, stored(conn, URL))
    assert found is not None
    assert differences(found, made()) == []


def test_fields_that_are_shown_have_labels_of_their_own() -> None:
    labels = [field.column.shown for field in SHOWN]
    assert len(set(labels)) == len(labels) > 10


GUIDE = REPOSITORY / "docs/how-to/add-a-field.md"
STORES_ONE = """
import json, sys
import psycopg
from cli.reference import article_fields
from pipeline import jobs
from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import articles
from pipeline.store.articles.fields import as_json
from pipeline.store.links import links
from pipeline.store.maintenance.migrate import migrate

url, html, database_url = "https://a.example/1", sys.stdin.buffer.read(), sys.argv[1]
migrate(database_url)
with psycopg.connect(database_url, autocommit=True) as conn:
    link = links.enqueue(conn, [parse(url)])[0].id
    found = extract(Page(url, html, "text/html"), Hints(), Settings().extract)
    page = jobs.Page(url, url, 200, {}, (), html)
    number = articles.upsert(conn, link, url, page, found, jobs.Identity(parse(url).key), "x")
    print(json.dumps(as_json(articles.get(conn, number)), default=str))
assert "| `genre` | text |" in article_fields.table()
"""


def test_a_field_is_added_by_what_the_guide_says_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    for package in ("pipeline", "cli", "workers"):
        shutil.copytree(REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, lines in re.findall(r"```diff\n--- (\S+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        changed(tmp_path / path, lines.splitlines())
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The vote", "genre": "opinion"}
    text = "".join(f"<p>{'The council met on Monday and said nothing of it. ' * 4}{n}</p>" for n in range(5))
    html = (
        f'<html lang="en"><head><script type="application/ld+json">{json.dumps(data)}</script></head><body><article><h1>The vote</h1>{text}'
    )
    command = [sys.executable, "-c", STORES_ONE, settings.database_url]
    done = subprocess.run(command, cwd=tmp_path, input=html, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["genre"], found["sources"]["genre"]) == ("opinion", "json-ld")


def changed(file: Path, lines: list[str]) -> None:
    """Put the lines with a + below the line before them."""
    have = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    at = 0
    for line in lines:
        if line.startswith("+"):
            have.insert(at, line[1:])
            at += 1
        else:
            assert have.count(line[1:]) == 1, f"{GUIDE.name}: {line[1:]!r} stands {have.count(line[1:])} times in {file.name}"
            at = have.index(line[1:]) + 1
    file.write_text("\n".join(have) + "\n", encoding="utf-8")
