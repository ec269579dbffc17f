"""Ticks go on, whatever becomes of the clock; and where they do not, it is seen and mended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from fastapi.testclient import TestClient

from cli.local.services import embedded
from cli.local.stop_signals import StopRequests
from cli.local.supervise import Out, run
from cli.local.up import environment, programs, stalls
from pipeline.settings import Dispatch, Settings
from pipeline.store.maintenance import periodic_runs
from tests.integration.stack import stack, wait_until
from tests.paths import REPOSITORY
from web.app import create_app
from workers.checks import examine
from workers.checks.facts import gather
from workers.processes import beat

# `python -m workers beat` in a process whose wall clock is set back by two hours once the file is there.
CLOCK_SET_BACK = """
import datetime, runpy, sys, time
from pathlib import Path
real_time, real_datetime, set_back = time.time, datetime.datetime, Path(sys.argv[1])
back = lambda: 7200 if set_back.exists() else 0

class Datetime(real_datetime):
    @classmethod
    def now(cls, tz=None):
        return real_datetime.now(tz) - datetime.timedelta(seconds=back())

    @classmethod
    def utcnow(cls):
        return real_datetime.utcnow() - datetime.timedelta(seconds=back())

time.time, datetime.datetime = lambda: real_time() - back(), Datetime
sys.argv = ["workers", "beat"]
runpy.run_module("workers", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded(tmp_path_factory.mktemp("valkey"), postgres=False) as services:
        yield services.redis_url


@pytest.fixture
def config(settings: Settings, own_redis: str) -> Settings:
    return settings.model_copy(update={"redis_url": own_redis, "dispatch": Dispatch(stall_s=10, tick_s=0.5)})


def test_a_beat_whose_clock_is_set_back_goes_on_ticking(config: Settings, tmp_path: Path) -> None:
    set_back = tmp_path / "set-back"
    command = [sys.executable, "-c", CLOCK_SET_BACK, str(set_back)]
    with redis.Redis.from_url(config.redis_url) as queue:
        queue.delete("control")
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment(config))
        try:
            wait_until(lambda: queue.llen("control") >= 2, 180, "the first ticks")
            set_back.touch()
            queue.delete("control")
            wait_until(lambda: queue.llen("control") >= 4, 180, "ticks after the clock was set back")
        finally:
            process.terminate()
            assert process.wait(120) == 0
        queue.delete("control")


def test_no_more_ticks_are_sent_than_a_control_worker_that_is_away_can_do_with(config: Settings, tmp_path: Path) -> None:
    with redis.Redis.from_url(config.redis_url) as queue, stack(config, tmp_path / "logs", ("beat",)) as running:
        wait_until(lambda: "ticks wait" in running.tails(), 180, "beat to send no more", running.tails)
        assert queue.llen("control") == beat.MOST_WAITING
        running.start_all(("control",))
        wait_until(lambda: queue.llen("control") == 0, 180, "the ticks to be done", running.tails)
        assert queue.lrange("control", 0, -1) == []


@contextmanager
def supervised(config: Settings, folder: Path) -> Iterator[dict[str, int]]:
    """beat and control under the supervisor of `newsmill up`; the pids of those that run, by name."""
    stops, running = StopRequests(), dict[str, int]()

    def look(_: object) -> None:
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess):  # one that has just ended, and is waited for
                command = process.cmdline()
                if command[1:3] == ["-m", "workers"]:
                    running[command[3]] = process.pid

    both = [program for program in programs(config, folder) if program.name in ("beat", "control")]
    thread = threading.Thread(
        target=lambda: run(
            both, out=Out.of(["beat", "control"]), stops=stops, pids_file=folder / "pids", tick=look, hung=stalls(config, folder).hung
        )
    )
    thread.start()
    try:
        yield running
    finally:
        stops.count = 2
        thread.join(60)


def test_a_control_worker_that_stands_still_is_seen_by_every_check_and_started_again(
    conn: psycopg.Connection, config: Settings, tmp_path: Path
) -> None:
    def ticked() -> bool:
        last = periodic_runs.rounds(conn).get("dispatch")
        return last is not None and last.completed_s is not None and last.completed_s < 5

    def check() -> str:
        return next(check.level for check in examine(gather(config)) if check.name == "ticks")

    with supervised(config, tmp_path) as running, TestClient(create_app(config), base_url="http://127.0.0.1") as client:
        wait_until(ticked, 200, "the first tick")
        assert check() == "ok"
        stopped = running["control"]
        os.kill(stopped, signal.SIGSTOP)
        wait_until(lambda: check() == "fail", 180, "the check to fail")
        assert any(problem.startswith("ticks: ") for problem in client.get("/readyz").json()["problems"])
        assert 'newsmill_check{check="ticks"} 2.0' in client.get("/metrics").text
        wait_until(ticked, 200, "ticks after the new start")
        assert running["control"] != stopped
        assert check() == "ok"
