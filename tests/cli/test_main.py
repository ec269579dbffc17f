"""The command as a whole: help, global options, and what is said when something is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from cli.errors import explain
from cli.local.data_folder import Kept, keep
from pipeline.settings import Settings
from tests.cli.conftest import Newsmill
from tests.paths import REPOSITORY
from tests.support.ports import free_port

COMMANDS = [
    "hosts",
    "prune",
    "rekey",
    "up",
    "demo",
    "add",
    "import",
    "export",
    "feeds",
    "enqueue",
    "status",
    "links",
    "trace",
    "failures",
    "retry",
    "show",
    "migrate",
    "doctor",
]


def test_help_names_every_command(newsmill: Newsmill) -> None:
    said = newsmill("--help")
    assert said.code == 0
    assert [name for name in COMMANDS if f" {name} " not in said.out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(newsmill: Newsmill, command: str) -> None:
    said = newsmill(command, "--help")
    assert said.code == 0
    assert f"newsmill {command}" in said.out


def test_without_a_command_the_help_is_shown(newsmill: Newsmill) -> None:
    assert newsmill().out == newsmill("--help").out


def test_help_waits_for_no_heavy_module() -> None:
    program = (
        "import sys\n"
        "from cli.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('celery', 'lxml', 'psycopg', 'pydantic', 'redis', 'requests', 'structlog', 'trafilatura') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(newsmill: Newsmill) -> None:
    said = newsmill("--version")
    assert said.code == 0
    assert said.out.startswith("newsmill ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuchcommand"],
        ["links", "--nosuchoption"],
        ["links", "--state", "lost"],
        ["links", "--code", "http_nought"],
        ["links", "--limit", "many"],
        ["retry", "--older-than", "a while"],
        ["export", "--format", "xml"],
        ["export", "--since", "yesterday"],
        ["trace"],
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(newsmill: Newsmill, arguments: list[str]) -> None:
    said = newsmill(*arguments)
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 1)
    assert "Traceback" not in said.err


def test_a_setting_that_does_not_exist_is_refused_by_name(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP", "3")
    said = newsmill("status")
    assert said.code == 2
    assert "NEWSMILL_FETCH__MIN_GAP is not a setting" in said.err


def test_a_wrong_value_in_the_file_is_refused_by_name(newsmill: Newsmill, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[fetch]\nmin_gap_s = -1\n")
    said = newsmill("--config", str(file), "status")
    assert said.code == 2
    assert "fetch.min_gap_s (NEWSMILL_FETCH__MIN_GAP_S)" in said.err
    assert "must be 0 or more" in said.err


def test_a_file_that_is_not_there_is_named(newsmill: Newsmill) -> None:
    said = newsmill("--config", "nowhere.toml", "status")
    assert (said.code, "nowhere.toml" in said.err) == (2, True)


def test_the_level_of_the_log_is_checked(newsmill: Newsmill) -> None:
    said = newsmill("--loglevel", "loud", "status")
    assert said.code == 2
    assert said.err.startswith("--loglevel: ")


def test_without_any_postgres_the_way_to_one_is_said(newsmill: Newsmill) -> None:
    said = newsmill("status")
    assert said.code == 1
    assert said.err == "There is no Postgres in data; start one with `newsmill up`, or set NEWSMILL_DATABASE_URL.\n"


def test_a_postgres_that_does_not_answer_is_named(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", f"postgresql://someone:secret@127.0.0.1:{port}/newsmill")
    said = newsmill("links")
    assert said.code == 1
    assert said.err == f"Postgres at 127.0.0.1:{port} does not answer; start it with `newsmill up` or check NEWSMILL_DATABASE_URL.\n"


def test_a_wrong_password_is_told_from_a_silent_postgres(newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    host = settings.database_url.rpartition("@")[2]
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", f"postgresql://newsmill:wrong@{host}")
    said = newsmill("links")
    assert said.code == 1
    assert "refuses the user name or the password" in said.err
    assert "wrong" not in said.err


def test_a_database_that_does_not_exist_is_told_apart(newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", settings.database_url.rpartition("/")[0] + "/nowhere")
    assert "has no such database" in newsmill("links").err


def test_an_address_that_is_none_is_said_so(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql://[broken/newsmill")
    said = newsmill("links")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "NEWSMILL_DATABASE_URL" in said.err


@pytest.mark.parametrize("command", [["status"], ["links"], ["feeds"], ["failures"], ["enqueue", "http://127.0.0.1/a"], ["export"]])
def test_missing_tables_are_told_with_the_way_to_make_them(
    newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", settings.database_url.rpartition("/")[0] + "/postgres")
    said = newsmill(*command)
    assert said.code == 1
    assert said.err == "The tables of newsmill are missing or older than this version; run `newsmill migrate`.\n"


def test_debug_shows_where_an_error_came_from(newsmill: Newsmill) -> None:
    assert "Traceback" not in newsmill("status").err
    assert "Traceback" in newsmill("--debug", "status").err


def test_a_fault_of_newsmill_is_one_sentence_too() -> None:
    sentence, code = explain(ZeroDivisionError("division by zero\nand more"))
    assert (code, sentence) == (1, "An error in newsmill: ZeroDivisionError: division by zero (--debug shows where).")


def test_the_services_of_a_running_up_are_found_in_its_data_folder(
    newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    keep(folder, "postgres")
    database, queue = Kept.database_url, Kept.redis_url
    monkeypatch.setattr(Kept, "database_url", property(lambda self: settings.database_url))
    monkeypatch.setattr(Kept, "redis_url", property(lambda self: settings.redis_url))
    assert newsmill("--data", str(folder), "status").code == 0
    monkeypatch.setattr(Kept, "database_url", database)
    monkeypatch.setattr(Kept, "redis_url", queue)
    assert newsmill("--data", str(folder), "status").err.endswith("start it with `newsmill up` or check NEWSMILL_DATABASE_URL.\n")


def test_a_connection_that_breaks_off_is_one_sentence(stack: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly\n\tThis probably means …")

    monkeypatch.setattr("pipeline.store.maintenance.status.summary", broken)
    said = stack("status")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert said.err == "The connection to Postgres broke off; try again, and see `newsmill doctor`.\n"
