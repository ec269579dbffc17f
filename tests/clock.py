"""Time that goes by at once: every moment in the database is moved into the past."""

from __future__ import annotations

import psycopg

CLOCKS = {
    "feeds": ("next_poll_at", "not_before", "probe_at", "moved_since", "last_polled_at", "last_ok_at", "lease_until", "main_poll_at"),
    "hosts": (
        "next_slot_at",
        "slot_at",
        "lease_until",
        "feed_due_at",
        "link_due_at",
        "paused_until",
        "slowed_at",
        "robots_until",
        "failing_since",
    ),
    "links": ("due_at", "lease_until"),
    "subscriptions": ("due_at", "claimed_until", "lease_until"),
}


def skip(conn: psycopg.Connection, seconds: float) -> None:
    """Let so many seconds go by."""
    with conn.transaction():
        for table, columns in CLOCKS.items():
            changes = ", ".join(f"{column} = {column} - make_interval(secs => %(s)s)" for column in columns)
            conn.execute(f"UPDATE {table} SET {changes}", {"s": seconds})  # type: ignore[arg-type]
