"""Kernel limits for processes that parse foreign pages. They hold even while Python code cannot run."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import structlog
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import signals

from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.extraction import extracting

log = structlog.get_logger()

# Seconds after which an extract task begins no more of its pages, so that the current one still has its whole time limit.
ROUND_S = 2


def connect_limits(settings: Settings) -> None:
    """Limit each child of an extract worker: memory at its start, CPU for each task."""

    @signals.worker_process_init.connect(weak=False)
    def _(**_: Any) -> None:
        limit_memory(settings.workers.extract_page_memory_mib)

    @signals.task_prerun.connect(weak=False)
    def _(**_: Any) -> None:
        limit_cpu(settings.workers.extract_time_limit_s + ROUND_S)

    @signals.task_failure.connect(weak=False)
    def _(exception: BaseException | None = None, args: Any = (), **_: Any) -> None:
        if used_up(exception):
            _fail_at_once(settings, [(link_id, UUID(claim)) for link_id, claim in args[0]])


def used_up(exception: BaseException | None) -> bool:
    """Whether the pool or the kernel ended a process because its page took too long. Other ends may not be the page's fault."""
    return isinstance(exception, TimeLimitExceeded) or (isinstance(exception, WorkerLostError) and "SIGXCPU" in str(exception))


def _fail_at_once(settings: Settings, claims: list[tuple[int, UUID]]) -> None:
    """Fail the page that the dead process was reading and give back the ones not begun. Runs in the parent."""
    failure = Failure("extract_timeout", f"the extraction took longer than {settings.workers.extract_time_limit_s} s")
    # a separate short connection, because this runs in the worker's main loop
    try:
        with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=2, options="-c statement_timeout=2000") as conn:
            extracting.fail_running(conn, claims, failure)
            extracting.put_back(conn, claims)
    except psycopg.Error as error:  # the leases give the pages back
        log.warning("a page that took too long was not failed", why=str(error).splitlines()[0])


def limit_memory(mib: int) -> None:
    """Limit this process to so many MiB of address space beyond what it has now; more raises MemoryError. 0 means no limit.

    The limit is relative because libraries reserve unused address space by the number of cores.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):  # only Linux has all of this
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nobody reads the core dump of a killed child
        if mib:
            has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (has + mib * 2**20, resource.RLIM_INFINITY))


def limit_cpu(seconds: float) -> None:
    """Limit this process to so many more seconds of CPU; then the kernel ends it (SIGXCPU)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        signal.signal(signal.SIGXCPU, signal.SIG_DFL)  # the pool's Python handler would never run during a loop in C
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))
