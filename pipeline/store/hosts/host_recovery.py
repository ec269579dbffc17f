"""When a site answers again after it was down, retry the links and feeds that waited for it."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from pipeline.outcomes import NETWORK

# Behind everything that feeds (0) and people (10) bring, before rechecks (-10).
PRIORITY = -5


def wake(conn: Connection, host_ids: Sequence[int], min_interval_s: float) -> None:
    """Make due what waits for these hosts, which answer again: links waiting for a late retry, and feeds whose polls failed because of
    their site. A feed is polled at the earliest `min_interval_s` after its last poll. Rows are locked with SKIP LOCKED, so this may run
    while hosts are locked. The caller must then lower the hosts' due times."""
    conn.execute(
        """
        UPDATE links SET due_at = now() FROM (
            SELECT id FROM links WHERE host_id = ANY(%s) AND late AND state = 'waiting' AND due_at > now() FOR UPDATE SKIP LOCKED) held
        WHERE links.id = held.id
        """,
        (list(host_ids),),
    )
    conn.execute(
        """
        UPDATE feeds SET next_poll_at = held.at, next_poll_why = 'its site answers again' FROM (
            SELECT id, greatest(now(), not_before, last_polled_at
                       + make_interval(secs => greatest(%(least)s, coalesce((options ->> 'min_interval_s')::float8, 0)))) AS at
            FROM feeds WHERE host_id = ANY(%(hosts)s) AND state = 'active' AND phase = 'idle' AND failures > 0
                 AND (code = ANY(%(codes)s) OR starts_with(code, 'http_5')) FOR UPDATE SKIP LOCKED) held
        WHERE feeds.id = held.id AND held.at < next_poll_at
        """,
        {"hosts": list(host_ids), "least": min_interval_s, "codes": sorted(NETWORK)},
    )
