"""How a job begins: under its claim, in its slot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from psycopg import Connection

from pipeline.store.hosts.leases import Early
from workers.context import Context

Job = TypeVar("Job")


def begin(ctx: Context, start: Callable[[Connection], Job | Early | None]) -> tuple[Job | None, float]:
    """Begin the job, and return it with the time.monotonic() just before. None where it is not to be begun now.

    A message that comes a moment before its slot waits here. Only a worker whose clock is wrong gets such: it ends the countdown too soon.
    """
    while True:
        started = time.monotonic()
        with ctx.pool.connection() as conn:
            job = start(conn)
        if not isinstance(job, Early):
            return job, started
        time.sleep(job.wait_s)


def age_s(at: float | None) -> float | None:
    """Seconds since a moment of time.monotonic(); None for none."""
    return None if at is None else time.monotonic() - at
