"""Claims whose messages were not sent, or perhaps not: give them back before their lease runs out."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from pipeline.store.hosts import hosts
from pipeline.store.queue.claims import Job
from pipeline.store.transitions.links import GIVE_BACK_FETCH


def give_back(conn: Connection, jobs: Sequence[Job]) -> None:
    """Return links that were claimed for a fetch but not sent to their queues, and free their hosts. Work that a worker has started stays."""
    with conn.transaction():
        rows = conn.execute(
            f"""
            UPDATE links SET {GIVE_BACK_FETCH.sets}
            FROM unnest(%s::bigint[], %s::uuid[]) AS job (id, claim)
            WHERE links.id = job.id AND dispatch_id = job.claim AND state = 'dispatched' AND stage = 'fetch'
            RETURNING host_id, job.claim
            """,
            ([job.id for job in jobs], [job.dispatch_id for job in jobs]),
        ).fetchall()
        hosts.refresh(conn, [row[0] for row in rows], [row[1] for row in rows])


def shorten_leases(conn: Connection, jobs: Sequence[Job], to_s: float) -> None:
    """Let the claims of feeds and links run out soon, except those that a worker has started meanwhile."""
    claims = {"claims": [job.dispatch_id for job in jobs], "to": to_s}
    for table, ids, dispatched in (
        ("feeds", [job.id for job in jobs if job.stage == "poll"], "phase = 'dispatched'"),
        ("links", [job.id for job in jobs if job.stage in ("fetch", "extract")], "state = 'dispatched'"),
    ):
        conn.execute(
            f"""
            UPDATE {table} SET lease_until = least(lease_until, now() + make_interval(secs => %(to)s))
            FROM (SELECT id FROM {table} WHERE id = ANY(%(ids)s) AND dispatch_id = ANY(%(claims)s) AND {dispatched} ORDER BY id
                  FOR UPDATE SKIP LOCKED) unsent
            WHERE {table}.id = unsent.id
            """,
            claims | {"ids": ids},
        )
