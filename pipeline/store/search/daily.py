"""Articles of each day by source and language, against which shares are computed."""

from __future__ import annotations

from datetime import date

from psycopg import Connection

# Only one process counts at a time; another would count the same days.
LOCK = (7, 2)


def recount(conn: Connection) -> int:
    """Recount the days in which articles were added or removed. Returns how many days."""
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        days: list[date] = [
            day
            for (day,) in conn.execute("WITH heard AS (DELETE FROM daily_stale RETURNING day) SELECT DISTINCT day FROM heard ORDER BY day")
        ]
        if days:
            conn.execute("DELETE FROM daily WHERE day = ANY(%s)", (days,))
            conn.execute(
                """
                INSERT INTO daily (day, source_id, language, stored)
                SELECT s.day, coalesce(s.source_id, 0), coalesce(s.language, ''), count(*)
                FROM unnest(%s::date[]) d (day) CROSS JOIN LATERAL (
                    SELECT day, source_id, language FROM search
                    WHERE at >= d.day::timestamp AT TIME ZONE 'UTC' - interval '15 h' AND at < d.day::timestamp AT TIME ZONE 'UTC' + interval '39 h' AND day = d.day) s
                GROUP BY 1, 2, 3
                """,
                (days,),
            )
    return len(days)
