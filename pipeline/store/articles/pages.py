"""Fetched pages: zstd bodies in monthly partitions, so that an old month is dropped in one cheap step."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import zstandard
from psycopg import Connection, Cursor, sql
from psycopg.types.json import Jsonb

from pipeline.hops import from_json, to_json
from pipeline.jobs import Page
from pipeline.store.db import clock

# Months created ahead, so that an unattended stack does not fill the default partition.
MONTHS_AHEAD = 3
# Level 3 is zstd's own default: 5 times smaller than HTML, at a third of a millisecond a page.
LEVEL = 3
# The partition for rows outside all existing months.
OTHER = "pages_other"
# Rows examined by one statement of a pruning: some tens of milliseconds, far below the statement timeout.
BATCH = 1000
# Dropping a month locks all of `pages`, and every insert waits behind it. So it must not wait long, for example for an export.
LOCK_TIMEOUT_MS = 2000
# Pages that an export reads at a time; a page is up to 5 MiB, compressed about one.
EXPORT_ROWS = 20

# Pages are pruned by `fetched_at`, when newsmill got them. `archived_at` is when the archive that a page came from fetched it.
COLUMNS = "p.url, p.final_url, p.status, p.headers, p.hops, p.body, p.size, coalesce(p.archived_at, p.fetched_at), p.reason, p.raw_headers"
# The extraction of link `l` is pending or running, and needs its page.
NEEDED = "(l.state = 'fetched' OR l.stage = 'extract' AND l.state IN ('dispatched', 'running'))"


@dataclass(frozen=True, slots=True)
class Exported:
    """A page. If an earlier page of the same export has the same bytes for the same link, also that one's address and time."""

    page: Page
    original_url: str = ""
    original_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning removed: whole months, and pages and bytes of stored bodies in total. `kept` pages are old enough but still needed for
    extraction. `busy` months are old enough but in use; the next pruning drops them."""

    months: tuple[str, ...] = ()
    pages: int = 0
    size: int = 0
    kept: int = 0
    busy: tuple[str, ...] = ()


def insert(conn: Connection, link_id: int, page: Page) -> None:
    """Store a fetched page."""
    conn.execute(
        """
        INSERT INTO pages (link_id, url, final_url, status, headers, hops, body, size, sha256, reason, raw_headers, archived_at)
        VALUES (%s, %s, %s, %s, %s, %s, %b, %s, %b, %s, %s, %s)
        """,
        (
            link_id,
            page.url,
            page.final_url,
            page.status,
            Jsonb(page.headers),
            Jsonb(to_json(page.hops)),
            zstandard.ZstdCompressor(level=LEVEL).compress(page.body),
            len(page.body),
            hashlib.sha256(page.body).digest(),
            page.reason,
            Jsonb(page.raw_headers),
            page.fetched_at,
        ),
    )


def forget(conn: Connection, link_id: int) -> None:
    """Delete all pages of a link whose publisher does not allow copies."""
    conn.execute("DELETE FROM pages WHERE link_id = %s", (link_id,))


def ask_latest(conn: Connection, link_id: int) -> Cursor[Any]:
    """Ask for the last page fetched for a link; `read` reads the answer."""
    return conn.execute(f"SELECT {COLUMNS} FROM pages p WHERE p.link_id = %s ORDER BY p.fetched_at DESC LIMIT 1", (link_id,), binary=True)


def ask_latest_and_tdmrep(conn: Connection, link_id: int) -> Cursor[Any]:
    """Ask for the last page and the tdmrep.json of its host; `read_with_tdmrep` reads the answer."""
    host = "SELECT h.tdmrep FROM hosts h WHERE h.name = substring(p.final_url FROM '://([^/?#]+)')"
    return conn.execute(
        f"SELECT {COLUMNS}, coalesce(({host}), '') FROM pages p WHERE p.link_id = %s ORDER BY p.fetched_at DESC LIMIT 1",
        (link_id,),
        binary=True,
    )


def read(answer: Cursor[Any]) -> Page | None:
    """The requested page, or None."""
    row = answer.fetchone()
    return None if row is None else _page(row)


def read_with_tdmrep(answer: Cursor[Any]) -> tuple[Page | None, str]:
    """The requested page, and the tdmrep.json of its host; empty for none."""
    row = answer.fetchone()
    return (None, "") if row is None else (_page(row[:-1]), row[-1])


def latest(conn: Connection, link_id: int) -> Page | None:
    """The last page fetched for a link; None if it was pruned or never fetched."""
    return read(ask_latest(conn, link_id))


def none_fetched(url: str, now: datetime) -> Page:
    """A stand-in for the page of an article that is made from the feed's text."""
    return Page(url, url, 200, {}, (), b"", now)


