"""Read what is needed to judge feeds' health (pipeline/feeds/scheduling/health.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg import Connection
from psycopg.rows import dict_row

from pipeline.feeds.scheduling.health import FeedRecord, Health, health
from pipeline.store.db import clock


def of_feeds(conn: Connection, feed_ids: Sequence[int] | None = None) -> dict[int, Health]:
    """The health of the feeds, by id; None means all."""
    now = clock.now(conn)
    return {feed_id: health(pulse, now) for feed_id, pulse in feed_records(conn, feed_ids).items()}


def feed_records(conn: Connection, feed_ids: Sequence[int] | None = None) -> dict[int, FeedRecord]:
    """The pulse of the feeds, by id; None means all."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            """
            SELECT f.id, f.state, f.failures, f.code, f.detail, f.next_poll_why AS why, f.created_at, f.last_polled_at, f.last_ok_at,
                   coalesce((SELECT jsonb_object_agg(d.day, d.entries) FROM feed_days d WHERE d.feed_id = f.id), '{}') AS days,
                   f.etag IS NOT NULL OR f.last_modified IS NOT NULL AS has_validators,
                   f.options ?| ARRAY['min_interval_s', 'max_interval_s'] AS bounds_set, f.sunset_at, f.moved_to, f.successor
            FROM feeds f WHERE %(ids)s::bigint[] IS NULL OR f.id = ANY(%(ids)s)
            """,
            {"ids": list(feed_ids) if feed_ids is not None else None},
        ).fetchall()
    found = {}
    for row in rows:
        number, days = row.pop("id"), {date.fromisoformat(day): count for day, count in row.pop("days").items()}
        found[number] = FeedRecord(days=days, **row)
    return found
