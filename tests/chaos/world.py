"""The stack that is tormented: `newsmill up` as a process of its own, with the services and the supervision that users have."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import psycopg
import redis

from cli.errors import UpError
from cli.local.data_folder import read_kept
from cli.local.up import environment
from pipeline.settings import Dispatch, Fetch, Poll, Retry, Settings, Web, Workers
from tests.paths import REPOSITORY

# Everything is as in a real stack, but quicker: what takes minutes there takes seconds here.
LEASE_S = 12.0
GAP_S = 0.5
# What talking to the services may end in while they are tormented.
AWAY = (psycopg.Error, redis.RedisError, OSError, ValueError, UpError)
NAME = "chaos"  # of our own connections, which no fault is to cut


def settings(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        log_format="json",
        fetch=Fetch(
            allow_networks=["127.0.0.0/8"],
            min_gap_s=GAP_S,
            deadline_s=5,
            connect_timeout_s=3,
            latency_factor=0,
            pause_s=1,
            robots_retry_s=2,
            max_outage_pause_s=8,
        ),
        poll=Poll(min_interval_s=2, start_interval_s=4, max_interval_s=8, max_outage_s=6, max_failing_s=30, unconditional_s=4),
        retry=Retry(delays_s=[1, 2, 3], late_s=[6, 12], max_retry_after_s=5),
        dispatch=Dispatch(lease_dispatched_s=LEASE_S, lease_fetch_s=LEASE_S, lease_extract_s=2 * LEASE_S, stall_s=12),
        workers=Workers(heartbeat_s=2, extract_processes=2, extract_time_limit_s=20),
        web=Web(port=0, flower_port=0),
    )


@dataclass
class World:
    """`minute_s`: what a minute of the plan is here, in seconds, so that short runs have all of it. `ran`: `up` has got as far as its programs
    since its start."""

    folder: Path  # of the data
    logs: Path
    settings: Settings
    minute_s: float
    small_disk: bool
    up: subprocess.Popen[bytes] | None = None
    ran: bool = False

    def start(self) -> None:
        """Start `newsmill up`, as a service manager does."""
        self.ran = False
        with (self.logs / "up.log").open("ab") as out:
            self.up = subprocess.Popen(
                [sys.executable, "-c", "from cli.main import run; run()", "--data", str(self.folder), "up"],
                cwd=REPOSITORY,
                env=environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def watch(self) -> Literal["runs", "could not start", "ended by itself"]:
        """Start `up` again where it has ended. That it cannot start, as on a full disk, is right, and a service manager tries again; but once
        it ran it must not end."""
        if self.up is None or self.up.poll() is None:
            self.ran = self.ran or "beat" in self.programs()
            return "runs"
        ran = self.ran
        self.start()
        return "ended by itself" if ran else "could not start"

    def kill_up(self) -> None:
        """SIGKILL `up`; who runs it as a service has it started again."""
        assert self.up is not None
        up, self.up = self.up, None
        up.kill()
        up.wait(10)
        time.sleep(1)
        self.start()

    def stop(self) -> int:
        """SIGTERM to `up`; its exit code. What does not end within three minutes is killed."""
        if self.up is None:
            return 0
        self.up.terminate()
        try:
            return self.up.wait(180)
        except subprocess.TimeoutExpired:
            for process in [*psutil.Process(self.up.pid).children(recursive=True), psutil.Process(self.up.pid)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            return self.up.wait(10)

    def programs(self) -> dict[str, psutil.Process]:
        """The programs that `up` has started and that run now, services too, by name."""
        found: dict[str, psutil.Process] = {}
        with contextlib.suppress(psutil.Error, AttributeError):
            for process in psutil.Process(self.up.pid).children():  # type: ignore[union-attr]
                with contextlib.suppress(psutil.Error):
                    if name := _name(process.cmdline()):
                        found[name] = process
        return found

    @property
    def database_url(self) -> str:
        return read_kept(self.folder).database_url

    def reachable(self) -> Settings:
        """The settings with the addresses of the services, for a worker of our own."""
        kept = read_kept(self.folder)
        return self.settings.model_copy(update={"database_url": kept.database_url, "redis_url": kept.redis_url})

    @contextlib.contextmanager
    def conn(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=3, application_name=NAME) as conn:
            yield conn

    @contextlib.contextmanager
    def redis(self) -> Iterator[redis.Redis]:
        with redis.Redis.from_url(read_kept(self.folder).redis_url, socket_timeout=5, socket_connect_timeout=3) as client:
            yield client

    def wait_ready(self, timeout_s: float = 240) -> None:
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            with contextlib.suppress(*AWAY), self.conn() as conn:
                row = conn.execute("SELECT count(DISTINCT queue) FROM workers WHERE seen_at > now() - interval '10 s'").fetchone()
                if row and row[0] >= 4:
                    return
            time.sleep(0.5)
        raise RuntimeError(f"the stack did not come up within {timeout_s:g} s; see {self.logs / 'up.log'}")


@contextlib.contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[bool]:
    """A small volume of its own at `folder`, where this process may mount one. False where it may not."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "newsmill-chaos", str(folder)]
    mounted = sys.platform == "linux" and os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def signal_group(process: psutil.Process, signum: signal.Signals) -> None:
    """To the program and its children: each program leads a process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signum)


def _name(command: list[str]) -> str:
    if not command:
        return ""
    program = Path(command[0]).name
    if program in ("postgres", "valkey-server") or "valkey-server" in command[0]:
        return "postgres" if program == "postgres" else "valkey"
    if "-m" in command[:-1]:
        module = command[command.index("-m") + 1]
        return command[-1] if module == "workers" else module
    return ""
