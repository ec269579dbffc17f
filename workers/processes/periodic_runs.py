"""Records how each periodic task ends, and keeps the control worker's heartbeat."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from psycopg_pool import ConnectionPool

from pipeline.store.maintenance import periodic_runs
from workers.processes import heartbeat


@contextlib.contextmanager
def noted(pool: ConnectionPool, task: str) -> Iterator[None]:
    """Record in Postgres how the block ends, and touch the heartbeat file. Exceptions pass through."""
    try:
        yield
        with pool.connection() as conn:
            periodic_runs.completed(conn, task)
    except Exception as error:
        with contextlib.suppress(psycopg.Error), pool.connection() as conn:  # Postgres itself may be away
            periodic_runs.failed(conn, task, f"{type(error).__name__}: {error}".splitlines()[0])
        raise
    finally:
        heartbeat.touch()
