"""Heartbeats: a file for the health check, and a row with the slots that the dispatcher counts on. It also sets up logging.

Connected when a worker loads the app.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import structlog
from celery import signals

from pipeline import logs, standard_streams
from pipeline.fetch import guard
from pipeline.settings import Settings
from pipeline.store import workers
from workers import unblock
from workers.health import FILE_VARIABLE
from workers.version import VERSION

log = structlog.get_logger()


def connect_logging(settings: Settings, process: str) -> None:
    @signals.setup_logging.connect(weak=False)
    def _(**_: Any) -> None:
        logs.configure(settings, process=process)

    @signals.task_prerun.connect(weak=False)
    def _(task_id: str = "", **_: Any) -> None:
        structlog.contextvars.bind_contextvars(task=task_id)

    @signals.worker_process_shutdown.connect(weak=False)
    def _(**_: Any) -> None:
        standard_streams.drain()  # such a child ends without Python's own exit

    @signals.task_postrun.connect(weak=False)
    def _(**_: Any) -> None:
        structlog.contextvars.unbind_contextvars("task")


def connect_worker(settings: Settings, queue: str, slots: int) -> None:
    """Report this worker every few seconds while its main loop turns. A control worker's file says that ticks complete
    (`workers/processes/periodic_runs.py`)."""
    started = time.monotonic()
    beat = _every(settings.workers.heartbeat_s)

    @signals.heartbeat_sent.connect(weak=False)
    def _(sender: Any = None, **_: Any) -> None:
        if not beat():
            return
        if queue != "control":
            touch()
        _in_database(
            settings, lambda conn: workers.report(conn, sender.eventer.hostname, queue, slots, VERSION, time.monotonic() - started)
        )

    @signals.worker_ready.connect(weak=False)
    def _(sender: Any = None, **_: Any) -> None:
        if queue in ("poll", "fetch"):
            for warning in guard.warnings(settings.fetch):
                log.warning(warning)
        if queue == "control":
            unblock.ask(sender.app)

    @signals.worker_shutdown.connect(weak=False)
    def _(sender: Any = None, **_: Any) -> None:
        _in_database(settings, lambda conn: workers.leave(conn, sender.hostname))


def touch() -> None:
    """Write the monotonic time into the heartbeat file, if one is wanted. All processes of a machine share that clock. The file is renamed
    into place, so nobody reads half of it."""
    if name := os.environ.get(FILE_VARIABLE):
        fresh = Path(f"{name}.{os.getpid()}.{threading.get_ident()}")
        fresh.write_text(
            f"{time.monotonic()!r}\n"
        )  # not rounded: a time ahead of the clock would look like one from before a restart of the machine
        fresh.replace(name)


def _every(seconds: float) -> Callable[[], bool]:
    last = -seconds

    def due() -> bool:
        nonlocal last
        if time.monotonic() - last < seconds:
            return False
        last = time.monotonic()
        return True

    return due


def _in_database(settings: Settings, write: Callable[[psycopg.Connection], None]) -> None:
    # a separate short connection, because this runs in the worker's main loop
    try:
        with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=2, options="-c statement_timeout=2000") as conn:
            write(conn)
    except psycopg.Error as error:
        log.warning("no sign of life written", why=str(error).splitlines()[0])
