"""Fetched pages as they came: zstd bodies in monthly partitions, so that old months go in one cheap step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import zstandard
from psycopg import Connection
from psycopg.types.json import Jsonb

# Months made ahead, so that a stack left alone never runs into the default partition.
MONTHS_AHEAD = 3
# Level 3 is zstd's own default: 5 times smaller than HTML at a third of a millisecond a page.
LEVEL = 3


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page. `hops` are the redirects before it, in order."""

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    hops: tuple[tuple[str, int], ...]
    body: bytes
    fetched_at: datetime | None = None


def insert(conn: Connection, link_id: int, page: Page) -> None:
    conn.execute(
        """
        INSERT INTO pages (link_id, url, final_url, status, headers, hops, body, size, sha256)
        VALUES (%s, %s, %s, %s, %s, %s, %b, %s, %b)
        """,
        (
            link_id,
            page.url,
            page.final_url,
            page.status,
            Jsonb(page.headers),
            Jsonb([{"url": url, "status": status} for url, status in page.hops]),
            zstandard.ZstdCompressor(level=LEVEL).compress(page.body),
            len(page.body),
            hashlib.sha256(page.body).digest(),
        ),
    )


def latest(conn: Connection, link_id: int) -> Page | None:
    """The last page fetched for a link, None when it was pruned or never came."""
    row = conn.execute(
        "SELECT url, final_url, status, headers, hops, body, size, fetched_at FROM pages WHERE link_id = %s ORDER BY fetched_at DESC LIMIT 1",
        (link_id,),
        binary=True,
    ).fetchone()
    if row is None:
        return None
    url, final_url, status, headers, hops, body, size, fetched_at = row
    plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=size) if size else b""
    return Page(url, final_url, status, headers, tuple((h["url"], h["status"]) for h in hops), plain, fetched_at)


def make_partitions(conn: Connection, now: datetime | None = None) -> list[str]:
    """Make this month's partition and the next ones where they are missing. Returns the names of all of them."""
    now = now or datetime.now(UTC)
    names = []
    for ahead in range(MONTHS_AHEAD + 1):
        first, after = _month(now, ahead), _month(now, ahead + 1)
        name = f"pages_{first:%Y_%m}"
        conn.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF pages"  # numbers of a date only
            f" FOR VALUES FROM ('{first:%Y-%m-%d}+00') TO ('{after:%Y-%m-%d}+00')"
        )
        names.append(name)
    return names


def drop_old(conn: Connection, keep_days: int, now: datetime | None = None) -> list[str]:
    """Drop the months whose last day is older than `keep_days`. Returns their names."""
    now = now or datetime.now(UTC)
    rows = conn.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'pages'::regclass").fetchall()
    old = []
    for (name,) in rows:
        if name == "pages_other":
            continue
        first = datetime.strptime(name.removeprefix("pages_"), "%Y_%m").replace(tzinfo=UTC)
        if (now - _month(first, 1)).days >= keep_days:
            conn.execute(f"DROP TABLE {name}")  # a name of our own making
            old.append(name)
    return old


def _month(day: datetime, ahead: int) -> datetime:
    months = day.year * 12 + day.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
