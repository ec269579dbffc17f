"""The fault of Celery 5.7.0 that workers/messaging/kombu_patch.py guards against: shown without the guard, gone with it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery import Celery

from cli.local.services import embedded, start_valkey, stop_valkey
from tests.integration.stack import wait_until
from tests.paths import REPOSITORY

# A worker with late acknowledgement and long tasks: it holds unacknowledged messages while it waits for the next one.
PROGRAM = """
import sys, time
from celery import Celery
if sys.argv[2] == "guarded":
    from workers.messaging import kombu_patch as redis_guard
    redis_guard.install()
app = Celery("probe", broker=sys.argv[1])
app.conf.update(task_acks_late=True, task_ignore_result=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)

@app.task(name="nap")
def nap(seconds):
    time.sleep(seconds)

app.worker_main(["worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle", "--loglevel=info"])
"""


@pytest.mark.parametrize("guard", ["bare", "guarded"])
def test_a_worker_that_holds_messages_outlives_a_restart_of_redis_only_with_the_guard(guard: str, tmp_path: Path) -> None:
    with embedded(tmp_path / "data", fsync=False, postgres=False) as services, (tmp_path / "worker.log").open("w+b") as out:
        worker = subprocess.Popen([sys.executable, "-c", PROGRAM, services.redis_url, guard], cwd=REPOSITORY, stdout=out, stderr=out)
        log = tmp_path / "worker.log"
        try:
            wait_until(lambda: " ready" in log.read_text(), 180, "the worker to be ready", log.read_text)
            sender = Celery("sender", broker=services.redis_url, set_as_current=False)
            for _ in range(3):
                sender.send_task("nap", args=(8,))
            wait_until(lambda: log.read_text().count("received") == 3, 180, "the tasks to start", log.read_text)
            stop_valkey(tmp_path / "data", "kill")
            time.sleep(2)
            start_valkey(tmp_path / "data")
            if guard == "bare":
                worker.wait(120)  # it gives up instead of connecting again
                assert "AttributeError" in log.read_text()
            else:
                sender.send_task("nap", args=(0.1,))
                wait_until(lambda: "succeeded in 0.1" in log.read_text(), 180, "a task after the restart", log.read_text)
                assert worker.poll() is None
        finally:
            worker.kill()
            worker.wait(120)
