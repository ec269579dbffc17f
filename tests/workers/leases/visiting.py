"""A job that holds the lease of a host, and what the database says of hosts."""

from __future__ import annotations

import uuid

import psycopg

from pipeline.store.hosts import hosts, leases
from tests.fetch.server import Site
from workers.context import Context
from workers.steps.host_visits import Visits

GAP_S = 60.0
SHUT = b"User-agent: *\nDisallow: /private\n"


def visiting(conn: psycopg.Connection, ctx: Context, name: str) -> Visits:
    (host_id,) = hosts.ensure(conn, [name]).values()
    claim = uuid.uuid4()
    host = leases.acquire(conn, host_id, claim, "fetch", GAP_S, 90.0)
    assert host
    return Visits(ctx, claim, host)


def name_of(site: Site) -> str:
    return f"127.0.0.1:{site.port}"


def health(conn: psycopg.Connection, name: str) -> tuple[bool, float]:
    """Whether somebody visits the host, and the seconds until its next slot."""
    query = "SELECT lease_id IS NOT NULL, extract(epoch FROM next_slot_at - now())::float8 FROM hosts WHERE name = %s"
    row = conn.execute(query, (name,)).fetchone()
    assert row
    return row
