"""Around each periodic task: what became of it is written down, and the control worker shows that it gets things done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from psycopg_pool import ConnectionPool

from pipeline.store.maintenance import periodic_runs
from workers.processes import heartbeat


@contextlib.contextmanager
def noted(pool: ConnectionPool, task: str) -> Iterator[None]:
    """Note in Postgres how the block ends, and that it ended in the heartbeat file. A failure goes on."""
    try:
        yield
        with pool.connection() as conn:
            periodic_runs.completed(conn, task)
    except Exception as error:
        with contextlib.suppress(psycopg.Error), pool.connection() as conn:  # it may be Postgres that is away
            periodic_runs.failed(conn, task, f"{type(error).__name__}: {error}".splitlines()[0])
        raise
    finally:
        heartbeat.touch()
