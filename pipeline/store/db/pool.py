"""Connections to Postgres."""

from __future__ import annotations

import select

import psycopg
from psycopg_pool import ConnectionPool

from pipeline.settings import Settings

# Rows are read and written in a few milliseconds; what takes longer than this is stuck, and the lease does the work again.
STATEMENT_TIMEOUT_MS = 30_000
RELAXED = " -c synchronous_commit=off -c enable_seqscan=off"


def open_pool(settings: Settings, *, size: int | None = None, relaxed: bool = False) -> ConnectionPool:
    """A pool that connects on demand, checks each connection before use, and survives restarts of Postgres.

    `relaxed` commits do not wait for the disk. That is right for workers: when the machine goes down, the last half second of
    their work is undone as a whole, in order, and the leases do it again. What a person asks for is not relaxed. Nor do their statements
    read whole tables where there is an index: plans are kept, and those made while a table was small are the wrong ones once it has grown.
    """
    return ConnectionPool(
        settings.database_url,
        min_size=0,
        max_size=size or settings.store.pool_size,
        timeout=20,
        max_idle=120,
        reconnect_timeout=20,
        kwargs={"autocommit": True, "options": options() + (RELAXED if relaxed else ""), "connect_timeout": 5},
        check=_still_there,
        open=True,
    )


def _still_there(conn: psycopg.Connection) -> None:
    """Ask Postgres whether the connection lives, but only where its socket has something to read: a server that went away has closed it, or
    said so. One that is quiet is as it was left, and asking costs as much as a small statement. Raises psycopg.OperationalError."""
    socket = select.poll()
    socket.register(conn.fileno(), select.POLLIN)
    if socket.poll(0):
        ConnectionPool.check_connection(conn)


def connect(settings: Settings) -> psycopg.Connection:
    """One connection, for commands that end by themselves."""
    return psycopg.connect(settings.database_url, autocommit=True, options=options(), connect_timeout=5)


def options() -> str:
    """Options that every connection begins with."""
    return f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
