"""A transaction whose statements travel pipelined."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, Rollback
from psycopg.pq import TransactionStatus


@contextmanager
def pipelined(conn: Connection) -> Iterator[None]:
    """A transaction in which only those answers are waited for that are asked for inside; the other statements go out with the next that
    is, or with the COMMIT. Waiting is what small statements cost most: on both sides it takes more CPU than the statement.

    psycopg's own transaction block waits for its BEGIN, its COMMIT and, in a pipeline, at either end of both; within a transaction
    this is such a block. Raise psycopg.Rollback inside to undo all and go on behind the block. An error of a statement that is not waited
    for is raised at the next wait or at the end.
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
