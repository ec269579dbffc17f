"""What a person reads is in our words: never those of a library, which differ from version to version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from cli.errors import explain
from pipeline.settings import Settings
from tests.cli.conftest import Newsmill, stored
from tests.paths import REPOSITORY

LIBRARIES = (
    "Invalid value",
    "No such option",
    "No such command",
    "Got unexpected",
    "Missing argument",
    "Missing option",
    "requires an argument",
    "Input should be",
    "Value error",
    "valid integer",
    "Possible options",
    "is not one of",
    "NEWSMILL_LOG_LEVEL",
    "server closed the connection",
    "Errno",
    "Expecting",
)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("nosuchcommand", "There is no command nosuchcommand; see `newsmill --help`."),
        ("feeds nosuchcommand", "There is no command nosuchcommand; see `newsmill feeds --help`."),
        ("links --nosuchoption", "There is no option --nosuchoption; see `newsmill links --help`."),
        ("links --limits 3", "There is no option --limits (similar: --limit); see `newsmill links --help`."),
        ("links --limit many", "--limit must be a whole number; see `newsmill links --help`."),
        ("links --limit 0", "--limit must be 1 or more; see `newsmill links --help`."),
        ("links --limit", "--limit needs a value."),
        ("links --all=yes", "--all takes no value."),
        ("trace", "[article|link] NUMBER|URL is missing; see `newsmill trace --help`."),
        ("stories x", "STORY must be a whole number; see `newsmill stories --help`."),
        (
            "export --format xml",
            "--format must be one of 'jsonl', 'csv', 'parquet', 'csl', 'bibtex', 'ris', 'opml', 'warc'; see `newsmill export --help`.",
        ),
        ("feeds show 1 2", "There is one argument too many: 2; see `newsmill feeds show --help`."),
        (
            "retry --older-than x",
            "--older-than: 'x' is not a length of time; write it like 45s, 30m, 2h or 7d; see `newsmill retry --help`.",
        ),
        ("--loglevel loud status", "--loglevel: 'loud' is not a level; the levels are debug, info, warning, error; see `newsmill --help`."),
    ],
)
def test_wrong_usage_is_answered_in_our_words(newsmill: Newsmill, arguments: str, sentence: str) -> None:
    said = newsmill(*arguments.split())
    assert (said.code, said.err) == (2, sentence + "\n")


@pytest.mark.parametrize(
    "value",
    [
        ("NEWSMILL_FETCH__MIN_GAP_S", "x"),
        ("NEWSMILL_FETCH__MIN_GAP_S", "-1"),
        ("NEWSMILL_FETCH__MAX_BYTES", "1.5"),
        ("NEWSMILL_FETCH__HONOUR_ROBOTS", "perhaps"),
        ("NEWSMILL_FETCH__ALLOW_PORTS", '["x"]'),
        ("NEWSMILL_FETCH__ALLOW_NETWORKS", '["10.0.0.0/99"]'),
        ("NEWSMILL_FETCH__CONTACT", "nobody"),
        ("NEWSMILL_LOG_FORMAT", "xml"),
        ("NEWSMILL_WEB__PORT", "99999999"),
    ],
)
def test_a_wrong_setting_is_answered_in_our_words(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch, value: tuple[str, str]) -> None:
    monkeypatch.setenv(*value)
    said = newsmill("status")
    assert said.code == 2
    assert value[0] in said.err
    assert [words for words in LIBRARIES if words in said.err] == []


def test_a_broken_settings_file_is_answered_with_the_place(newsmill: Newsmill, tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[fetch]\nmin_gap_s 5\n")
    said = newsmill("--config", str(file), "status")
    assert (said.code, said.err) == (2, f"{file} is not valid TOML; see line 2, column 11.\n")


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly"),
        redis.ConnectionError("Error 111 connecting to 127.0.0.1:1. Connection refused."),
        redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        PermissionError(13, "Permission denied", "data/x"),
    ],
)
def test_a_fault_of_a_service_is_answered_in_our_words(error: Exception) -> None:
    sentence, code = explain(error)
    assert code == 1
    assert [words for words in (*LIBRARIES, "111", "MISCONF", "consuming") if words in sentence] == []


@pytest.mark.parametrize("arguments", [["export"], ["export", "--format", "csv"], ["links", "--all"], ["articles", "--all", "--json"]])
def test_a_reader_that_has_had_enough_ends_a_listing_silently(
    stack: Newsmill, settings: Settings, conn: psycopg.Connection, arguments: list[str]
) -> None:
    stored(conn, "https://a.example/1")
    # Enough to fill a pipe, so that the command is still writing when its reader goes.
    conn.execute("UPDATE articles SET title = repeat('long ', 20000)")
    conn.execute(
        "INSERT INTO links (url, url_key, host_id) SELECT url || n || repeat('x', 2000), sha256(n::text::bytea), host_id FROM links, generate_series(1, 200) n"
    )
    for n in range(2, 6):
        stored(conn, f"https://a.example/{n}", title="long " * 20000)
    program = f"from cli.main import run; import sys; sys.argv[1:] = {arguments!r}; run()"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.read(100)
        child.stdout.close()
        assert child.stderr.read() == b""
