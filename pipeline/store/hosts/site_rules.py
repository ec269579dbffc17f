"""What hosts say in robots.txt and tdmrep.json, stored for all workers in the host's row.

A robots.txt applies to one scheme. The copy that applies is that of the scheme last requested. The other scheme's copy is kept in
`robots_other` and applies again when a link of that scheme comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from pipeline.fetch.robots.robots_txt import Robots
from pipeline.store.transitions.links import REQUEUE

# The columns of host h that `read` takes.
COLUMNS = """h.robots_text, h.robots_fetched_at, h.robots_until, h.robots_failures, h.robots_reachable, h.robots_why, h.robots_notes,
           h.sitemaps, h.signals, h.robots_scheme, h.robots_code"""
_ASIDE = """jsonb_build_object('scheme', h.robots_scheme, 'text', h.robots_text, 'fetched_at', h.robots_fetched_at,
           'until', h.robots_until, 'failures', h.robots_failures, 'reachable', h.robots_reachable, 'why', h.robots_why,
           'code', h.robots_code, 'notes', h.robots_notes, 'sitemaps', to_jsonb(h.sitemaps), 'signals', h.signals, 'delay_s', h.delay_s)"""


def read(row: Sequence[Any]) -> Robots | None:
    """The copy that applies; None if there is none."""
    text, fetched_at, until, failures, reachable, why, notes, sitemaps, signals, scheme, code = row
    if fetched_at is None:
        return None
    pairs = tuple((signal["name"], signal["value"]) for signal in signals)
    return Robots(text or "", fetched_at, until, failures, reachable, why, notes, tuple(sitemaps), pairs, scheme, code)


def of(conn: Connection, name: str) -> Robots | None:
    """The copy that applies to the host of this name."""
    row = conn.execute(f"SELECT {COLUMNS} FROM hosts h WHERE name = %s", (name,)).fetchone()
    return read(row) if row else None


def keep(conn: Connection, host_id: int, robots: Robots, delay_s: float | None) -> None:
    """Apply a new robots.txt. Links that an older one disallowed wait again and are decided anew."""
    old = conn.execute("SELECT robots_text FROM hosts WHERE id = %s", (host_id,)).fetchone()
    conn.execute(
        """
        UPDATE hosts SET robots_text = %s, robots_fetched_at = %s, robots_until = %s, robots_failures = %s, robots_reachable = %s,
               robots_why = %s, robots_notes = %s, sitemaps = %s, signals = %s, robots_scheme = %s, robots_code = %s, delay_s = %s
        WHERE id = %s
        """,
        (
            robots.text,
            robots.fetched_at,
            robots.until,
            robots.failures,
            robots.reachable,
            robots.why,
            robots.notes,
            list(robots.sitemaps),
            Jsonb([{"name": name, "value": value} for name, value in robots.signals]),
            robots.scheme,
            robots.code,
            delay_s,
            host_id,
        ),
    )
    if old is not None and old[0] is not None and old[0] != robots.text:
        conn.execute("UPDATE hosts SET robots_changed_at = now() WHERE id = %s", (host_id,))
        conn.execute(
            f"""
            UPDATE links SET {REQUEUE.sets}
            FROM (SELECT id FROM links WHERE host_id = %s AND state = 'skipped' AND code = 'robots_disallowed'
                  ORDER BY url_key FOR UPDATE SKIP LOCKED) old
            WHERE links.id = old.id
            """,
            (host_id,),
        )


def use_scheme(conn: Connection, host_id: int, scheme: str) -> Robots | None:
    """Apply the copy for this scheme and keep the other one aside. Returns None if there is no copy for it."""
    row = (
        conn.execute(
            f"""
        UPDATE hosts h SET robots_scheme = %(scheme)s, robots_other = {_ASIDE}, robots_text = o ->> 'text',
               robots_fetched_at = (o ->> 'fetched_at')::timestamptz, robots_until = (o ->> 'until')::timestamptz,
               robots_failures = coalesce((o ->> 'failures')::integer, 0), robots_reachable = coalesce((o ->> 'reachable')::boolean, true),
               robots_why = coalesce(o ->> 'why', ''), robots_code = coalesce(o ->> 'code', ''), robots_notes = coalesce(o ->> 'notes', ''),
               sitemaps = ARRAY(SELECT jsonb_array_elements_text(o -> 'sitemaps')), signals = coalesce(o -> 'signals', '[]'),
               delay_s = (o ->> 'delay_s')::float8
        FROM (SELECT id, CASE WHEN robots_other ->> 'scheme' = %(scheme)s THEN robots_other END AS o
              FROM hosts WHERE id = %(id)s FOR NO KEY UPDATE) kept
        WHERE h.id = kept.id AND h.robots_scheme <> %(scheme)s RETURNING {COLUMNS}
        """,
            {"id": host_id, "scheme": scheme},
        ).fetchone()
        or conn.execute(f"SELECT {COLUMNS} FROM hosts h WHERE id = %s", (host_id,)).fetchone()
    )
    return read(row) if row else None


def keep_tdmrep(conn: Connection, host_id: int, text: str) -> None:
    """Store a tdmrep.json; empty for none."""
    conn.execute("UPDATE hosts SET tdmrep = %s, tdmrep_at = now() WHERE id = %s", (text, host_id))


def tdmrep_of(conn: Connection, name: str) -> str:
    """The stored tdmrep.json of a host; empty for none."""
    row = conn.execute("SELECT tdmrep FROM hosts WHERE name = %s", (name,)).fetchone()
    return str(row[0]) if row else ""
