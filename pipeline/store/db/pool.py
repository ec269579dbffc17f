"""Connections to Postgres."""

from __future__ import annotations

import select

import psycopg
from psycopg_pool import ConnectionPool

from pipeline.settings import Settings

# Statements take a few milliseconds. One that takes longer than this is stuck; the lease then repeats the work.
STATEMENT_TIMEOUT_MS = 30_000
RELAXED = " -c synchronous_commit=off -c enable_seqscan=off"


def open_pool(settings: Settings, *, size: int | None = None, relaxed: bool = False) -> ConnectionPool:
    """Open a pool that connects on demand, checks each connection before use, and survives restarts of Postgres.

    Commits of a `relaxed` pool do not wait for the disk. That is right for workers: if the machine goes down, Postgres loses the last
    half second of their work as a whole, in order, and the leases repeat it. Work that a person asks for is not relaxed. A relaxed pool
    also avoids reading whole tables where there is an index: its query plans are cached, and a plan made for a small table is wrong once
    the table has grown.
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
    """Ask Postgres whether the connection is alive, but only if its socket has something to read: a server that went away has closed it or
    sent a message. A quiet connection is unchanged, and asking would cost as much as a small statement. Raises psycopg.OperationalError."""
    socket = select.poll()
    socket.register(conn.fileno(), select.POLLIN)
    if socket.poll(0):
        ConnectionPool.check_connection(conn)


def connect(settings: Settings) -> psycopg.Connection:
    """Open one connection, for commands that end by themselves."""
    return psycopg.connect(settings.database_url, autocommit=True, options=options(), connect_timeout=5)


def options() -> str:
    """The options that every connection starts with."""
    return f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
