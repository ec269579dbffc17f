"""Links as tests put them in line, and what became of them."""

from __future__ import annotations

import psycopg

from pipeline.normalise.urls import parse
from pipeline.store.links import links


def add(conn: psycopg.Connection, *urls: str) -> list[int]:
    return [item.id for item in links.enqueue(conn, [parse(url) for url in urls])]


def states(conn: psycopg.Connection) -> dict[int, str]:
    return dict(conn.execute("SELECT id, state FROM links").fetchall())


def expire(conn: psycopg.Connection) -> None:
    conn.execute("UPDATE links SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")
    conn.execute("UPDATE feeds SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")
