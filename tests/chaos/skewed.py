"""A worker whose clock is days off: `python -m tests.chaos.skewed DAYS KIND --name NAME`.

Only what Python asks for the time is moved, in this process and before anything of newsmill or Celery is imported.
"""

from __future__ import annotations

import contextlib
import datetime as real
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.chaos.world import World


@contextlib.contextmanager
def worker(world: World, kind: str, days: int) -> Iterator[None]:
    """One more worker of this kind until the block ends."""
    from cli.local.up import environment
    from tests.paths import REPOSITORY

    with (world.logs / "skewed.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.skewed", str(days), kind, "--name", f"{kind}-skewed"],
            cwd=REPOSITORY,
            env=environment(world.reachable()),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def skew(seconds: float) -> None:
    """Move what this process takes for the time."""
    now = time.time

    class Skewed(real.datetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(real.UTC).replace(tzinfo=None)

    time.time = lambda: now() + seconds
    real.datetime = Skewed  # type: ignore[misc]


if __name__ == "__main__":
    days, *rest = sys.argv[1:]
    skew(float(days) * 86400)
    sys.argv = ["workers", *rest]
    runpy.run_module("workers", run_name="__main__", alter_sys=True)
