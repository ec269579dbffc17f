"""Limits of a process that reads what strangers wrote, kept by the kernel: they hold where Python does not get a turn."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from celery import signals

from pipeline.settings import Settings

# Seconds after which an extract task begins no more of its pages; so the one that it is at then has all of its time limit still.
ROUND_S = 2


def connect_limits(settings: Settings) -> None:
    """Give each child of an extract worker its limits: of memory at its start, of CPU with each task."""

    @signals.worker_process_init.connect(weak=False)
    def _(**_: Any) -> None:
        limit_memory(settings.workers.extract_page_memory_mib)

    @signals.task_prerun.connect(weak=False)
    def _(**_: Any) -> None:
        limit_cpu(settings.workers.extract_time_limit_s + ROUND_S)


def limit_memory(mib: int) -> None:
    """Let this process have so many MiB of address space beyond what it has now; what asks for more gets MemoryError. 0 is no limit.

    Not in all, since libraries reserve address space by the number of cores and use none of it.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):  # only Linux has all of this
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nobody reads what a killed child leaves
        if mib:
            has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (has + mib * 2**20, resource.RLIM_INFINITY))


def limit_cpu(seconds: float) -> None:
    """Let this process use so many seconds of CPU from now on; then the kernel ends it (SIGXCPU)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))
