"""Starts a job under its claim and in its slot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from psycopg import Connection

from pipeline.store.hosts.leases import TooEarly
from workers.context import Context

Job = TypeVar("Job")


def begin(ctx: Context, start: Callable[[Connection], Job | TooEarly | None]) -> tuple[Job | None, float]:
    """Start the job. Returns it with time.monotonic() just before, or None if it must not start now.

    A message that comes a moment too early waits here for its slot. That happens only if the worker's clock is wrong.
    """
    while True:
        started = time.monotonic()
        with ctx.pool.connection() as conn:
            job = start(conn)
        if not isinstance(job, TooEarly):
            return job, started
        time.sleep(job.wait_s)


def age_s(at: float | None) -> float | None:
    """Seconds since a time.monotonic() value, or None for None."""
    return None if at is None else time.monotonic() - at