def export(conn: Connection, since: datetime | None = None) -> Generator[Exported, None, None]:
    """All pages fetched since a time, in the order they came, streamed from the database."""
    with conn.transaction(), conn.cursor("pages") as cur:
        cur.itersize = EXPORT_ROWS
        rows = cur.execute(
            f"""
            SELECT {COLUMNS}, o.final_url, o.at
            FROM pages p LEFT JOIN LATERAL (
                SELECT final_url, coalesce(archived_at, fetched_at) AS at FROM pages
                WHERE link_id = p.link_id AND id < p.id AND sha256 = p.sha256 AND p.size > 0
                      AND (%(since)s::timestamptz IS NULL OR fetched_at >= %(since)s)
                ORDER BY id LIMIT 1) o ON true
            WHERE %(since)s::timestamptz IS NULL OR p.fetched_at >= %(since)s
            ORDER BY p.id
            """,
            {"since": since},
            binary=True,
        )
        for *row, original_url, original_at in rows:
            yield Exported(_page(row), original_url or "", original_at)


def count(conn: Connection, since: datetime | None = None) -> int:
    """How many pages `export` returns."""
    row = conn.execute(
        "SELECT count(*) FROM pages WHERE %(since)s::timestamptz IS NULL OR fetched_at >= %(since)s", {"since": since}
    ).fetchone()
    return int(row[0]) if row else 0


def make_partitions(conn: Connection, now: datetime | None = None) -> list[str]:
    """Create the missing partitions of this and the next months. Returns the names of all of them. Raises psycopg.errors.LockNotAvailable
    if another process holds the table, as a backup does."""
    now = (now or clock.now(conn)).astimezone(UTC)
    names = []
    for ahead in range(MONTHS_AHEAD + 1):
        first, after = _month(now, ahead), _month(now, ahead + 1)
        name = f"pages_{first:%Y_%m}"
        with conn.transaction():
            conn.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")  # while this waits for the lock, every page waits behind it
            conn.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF pages"  # numbers of a date only
                f" FOR VALUES FROM ('{first:%Y-%m-%d}+00') TO ('{after:%Y-%m-%d}+00')"
            )
        names.append(name)
    return names


def missing_months(conn: Connection) -> list[str]:
    """Missing partitions of this month and the next; their pages would go into pages_other."""
    return [
        name
        for (name,) in conn.execute(
            """
            SELECT name FROM (SELECT to_char(timezone('UTC', now()) + make_interval(months => ahead), '"pages_"YYYY_MM') AS name
                              FROM generate_series(0, 1) ahead) wanted
            WHERE to_regclass(name) IS NULL ORDER BY name
            """
        )
    ]


