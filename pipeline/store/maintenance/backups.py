"""What a backup needs from Postgres besides the dump: one snapshot for everything, the pages still needed, and counts to compare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import psycopg
from psycopg import Connection, sql

from pipeline.store.articles import pages

# Patterns for pg_dump that match the tables with raw pages.
PAGES = ("pages", "pages_*")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of the database: its name for pg_dump, and the transaction that holds it."""

    name: str
    conn: Connection


@contextmanager
def snapshot(database_url: str) -> Iterator[Snapshot]:
    """Hold a snapshot while the block runs."""
    with psycopg.connect(database_url, options="-c statement_timeout=0 -c idle_in_transaction_session_timeout=0") as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield Snapshot(row[0], conn)
        conn.rollback()


def server_major(conn: Connection) -> int:
    """The major version of the Postgres server."""
    return conn.info.server_version // 10_000


def tables(conn: Connection) -> list[str]:
    """The tables that hold rows; partitions are listed separately."""
    rows = conn.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname COLLATE \"C\""
    )
    return [row[0] for row in rows]


def counts(conn: Connection, *, with_pages: bool) -> dict[str, int]:
    """Rows of each table. Without raw pages, `pages` counts only those that extraction still needs."""
    found: dict[str, int] = {}
    for name in tables(conn):
        if with_pages or not name.startswith("pages_"):
            row = conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            found[name] = int(row[0]) if row else 0
    if not with_pages:
        row = conn.execute(f"SELECT count(*) FROM pages p JOIN links l ON l.id = p.link_id WHERE {pages.NEEDED}").fetchone()
        found["pages"] = int(row[0]) if row else 0
    return found


def write_needed_pages(conn: Connection, out: BinaryIO) -> None:
    """Write the pages whose extraction is still to come. A backup without raw pages must not lose them."""
    query = f"COPY (SELECT p.* FROM pages p JOIN links l ON l.id = p.link_id WHERE {pages.NEEDED}) TO STDOUT (FORMAT binary)"
    with conn.cursor() as cur, cur.copy(query) as copy:
        for block in copy:
            out.write(block)


def last_page(conn: Connection) -> int:
    """The highest id that a page was given; 0 for none."""
    row = conn.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence('pages', 'id')::regclass)").fetchone()
    return int(row[0] or 0) if row else 0


def read_needed_pages(conn: Connection, given: BinaryIO, last: int) -> None:
    """Read what `write_needed_pages` wrote. Further pages are numbered from `last` on, because a dump without a table's rows leaves out its
    ids too."""
    with conn.cursor() as cur, cur.copy("COPY pages FROM STDIN (FORMAT binary)") as copy:
        while block := given.read(2**20):
            copy.write(block)
    if last:
        conn.execute("SELECT setval(pg_get_serial_sequence('pages', 'id'), %s)", (last,))


def is_empty(conn: Connection) -> bool:
    """Whether the database has no tables."""
    return not tables(conn)
