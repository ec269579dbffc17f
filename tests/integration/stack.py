"""The real processes of the stack, started and killed by tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from cli.local.up import environment
from pipeline.settings import Settings
from pipeline.store import workers
from tests.paths import REPOSITORY

SKEWED = Path(__file__).parent / "skewed"
KINDS = ("beat", "control", "poll", "fetch", "extract")


class Stack:
    """Worker processes by name. A name is the kind, or kind and number where there are two: `beat`, `beat2`. `skew_s`: by how much the clocks
    of some are off."""

    def __init__(self, settings: Settings, logs: Path, skew_s: dict[str, float] | None = None) -> None:
        self.settings, self.logs, self.skew_s = settings, logs, skew_s or {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        kind = name.rstrip("0123456789")
        with (self.logs / f"{name}.log").open("ab") as out:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "workers", kind, "--name", name],
                cwd=REPOSITORY,
                env=environment(self.settings) | self._clock(name),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _clock(self, name: str) -> dict[str, str]:
        return {"PYTHONPATH": str(SKEWED), "NEWSROOM_SKEW_S": str(self.skew_s[name])} if name in self.skew_s else {}

    def start_all(self, names: tuple[str, ...] = KINDS) -> None:
        """Start the processes and wait until each has reported."""
        for name in names:
            self.start(name)
        self.wait_ready([name for name in names if not name.startswith("beat")])

    def wait_ready(self, names: list[str], timeout_s: float = 90) -> None:
        def ready() -> bool:
            with psycopg.connect(self.settings.database_url) as conn:
                seen = {worker.name.split("@")[0] for worker in workers.listing(conn) if worker.silent_s < 30}
            return set(names) <= seen

        wait_until(ready, timeout_s, f"workers {names} to report", self.tails)

    def kill(self, name: str) -> None:
        """SIGKILL the whole process group, as the kernel or a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(120)

    def kill_child(self, name: str) -> None:
        """SIGKILL one child of a prefork worker."""
        children = psutil.Process(self.processes[name].pid).children()
        children[0].kill()

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; exit codes by name. What does not end within a minute is killed, and shows as -9."""
        for process in self.processes.values():
            process.terminate()
        codes = {}
        deadline = time.monotonic() + 60
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                codes[name] = process.wait(120)
        self.processes.clear()
        return codes

    def tails(self) -> str:
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:]) for log in sorted(self.logs.glob("*.log"))
        )


@contextmanager
def stack(settings: Settings, logs: Path, names: tuple[str, ...] = KINDS, skew_s: dict[str, float] | None = None) -> Iterator[Stack]:
    logs.mkdir(parents=True, exist_ok=True)
    running = Stack(settings, logs, skew_s)
    try:
        running.start_all(names)
        yield running
    finally:
        running.stop()


def wait_until(ready: Callable[[], bool], timeout_s: float, what: str, say: Callable[[], str] = str) -> float:
    """Seconds it took; AssertionError with `say()` when it does not come true."""
    started = time.monotonic()
    while time.monotonic() - started < timeout_s:
        if ready():
            return time.monotonic() - started
        time.sleep(0.2)
    raise AssertionError(f"waited {timeout_s:g} s in vain for {what}\n{say()}")
