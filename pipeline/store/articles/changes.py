"""The log of articles stored, changed or removed, in an order that outputs can follow.

A change is written in its article's transaction. Row numbers do not tell in which order transactions commit: a reader that has read up
to row 7 misses row 6 if that is committed later. So the reader numbers the changes it sees, and a later commit gets a higher number.
Changes of one article keep their order, since each waits for the lock of the article's link.
"""

from __future__ import annotations

from typing import Literal

from psycopg import Connection

What = Literal["stored", "changed", "removed"]
# Changes numbered or deleted in one statement: some tens of milliseconds.
BATCH = 10_000
# How long changes are kept without any output, for one that is about to be set up.
KEPT_DAYS = 1


def note(conn: Connection, article_id: int, what: What) -> None:
    """Log a change, in the transaction that changes the article."""
    conn.execute("INSERT INTO article_changes (article_id, what) VALUES (%s, %s)", (article_id, what))


def put_in_order(conn: Connection) -> int:
    """Number the changes that were committed since the last call. Returns how many. `conn` must not be in a transaction."""
    with conn.transaction():
        conn.execute("SELECT FROM change_numbers FOR UPDATE")
        # A statement of its own: it sees everything committed by now, including numbers given while this one waited.
        row = conn.execute(
            """
            WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS nth
                           FROM (SELECT id FROM article_changes WHERE number IS NULL ORDER BY id LIMIT %s) f),
                 given AS (UPDATE article_changes c SET number = n.last + fresh.nth FROM fresh, change_numbers n
                           WHERE c.id = fresh.id RETURNING c.id)
            UPDATE change_numbers SET last = last + (SELECT count(*) FROM fresh) WHERE EXISTS (SELECT FROM fresh)
            RETURNING (SELECT count(*) FROM given)
            """,
            (BATCH,),
        ).fetchone()
    return int(row[0]) if row else 0


def prune(conn: Connection, outputs: list[str]) -> int:
    """Delete the changes that all of these outputs have taken; without outputs, those older than a day. Returns how many."""
    gone = 0
    while True:
        done = conn.execute(
            """
            DELETE FROM article_changes WHERE id IN (
                SELECT id FROM article_changes
                WHERE CASE WHEN %(outputs)s::text[] = '{}' THEN at < now() - make_interval(days => %(days)s)
                           ELSE number <= (SELECT CASE WHEN count(*) = cardinality(%(outputs)s::text[]) THEN min(reached) ELSE 0 END
                                           FROM outputs WHERE name = ANY(%(outputs)s)) END
                ORDER BY id LIMIT %(batch)s)
            """,
            {"outputs": outputs, "days": KEPT_DAYS, "batch": BATCH},
        ).rowcount
        gone += done
        if done < BATCH:
            return gone
