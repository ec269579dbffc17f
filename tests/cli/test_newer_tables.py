"""Tables of a newer newsmill: whatever would work on them says so and ends, instead of writing what it does not understand."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from cli.errors import UpError
from cli.local.up import environment, prepare
from pipeline.settings import Settings
from pipeline.store.db.schema import NewerTables
from pipeline.store.maintenance.migrate import migrate
from tests.cli.conftest import Newsmill
from tests.paths import REPOSITORY

SENTENCE = "The tables were made by a newer newsmill (9999-tomorrow); run that version or a newer one on them."


@pytest.fixture
def newer(conn: psycopg.Connection) -> None:
    conn.execute("INSERT INTO _yoyo_migration (migration_hash, migration_id) VALUES ('x', '9999-tomorrow')")


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("command", [["status"], ["migrate"], ["enqueue", "https://a.example/1"], ["feeds"]])
def test_a_command_refuses(stack: Newsmill, conn: psycopg.Connection, command: list[str]) -> None:
    said = stack(*command)
    assert (said.code, said.out) == (1, "")
    assert SENTENCE in said.err
    assert conn.execute("SELECT count(*) FROM links").fetchone() == (0,)


@pytest.mark.usefixtures("newer")
def test_doctor_says_it_and_goes_on(stack: Newsmill) -> None:
    said = stack("doctor")
    assert said.code == 1
    assert "fail  tables: a newer newsmill made them (9999-tomorrow)" in said.out
    assert "redis writes" in said.out


@pytest.mark.usefixtures("newer")
def test_up_refuses_and_the_migrations_too(settings: Settings) -> None:
    with pytest.raises(UpError, match="newer newsmill"):
        prepare(settings)
    with pytest.raises(NewerTables, match="9999-tomorrow"):
        migrate(settings.database_url)


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("module", [["workers", "fetch"], ["workers", "control"], ["web"]])
def test_a_process_of_the_stack_ends_with_the_sentence(settings: Settings, module: list[str]) -> None:
    ended = started(settings, *module)
    assert (ended.returncode, ended.stderr) == (1, f"newsmill: {SENTENCE}\n")


def test_a_worker_does_not_begin_on_older_tables(settings: Settings, conn: psycopg.Connection) -> None:
    conn.execute("DELETE FROM _yoyo_migration WHERE migration_id = '0019-periodic'")
    ended = started(settings, "workers", "extract")
    assert ended.returncode == 1
    assert ended.stderr == "newsmill: The tables are older than this newsmill (0019-periodic missing); run `newsmill migrate`.\n"


def started(settings: Settings, *module: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=REPOSITORY, env=environment(settings), capture_output=True, text=True, timeout=300, check=False)
