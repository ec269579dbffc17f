"""The health check of a container: how old is the heartbeat."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workers.health import LIMIT_S, verdict
from workers.processes import heartbeat


@pytest.mark.parametrize(
    ("age", "alive"),
    [(0.0, True), (LIMIT_S - 1, True), (LIMIT_S, False), (3600.0, False), (-5.0, False)],  # the last: the machine was started anew
)
def test_a_worker_is_alive_while_its_heartbeat_is_fresh(tmp_path: Path, age: float, alive: bool) -> None:
    beat, now = tmp_path / "heartbeat", 10_000.0
    beat.write_text(f"{now - age}\n")
    os.utime(beat, (now, now))  # the wall clock does not matter
    assert verdict(str(beat), now)[0] is alive


def test_a_heartbeat_is_written_by_the_clock_that_it_is_read_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_HEARTBEAT_FILE", str(tmp_path / "heartbeat"))
    heartbeat.touch()
    assert verdict(str(tmp_path / "heartbeat"), time.monotonic())[0]
    assert [file.name for file in tmp_path.iterdir()] == ["heartbeat"]


@pytest.mark.parametrize("text", ["", "soon", "\xff"])
def test_what_is_no_heartbeat_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "heartbeat").write_text(text, encoding="latin-1")
    assert not verdict(str(tmp_path / "heartbeat"), time.monotonic())[0]


@pytest.mark.parametrize(("path", "word"), [("", "NEWSMILL_HEARTBEAT_FILE"), ("/nowhere/heartbeat", "/nowhere/heartbeat does not exist")])
def test_no_heartbeat_is_not_alive_and_says_why(path: str, word: str) -> None:
    alive, sentence = verdict(path, time.monotonic())
    assert not alive
    assert word in sentence


def test_the_command_answers_by_its_exit_status_and_imports_nothing_heavy(tmp_path: Path) -> None:
    beat = tmp_path / "heartbeat"
    program = "import runpy, sys; sys.argv = ['health']\ntry: runpy.run_module('workers.health', run_name='__main__')\nfinally: print(sorted(sys.modules))"
    for expected in (1, 0):
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "NEWSMILL_HEARTBEAT_FILE": str(beat)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == expected, ran.stderr
        assert "celery" not in ran.stdout
        assert "pydantic" not in ran.stdout
        beat.write_text(f"{time.monotonic()}")
