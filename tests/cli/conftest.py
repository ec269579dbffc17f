"""The command line as a person uses it, on a database of its own."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import structlog
from typer.testing import CliRunner

from cli.main import app
from pipeline.extract.html.blocks import of_lines
from pipeline.extract.model import Article
from pipeline.jobs import Identity, Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import articles
from pipeline.store.links import links

TEXT = "The council met on Monday.\nIt said nothing."


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Newsmill = Callable[..., Said]


@pytest.fixture
def own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty folder to work in; no test sees the options or the logging of the one before."""
    monkeypatch.chdir(tmp_path)
    before, handlers, level = dict(os.environ), logging.root.handlers[:], logging.root.level
    yield
    os.environ.clear()
    os.environ.update(before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def newsmill(own_place: None) -> Newsmill:
    """Runs a command in an empty folder, where nothing is set up."""

    def run(*arguments: str, given: str | bytes | None = None) -> Said:
        result = CliRunner().invoke(app, list(arguments), input=given, prog_name="newsmill")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def stack(newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsmill]:
    """Runs a command on an empty database, with a Redis of which nothing is left behind."""
    redis_url = settings.redis_url.rpartition("/")[0] + "/9"
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("NEWSMILL_REDIS_URL", redis_url)
    monkeypatch.setenv("NEWSMILL_FETCH__ALLOW_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("NEWSMILL_FETCH__CONTACT", "https://who.test/")
    yield newsmill
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()


@pytest.fixture
def unknown(stack: Newsmill, monkeypatch: pytest.MonkeyPatch) -> Newsmill:
    """The same, where nobody has set a contact address."""
    monkeypatch.delenv("NEWSMILL_FETCH__CONTACT")
    return stack


def article(**fields: Any) -> Article:
    values: dict[str, Any] = {
        "title": "Council meets",
        "authors": ("Ann Ash", "Bo Beech"),
        "published_at": datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
        "modified_at": None,
        "blocks": of_lines(TEXT.splitlines()),
        "language": "en",
        "site_name": "The River Post",
        "canonical_url": "",
        "image_url": "",
        "tags": ("council", "river"),
        "summary": "A short one.",
        "word_count": 8,
        "content_hash": hashlib.sha256(b"text").digest(),
        "sources": {"title": "json-ld"},
        "flags": (),
    }
    return Article(**values | fields)


def waiting(conn: psycopg.Connection, url: str) -> int:
    """A link that waits for its fetch. Returns its number."""
    return links.enqueue(conn, [parse(url)])[0].id


def stored(conn: psycopg.Connection, url: str, **fields: Any) -> int:
    """A link with its article. Returns the number of the article."""
    number = waiting(conn, url)
    page = Page(url, url, 200, {}, (), b"", datetime(2026, 11, 20, 13, tzinfo=UTC))
    articles.upsert(conn, number, url, page, article(**fields), Identity(parse(url).key), "newsmill-1")
    end(conn, number, "stored", "")
    link = links.find(conn, str(number))
    assert link is not None
    assert link.article_id is not None
    return link.article_id


def ended(conn: psycopg.Connection, url: str, state: str, code: str, detail: str = "The reason.") -> int:
    """A link that ended without an article. Returns its number."""
    number = waiting(conn, url)
    end(conn, number, state, code, detail)
    return number


def end(conn: psycopg.Connection, number: int, state: str, code: str, detail: str = "") -> None:
    conn.execute(
        "UPDATE links SET state = %s, code = %s, detail = %s, fetch_attempts = fetch_attempts + 1, dispatch_id = NULL, lease_until = NULL, updated_at = now()"
        " WHERE id = %s",
        (state, code, detail, number),
    )
