"""Who hangs: a table of last signs of life, and a supervisor that starts again what is stopped."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.local.hung_processes import STARTING_S, HungProcesses
from cli.local.stop_signals import StopRequests
from cli.local.supervise import Out, Program, run

NOW = 10_000.0
BOTH = {"beat": NOW - 500, "control": NOW - 500}
JUST = {"beat": NOW - 500, "control": NOW - 40}


@pytest.mark.parametrize(
    ("started_at", "signs", "hung"),
    [
        (BOTH, {"beat": NOW, "control": NOW}, []),
        (BOTH, {"beat": NOW - 29, "control": NOW - 29}, []),
        (BOTH, {"beat": NOW - 31, "control": NOW}, ["beat"]),
        (BOTH, {"beat": NOW, "control": NOW - 31}, ["control"]),
        (BOTH, {"beat": NOW - 31, "control": NOW - 31}, ["beat"]),  # nobody asks control for ticks
        (BOTH, {"beat": NOW}, ["control"]),
        (JUST, {"beat": NOW, "control": NOW - 60}, []),  # its sign is of the process before it
        (JUST, {"beat": NOW}, []),
        ({"beat": NOW - STARTING_S - 31, "control": NOW - 1}, {}, ["beat"]),
        ({"control": NOW - 500}, {"beat": NOW, "control": NOW - 300}, []),  # beat waits for its own start
        ({}, {}, []),
    ],
)
def test_beat_and_control_hang_when_they_are_silent(started_at: dict[str, float], signs: dict[str, float], hung: list[str]) -> None:
    assert HungProcesses({}, 30, str).judge(started_at, signs, NOW) == hung


def test_control_has_its_time_anew_when_beat_is_back() -> None:
    stalls = HungProcesses({}, 30, str)
    assert stalls.judge(BOTH, {"beat": NOW - 300, "control": NOW - 300}, NOW) == ["beat"]
    assert stalls.judge(BOTH, {"beat": NOW + 5, "control": NOW - 300}, NOW + 5) == []
    assert stalls.judge(BOTH, {"beat": NOW + 36, "control": NOW - 300}, NOW + 36) == ["control"]


def test_a_beat_that_cannot_send_is_not_started_again_and_why_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    heartbeat = tmp_path / "beat"
    heartbeat.write_text(f"{time.monotonic() - 40}")
    stalls = HungProcesses({"beat": heartbeat}, 30, lambda: "Redis takes no messages (OOM)")
    assert stalls.hung({"beat": time.monotonic() - 400}, said.append) == []
    assert said == ["beat cannot send: Redis takes no messages (OOM); see `newsmill doctor`"]


SIGNS = "import sys, time; from pathlib import Path; from workers.processes import heartbeat as signs\nprint('pid', __import__('os').getpid(), flush=True)\nwhile True: signs.touch(); time.sleep(0.1)"


def test_a_process_that_was_stopped_is_killed_and_starts_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heartbeat = tmp_path / "beat"
    program = Program("beat", [sys.executable, "-c", SIGNS], dict(os.environ) | {"NEWSMILL_HEARTBEAT_FILE": str(heartbeat)})
    stalls, stops = HungProcesses({"beat": heartbeat}, 2.0, str), StopRequests()
    until, text, stopped = time.monotonic() + 60, "", False

    def tick(say: Callable[[str], None]) -> None:
        nonlocal text, stopped
        text += capsys.readouterr().out
        if not stopped and "pid " in text and heartbeat.exists():
            os.kill(int(text.split("pid ")[1].split()[0]), signal.SIGSTOP)
            stopped = True
        if text.count("pid ") == 2 or time.monotonic() > until:
            stops.count = 1

    run([program], out=Out.of(["beat"]), stops=stops, pids_file=tmp_path / "pids", tick=tick, hung=stalls.hung)
    assert "beat hangs; it is killed and restarted" in text
    assert text.count("pid ") == 2
