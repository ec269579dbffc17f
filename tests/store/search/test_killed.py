"""A backfill goes on where it was, whatever is killed in the middle of it; then every article is found as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from cli.local.services import embedded, start_postgres, stop_postgres
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.search import checking, filling
from tests.cli.conftest import stored

ARTICLES = 60
BATCH = 7
# Says after each batch how many it had, and then goes on without being asked: it is killed in the next one.
FILL = """
import sys, psycopg
from pipeline.store.search import filling
with psycopg.connect(sys.argv[1], autocommit=True) as conn:
    for written in filling.fill(conn, int(sys.argv[2])):
        print(written, flush=True)
"""
Rows = list[tuple[object, ...]]


def prepared(conn: psycopg.Connection) -> Rows:
    """Articles of 60 days, and what search had of them before it forgot them all. Returns that."""
    for number in range(ARTICLES):
        stored(
            conn, f"http://a.example/{number}", title=f"Number {number}", published_at=datetime(2026, 9, 25, tzinfo=UTC) + timedelta(number)
        )
    whole = rows(conn)
    filling.forget(conn)
    assert rows(conn) == []
    return whole


def rows(conn: psycopg.Connection) -> Rows:
    return conn.execute("SELECT * FROM search ORDER BY article_id").fetchall()


@contextmanager
def filling_up(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a backfill."""
    command = [sys.executable, "-c", FILL, url, str(BATCH)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == f"{BATCH}\n"
        yield child


def test_a_backfill_whose_process_is_killed_is_gone_on_with(conn: psycopg.Connection, settings: Settings) -> None:
    whole = prepared(conn)
    for _ in range(3):
        with filling_up(settings.database_url) as child:
            os.kill(child.pid, signal.SIGKILL)
    sum(filling.fill(conn))
    assert rows(conn) == whole
    assert checking.check(conn).wrong == 0


def test_a_backfill_whose_postgres_is_killed_is_gone_on_with(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("killed")
    with embedded(folder, valkey=False) as services:
        migrate(services.database_url)
        settings = Settings(database_url=services.database_url)
        with connect(settings) as conn:
            whole = prepared(conn)
        with filling_up(services.database_url) as child:
            stop_postgres(folder, "kill")
            assert child.wait(120) != 0
        start_postgres(folder)
        with connect(settings) as conn:
            assert BATCH <= len(rows(conn)) < ARTICLES
            sum(filling.fill(conn))
            assert rows(conn) == whole
            assert checking.check(conn).wrong == 0
