"""Claim fetched pages for extraction: by priority, then the longest waiting, fairly between hosts.

A host may hold half of the running and queued pages; more only while no page of another host waits. So a site whose pages take seconds
each, or that brings ten thousand at once, leaves room for all others.
"""

from __future__ import annotations

from uuid import UUID

from psycopg import Connection

from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.queue.claims import Job
from pipeline.store.transitions.links import CLAIM_EXTRACT

# Hosts whose pages are considered if one host has its half.
MOST_HOSTS = 200

_CLAIM = f"""
WITH RECURSIVE
slots AS (SELECT coalesce(sum(slots) * %(factor)s, %(floor)s) AS most FROM workers
          WHERE queue = 'extract' AND seen_at > now() - make_interval(secs => %(seen)s)),
busy AS (SELECT host_id, count(*) AS pages FROM links
         WHERE stage = 'extract' AND state IN ('dispatched', 'running') AND due_at <= now() GROUP BY host_id),
free AS (SELECT greatest(1, most / 2)::bigint AS half, coalesce(%(count)s, CASE WHEN room * 4 >= most THEN room ELSE 0 END) AS claims, room
         FROM (SELECT most, most - (SELECT coalesce(sum(pages), 0) FROM busy) AS room FROM slots) s),
first AS (SELECT id, host_id, priority, due_at FROM links WHERE state = 'fetched' AND due_at <= now()
          ORDER BY priority DESC, due_at LIMIT (SELECT claims FROM free)),
ranked AS (SELECT id, priority, due_at,
                  row_number() OVER (PARTITION BY host_id ORDER BY priority DESC, due_at) + coalesce(pages, 0) > (SELECT half FROM free) AS over
           FROM first LEFT JOIN busy USING (host_id)),
-- Only where a host is over its half: the hosts that have pages, from one to the next in the index.
waiting (host_id, nth) AS (
    (SELECT host_id, 1 FROM links WHERE state = 'fetched' AND (SELECT bool_or(over) FROM ranked) ORDER BY host_id LIMIT 1)
    UNION ALL
    SELECT next.host_id, nth + 1 FROM waiting
           CROSS JOIN LATERAL (SELECT host_id FROM links WHERE state = 'fetched' AND host_id > waiting.host_id ORDER BY host_id LIMIT 1) next
    WHERE nth < %(hosts)s),
fair AS (SELECT next.id, next.priority, next.due_at, false AS over FROM waiting LEFT JOIN busy USING (host_id)
         CROSS JOIN LATERAL (SELECT id, priority, due_at FROM links
                             WHERE host_id = waiting.host_id AND state = 'fetched' AND due_at <= now() ORDER BY priority DESC, due_at
                             LIMIT greatest(0, (SELECT least(half, claims) FROM free) - coalesce(pages, 0))) next),
chosen AS (SELECT id FROM (SELECT * FROM ranked UNION SELECT * FROM fair) every
           ORDER BY over, priority DESC, due_at LIMIT (SELECT claims FROM free))
UPDATE links SET {CLAIM_EXTRACT.sets}
FROM (SELECT id FROM links WHERE id IN (SELECT id FROM chosen) AND state = 'fetched' FOR UPDATE SKIP LOCKED) pick
WHERE links.id = pick.id RETURNING links.id, links.dispatch_id, links.url, links.extract_attempts, (SELECT claims FROM free)
"""


def claim_extracts(conn: Connection, count: int, settings: Settings) -> list[Job]:
    """Claim up to `count` fetched pages."""
    return _claim(conn, count, settings)


def refill_extracts(conn: Connection, settings: Settings) -> list[Job]:
    """Claim fetched pages once a quarter of the extract queue's capacity is free, so that several go out at a time."""
    return _claim(conn, None, settings)


def _claim(conn: Connection, count: int | None, settings: Settings) -> list[Job]:
    """Claim pages and return their jobs.

    While claims remain unused, each page goes out alone, to any idle process. So does a page that was started before and did not end: if
    it kills its process, no other page is lost with it.
    """
    rows: list[tuple[int, UUID, str, int, int]] = conn.execute(
        _CLAIM,
        {
            "count": count,
            "factor": settings.dispatch.in_flight_factor * settings.workers.extract_batch,
            "floor": settings.dispatch.in_flight_floor,
            "seen": workers.SEEN_S,
            "lease": settings.dispatch.lease_dispatched_s,
            "hosts": MOST_HOSTS,
        },
    ).fetchall()
    return [Job("extract", id_, claim, url, batchable=attempts == 0 and len(rows) >= most) for id_, claim, url, attempts, most in rows]
