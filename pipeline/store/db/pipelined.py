"""A transaction that sends its statements in a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, Rollback
from psycopg.pq import TransactionStatus


@contextmanager
def pipelined(conn: Connection) -> Iterator[None]:
    """A transaction that waits only for the answers that are read inside it. Other statements are sent with the next one that is read, or
    with the COMMIT. Waiting is what small statements cost most: on both sides it takes more CPU than the statement.

    psycopg's own transaction block waits for its BEGIN and its COMMIT, and in a pipeline before and after both. Inside a transaction,
    this is such a block. Raise psycopg.Rollback inside to undo everything and continue after the block. An error of a statement that
    nobody reads is raised at the next read or at the end.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        with conn.transaction(), conn.pipeline():
            yield
        return
    try:
        with conn.pipeline():
            conn.execute("BEGIN")
            yield
            conn.execute("COMMIT")
    except BaseException as error:
        if not conn.closed and conn.info.transaction_status != TransactionStatus.IDLE:
            conn.rollback()
        if not isinstance(error, Rollback):
            raise