def prune(conn: Connection, keep_days: float, now: datetime | None = None, *, dry_run: bool = False) -> Pruned:
    """Delete pages older than `keep_days`: whole months at once, other pages in batches, and never a page that an extraction needs.

    Each batch is a separate transaction, so the pruning may be stopped any time. With `dry_run` nothing changes. `conn` must not be in a
    transaction.
    """
    cutoff = (now or clock.now(conn)) - timedelta(days=keep_days)
    months, busy = [], []
    pages = size = kept = 0
    for name in _tables(conn):
        if name != OTHER and _first_day(name) >= cutoff:
            continue
        if _is_old(name, cutoff):
            found = _walk(conn, name, cutoff)
            outcome = _drop(conn, name, dry_run=dry_run)
            if outcome == "busy":
                busy.append(name)
                continue
            if outcome == "dropped":
                months.append(name)
                pages, size = pages + found[0], size + found[1]
                continue
        found = _walk(conn, name, cutoff, delete=not dry_run)
        pages, size, kept = pages + found[0], size + found[1], kept + found[2]
    return Pruned(tuple(months), pages, size, kept, tuple(busy))


def _walk(conn: Connection, table: str, cutoff: datetime, *, delete: bool = False) -> tuple[int, int, int]:
    """Go through the old rows of one partition. Returns pages and bytes of those not needed, and the number of the others."""
    free = "SELECT octet_length(p.body) AS size FROM {table} p JOIN old USING (id, fetched_at) WHERE NOT old.needed"
    gone = (
        "DELETE FROM {table} p USING old WHERE p.id = old.id AND p.fetched_at = old.fetched_at AND NOT old.needed"
        " RETURNING octet_length(p.body) AS size"
    )
    query = sql.SQL(
        f"""
        WITH old AS (SELECT p.id, p.fetched_at, EXISTS (SELECT FROM links l WHERE l.id = p.link_id AND {NEEDED}) AS needed
                     FROM {{table}} p WHERE p.id > %s AND p.fetched_at < %s ORDER BY p.id LIMIT %s),
             free AS ({gone if delete else free})
        SELECT (SELECT count(*) FROM free), (SELECT coalesce(sum(size), 0) FROM free),
               (SELECT count(*) FROM old WHERE needed), (SELECT count(*) FROM old), (SELECT max(id) FROM old)
        """
    ).format(table=sql.Identifier(table))
    pages = size = kept = after = 0
    while True:
        row = conn.execute(query, (after, cutoff, BATCH)).fetchone()
        assert row is not None
        pages, size, kept = pages + row[0], size + int(row[1]), kept + row[2]
        if row[3] < BATCH:
            return pages, size, kept
        after = row[4]


def _drop(conn: Connection, name: str, *, dry_run: bool = False) -> str:
    """Drop a month. Returns "dropped"; "needed" if an extraction needs one of its pages; "busy" if another process uses it."""
    # No lock needed: a link starts to need a page only with its fetch, and that page goes into the current month.
    waiting = sql.SQL(f"SELECT FROM links l JOIN {{}} p ON p.link_id = l.id WHERE {NEEDED} LIMIT 1").format(sql.Identifier(name))
    if conn.execute(waiting).fetchone() is not None:
        return "needed"
    if dry_run:
        return "dropped"
    try:
        with conn.transaction():
            conn.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    except psycopg.errors.LockNotAvailable:
        return "busy"
    return "dropped"


def _tables(conn: Connection) -> list[str]:
    """The partitions, oldest first, the default one last."""
    rows = conn.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'pages'::regclass ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def _is_old(name: str, cutoff: datetime) -> bool:
    return name != OTHER and _month(_first_day(name), 1) <= cutoff


def _first_day(name: str) -> datetime:
    return datetime.strptime(name.removeprefix("pages_"), "%Y_%m").replace(tzinfo=UTC)


def _month(day: datetime, ahead: int) -> datetime:
    months = day.year * 12 + day.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _page(row: Any) -> Page:
    url, final_url, status, headers, hops, body, size, fetched_at, reason, raw_headers = row
    plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=size) if size else b""
    pairs = tuple((name, value) for name, value in raw_headers)
    return Page(url, final_url, status, headers, from_json(hops), plain, fetched_at, reason, pairs)
