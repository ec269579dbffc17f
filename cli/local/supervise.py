"""Run several programs side by side: print their lines with their names, restart those that die, stop them all in order."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from cli.local.account import child_setup
from cli.local.stop_signals import StopRequests

PAUSES_S = (1, 2, 4, 8, 16, 30)
STEADY_S = 60.0  # a program that ran this long starts its pauses from the first again
DRAIN_S = 60.0
LOOK_S = 0.2
LONGEST_LINE = 65_536  # bytes after which a line without an end is broken
COLOURS = ("36", "33", "32", "35", "31", "34", "36;1", "33;1")  # of names, as ANSI codes
DATED = '{"timestamp"'  # start of a JSON line that contains its own time


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: list[str]
    environment: dict[str, str]
    first_to_stop: bool = False


@dataclass(slots=True)
class Child:
    """A program and its process, if it is running. Times are of the monotonic clock."""

    program: Program
    colour: str
    process: subprocess.Popen[bytes] | None = None
    rest: bytes = b""
    started_at: float = 0.0
    deaths: int = 0
    due_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Out:
    """Print lines, each with the time and the name of its program. A closed terminal must not prevent the programs from being stopped."""

    width: int  # of the names

    @classmethod
    def of(cls, names: Iterable[str]) -> Out:
        """Print lines with these names to standard output."""
        return cls(max(map(len, names)))

    def say(self, text: str) -> None:
        """Print a line of `newsmill up` itself."""
        self.write("up", text)

    def write(self, name: str, line: bytes | str, colour: str = "") -> None:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        clock = "" if text.startswith(DATED) else f"{datetime.now():%H:%M:%S} "  # noqa: DTZ005 local time, for the terminal
        head = f"{clock}{name:<{self.width}} | "
        with contextlib.suppress(OSError, ValueError):
            if colour and sys.stdout.isatty():
                head = f"\033[{colour}m{head}\033[0m"
            for one in text.splitlines():
                print(head + one, flush=True)  # noqa: T201


def run(
    programs: list[Program],
    *,
    out: Out,
    stops: StopRequests,
    pids_file: Path,
    tick: Callable[[Callable[[str], None]], None],
    enough: Callable[[], bool] = lambda: False,
    hung: Callable[[Mapping[str, float], Callable[[str], None]], list[str]] = lambda started_at, say: [],
) -> None:
    """Keep the programs running until a stop is requested or `enough` returns true. `tick(say)` is called several times a second. Programs
    that `hung` names, out of those running since the given times, are restarted. Nothing is left running."""
    children = [Child(program, colour) for program, colour in zip(programs, itertools.cycle(COLOURS))]
    with selectors.DefaultSelector() as lines:
        try:
            stops.patient = True
            while not stops.count and not enough():
                for child in children:
                    if child.process is None and time.monotonic() >= child.due_at:
                        _start(child, lines)
                        _note_pids(children, pids_file)
                _print(lines, out)
                _reap(children, lines, out, again=True)
                tick(out.say)
                _end_hung(children, hung, out.say)
        finally:
            out.say("stopping; running tasks finish first, a second Ctrl-C stops at once")
            _drain([child for child in children if child.program.first_to_stop], lines, out, stops, patience_s=10.0)
            _drain(children, lines, out, stops, patience_s=DRAIN_S)
            pids_file.unlink(missing_ok=True)


def stop_leftovers(pids_file: Path) -> None:
    """Stop what a killed run left behind: the processes in the file that still exist unchanged."""
    with contextlib.suppress(OSError, ValueError):
        noted = json.loads(pids_file.read_text())
        left = [process for pid, created in noted if (process := _same(pid, created))]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, stubborn = psutil.wait_procs(left, timeout=10)
        for process in stubborn:
            _kill_group(process.pid)
        pids_file.unlink()


def _start(child: Child, lines: selectors.BaseSelector) -> None:
    process = subprocess.Popen(
        child.program.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child.program.environment,
        start_new_session=True,  # Ctrl-C in the terminal reaches only this process, which stops the others in order
        preexec_fn=child_setup(None, death_signal=signal.SIGTERM),
    )
    child.process, child.started_at, child.rest = process, time.monotonic(), b""
    assert process.stdout
    os.set_blocking(process.stdout.fileno(), False)
    lines.register(process.stdout, selectors.EVENT_READ, child)


def _print(lines: selectors.BaseSelector, out: Out) -> None:
    if not lines.get_map():
        time.sleep(LOOK_S)  # select returns at once if there is nothing to wait for
    for key, _ in lines.select(LOOK_S):
        if _read(key.data, out) == b"":
            lines.unregister(key.fileobj)


def _read(child: Child, out: Out) -> bytes | None:
    """Print the complete lines received so far. Returns empty bytes at the end of the output, None if nothing was received."""
    assert child.process
    assert child.process.stdout
    try:
        chunk = os.read(child.process.stdout.fileno(), 65536)
    except BlockingIOError:
        return None
    *whole, child.rest = (child.rest + chunk).split(b"\n")
    if len(child.rest) > LONGEST_LINE:
        whole, child.rest = [*whole, child.rest], b""
    for line in whole:
        out.write(child.program.name, line, child.colour)
    return chunk


def _reap(children: list[Child], lines: selectors.BaseSelector, out: Out, *, again: bool) -> None:
    for child in children:
        process = child.process
        if process is None or process.poll() is None:
            continue
        _kill_group(process.pid)  # any children that it left
        while _read(child, out):
            pass
        if child.rest:  # a last line without an end
            out.write(child.program.name, child.rest, child.colour)
        assert process.stdout
        with contextlib.suppress(KeyError):
            lines.unregister(process.stdout)
        process.stdout.close()
        child.process = None
        code = process.returncode
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"status {code}"
        if not again:
            out.say(f"{child.program.name} stopped ({how})")
            continue
        child.deaths = 0 if time.monotonic() - child.started_at > STEADY_S else child.deaths
        pause = PAUSES_S[min(child.deaths, len(PAUSES_S) - 1)]
        child.deaths, child.due_at = child.deaths + 1, time.monotonic() + pause
        out.say(f"{child.program.name} ended unexpectedly ({how}); it restarts in {pause} s")


def _end_hung(
    children: list[Child], hung: Callable[[Mapping[str, float], Callable[[str], None]], list[str]], say: Callable[[str], None]
) -> None:
    pids = {child.program.name: child.process.pid for child in children if child.process}
    for name in hung({child.program.name: child.started_at for child in children if child.process}, say):
        say(f"{name} hangs; it is killed and restarted")
        _kill_group(pids[name])  # a stopped process would not receive SIGTERM


def _drain(some: list[Child], lines: selectors.BaseSelector, out: Out, stops: StopRequests, *, patience_s: float) -> None:
    for child in some:
        if child.process:
            child.process.terminate()
    until = time.monotonic() + patience_s
    while any(child.process for child in some) and time.monotonic() < until and stops.count < 2:
        _print(lines, out)
        _reap(some, lines, out, again=False)
    for child in some:
        if child.process:
            _kill_group(child.process.pid)
            child.process.wait()
    _reap(some, lines, out, again=False)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _note_pids(children: list[Child], file: Path) -> None:
    processes = [psutil.Process(child.process.pid) for child in children if child.process and child.process.poll() is None]
    file.write_text(json.dumps([(process.pid, process.create_time()) for process in processes]))


def _same(pid: int, created: float) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - created) < 2:  # the clock may have been changed
            return process
    return None
