"""The audit: what was changed, when and by whom. A row is written before the change and completed after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `who` is empty if nobody had to sign in. `what` is the method and the kind of address, or a command; `about` is the
    address itself."""

    id: int
    at: datetime
    who: str
    what: str
    about: str
    outcome: str
    address: str


def begin(conn: Connection, who: str, what: str, about: str = "", address: str = "") -> int:
    """Record that a change is about to be made. Returns the entry's number."""
    row = conn.execute(
        "INSERT INTO audit (who, what, about, address) VALUES (%s, %s, %s, %s) RETURNING id", (who, what, about[:500], address)
    ).fetchone()
    assert row is not None
    return int(row[0])


def end(conn: Connection, number: int, outcome: str) -> None:
    """Record the result."""
    conn.execute("UPDATE audit SET outcome = %s WHERE id = %s", (outcome, number))


def note(conn: Connection, who: str, what: str, about: str = "") -> None:
    """Record a change made by a command."""
    end(conn, begin(conn, who, what, about), "done")


def listing(conn: Connection, *, who: str | None = None, before: int | None = None, limit: int = 50) -> list[Entry]:
    """Entries, the latest first; `before` is the number to continue from."""
    with conn.cursor(row_factory=class_row(Entry)) as cur:
        return cur.execute(
            """
            SELECT id, at, who, what, about, outcome, address FROM audit
            WHERE (%(who)s::text IS NULL OR who = %(who)s) AND (%(before)s::bigint IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s
            """,
            {"who": who, "before": before, "limit": limit},
        ).fetchall()
