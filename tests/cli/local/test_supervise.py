"""Programs side by side: named lines, restarts, and a stop that leaves nothing."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cli.local import stop_signals, supervise
from cli.local.stop_signals import StopRequests, listening_for_stops
from cli.local.supervise import Out, Program, run, stop_leftovers

POLITE = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0))); print('up', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
FAMILY = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print(p.pid, flush=True); time.sleep(600)"
SHORT = "print('last words without a line end', end='')"


def program(name: str, code: str, *, first_to_stop: bool = False) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), first_to_stop)


class Watch:
    """Ends the run once the condition holds for the output, or after a deadline."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], stops: StopRequests, enough: Callable[[str], bool], within_s: float = 120
    ) -> None:
        self.capsys, self.stops, self.enough = capsys, stops, enough
        self.until, self.text, self.reached = time.monotonic() + within_s, "", False

    def __call__(self, say: Callable[[str], None]) -> None:
        self.text += self.capsys.readouterr().out
        self.reached = self.reached or self.enough(self.text)
        if self.reached or time.monotonic() > self.until:
            self.stops.count = max(1, self.stops.count)


def supervised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], programs: list[Program], enough: Callable[[str], bool], **how: float
) -> str:
    stops = StopRequests()
    watch = Watch(capsys, stops, enough, **how)
    run(programs, out=Out.of(one.name for one in programs), stops=stops, pids_file=tmp_path / "pids", tick=watch)
    assert watch.reached, watch.text
    return watch.text + capsys.readouterr().out


def is_gone(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def test_lines_carry_the_name_of_their_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = supervised(tmp_path, capsys, [program("one", POLITE), program("other", POLITE)], lambda t: t.count("| up") == 2)
    assert "one   | up" in text
    assert "other | up" in text
    assert not (tmp_path / "pids").exists()


def test_each_line_has_one_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = '{"timestamp": "2026-11-20T12:00:00Z", "event": "x"}'
    text = supervised(tmp_path, capsys, [program("one", f"print({line!r}); print('plain')")], lambda t: "plain" in t and line in t)
    assert f"\none | {line}\n" in f"\n{text}"
    assert re.search(r"^\d\d:\d\d:\d\d one \| plain$", text, re.MULTILINE)


def test_a_stop_lets_programs_finish_and_the_first_goes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    programs = [program("work", POLITE), program("beat", POLITE, first_to_stop=True)]
    text = supervised(tmp_path, capsys, programs, lambda t: t.count("| up") == 2)
    assert text.count("| bye") == 2
    assert text.index("beat stopped (status 0)") < text.index("work | bye")


def test_what_dies_starts_again_after_growing_pauses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = supervised(tmp_path, capsys, [program("short", SHORT)], lambda t: t.count("ended unexpectedly") >= 2)
    assert "short ended unexpectedly (status 0); it restarts in 1 s" in text
    assert "short ended unexpectedly (status 0); it restarts in 2 s" in text
    assert "short | last words without a line end" in text


def test_a_deaf_program_is_killed_when_time_is_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "DRAIN_S", 1.0)
    text = supervised(tmp_path, capsys, [program("deaf", DEAF)], lambda t: "| up" in t)
    assert "deaf stopped (killed by SIGKILL)" in text


def test_a_second_request_hurries(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "DRAIN_S", 3600.0)  # without the second request, pytest's limit ends the test
    stops = StopRequests()
    watch = Watch(capsys, stops, lambda t: "| up" in t)

    def tick(say: Callable[[str], None]) -> None:
        watch(say)
        if watch.reached:
            stops.count = 2

    run([program("deaf", DEAF)], out=Out.of(["deaf"]), stops=stops, pids_file=tmp_path / "pids", tick=tick)
    assert watch.reached


def test_children_of_a_killed_program_are_not_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = supervised(tmp_path, capsys, [program("family", FAMILY)], lambda t: "| " in t)
    child = int(text.split("family | ")[1].split()[0])
    deadline = time.monotonic() + 60
    while not is_gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_gone(child)


def test_leftovers_of_a_killed_run_are_stopped_and_strangers_are_not(tmp_path: Path) -> None:
    ours, stranger = (subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True) for _ in range(2))
    noted = [(ours.pid, psutil.Process(ours.pid).create_time()), (stranger.pid, psutil.Process(stranger.pid).create_time() - 60)]
    (tmp_path / "pids").write_text(json.dumps(noted))
    stop_leftovers(tmp_path / "pids")
    assert is_gone(ours.pid)
    assert not is_gone(stranger.pid)
    assert not (tmp_path / "pids").exists()
    stranger.kill()
    ours.wait()
    stranger.wait()


@pytest.mark.parametrize("text", ["", "not json", "[[]]", "{}"])
def test_a_broken_file_of_leftovers_does_not_matter(tmp_path: Path, text: str) -> None:
    (tmp_path / "pids").write_text(text)
    stop_leftovers(tmp_path / "pids")
    stop_leftovers(tmp_path / "missing")


@pytest.fixture
def python_handles_ctrl_c() -> Iterator[None]:
    """As in a terminal: a process that a shell has started in the background ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_signals_are_requests_once_programs_run_and_an_end_before(python_handles_ctrl_c: None) -> None:
    with listening_for_stops() as stops:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        stops.patient = True
        os.kill(os.getpid(), signal.SIGINT)
        assert stops.count == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_signal_that_is_handed_on_at_once_is_the_same_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_signals, "SAME_REQUEST_S", 300.0)  # the machine may be busy between the two
    with listening_for_stops() as stops:
        stops.patient = True
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stops.count == 1
