"""The progress of each output: what comes next, what it has taken, how it failed, and what it has refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pipeline.outputs.model import Delivery, Refused
from pipeline.store.articles import articles, fields


@dataclass(frozen=True, slots=True)
class LockedOutput:
    """An output that this process holds; nobody else delivers to it meanwhile."""

    name: str
    reached: int
    state: dict[str, Any]
    failures: int
    code: str


@dataclass(frozen=True, slots=True)
class HostHealth:
    """The state of an output. `waiting` changes are still to be delivered, the oldest for `oldest_s` seconds. `retry_s` is the time until
    the next attempt after a failure. `dead` counts changes that it refused for good."""

    name: str
    reached: int
    waiting: int
    oldest_s: float
    failures: int
    code: str
    detail: str
    retry_s: float
    dead: int
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """An article that an output refused."""

    output: str
    number: int
    article_id: int
    what: str
    code: str
    detail: str
    at: datetime


@contextlib.contextmanager
def held(conn: Connection, name: str) -> Iterator[LockedOutput | None]:
    """Hold the output on this connection while the block runs. Yields None if another process delivers to it, or if it waits after a
    failure."""
    conn.execute("INSERT INTO outputs (name) VALUES (%s) ON CONFLICT DO NOTHING", (name,))
    (mine,) = conn.execute("SELECT pg_try_advisory_lock(hashtext('outputs'), hashtext(%s))", (name,)).fetchone() or (False,)
    if not mine:
        yield None
        return
    try:
        with conn.cursor(row_factory=class_row(LockedOutput)) as cur:
            yield cur.execute(
                "SELECT name, reached, state, failures, code FROM outputs WHERE name = %s AND coalesce(retry_at <= now(), true)", (name,)
            ).fetchone()
    finally:
        if not conn.closed:
            conn.execute("SELECT pg_advisory_unlock(hashtext('outputs'), hashtext(%s))", (name,))


def following(conn: Connection, after: int, most: int) -> list[Delivery]:
    """The next changes in order, each with the article as it is now; `removed` if the article no longer exists."""
    changes = conn.execute(
        "SELECT number, article_id, what FROM article_changes WHERE number > %s ORDER BY number LIMIT %s", (after, most)
    ).fetchall()
    found = {one.id: one for one in articles.by_ids(conn, sorted({article_id for _, article_id, _ in changes}))}
    deliveries = []
    for number, article_id, what in changes:
        article = found.get(article_id)
        deliveries.append(Delivery(number, article_id, what if article else "removed", fields.as_json(article) if article else None))
    return deliveries


def keep_state(conn: Connection, name: str, state: dict[str, Any]) -> None:
    """Store what the output must know after a crash, before it starts a batch."""
    conn.execute("UPDATE outputs SET state = %s WHERE name = %s", (Jsonb(state), name))


def taken(conn: Connection, name: str, upto: int, state: dict[str, Any], refused: Sequence[tuple[Delivery, Refused]]) -> None:
    """Record that the output has everything up to this change, except what it refused."""
    with conn.transaction():
        conn.execute(
            """
            UPDATE outputs SET reached = %s, state = %s, failures = 0, code = '', detail = '', retry_at = NULL, delivered_at = now()
            WHERE name = %s
            """,
            (upto, Jsonb(state), name),
        )
        for delivery, why in refused:
            conn.execute(
                "INSERT INTO dead_deliveries (output, number, article_id, what, code, detail) VALUES (%s, %s, %s, %s, %s, %s)",
                (name, delivery.number, delivery.article_id, delivery.what, why.code, why.detail),
            )


def failed(conn: Connection, name: str, code: str, detail: str, delay_s: float) -> None:
    """Record that the output took nothing, and schedule the next attempt."""
    conn.execute(
        """
        UPDATE outputs SET failures = failures + 1, code = %s, detail = %s, retry_at = now() + make_interval(secs => %s) WHERE name = %s
        """,
        (code, detail[:500], delay_s, name),
    )


def listing(conn: Connection) -> list[HostHealth]:
    """All outputs that have ever run, including those no longer configured."""
    with conn.cursor(row_factory=class_row(HostHealth)) as cur:
        return cur.execute(
            """
            SELECT o.name, o.reached, w.waiting, coalesce(extract(epoch FROM now() - w.oldest), 0)::float8 AS oldest_s, o.failures, o.code, o.detail,
                   greatest(0, coalesce(extract(epoch FROM o.retry_at - now()), 0))::float8 AS retry_s,
                   (SELECT count(*) FROM dead_deliveries d WHERE d.output = o.name) AS dead, o.delivered_at
            FROM outputs o CROSS JOIN LATERAL (
                SELECT count(*) AS waiting, min(at) AS oldest FROM article_changes WHERE number IS NULL OR number > o.reached) w
            ORDER BY o.name
            """
        ).fetchall()


def dead(conn: Connection, name: str, limit: int) -> list[DeadDelivery]:
    """What an output refused, in order."""
    with conn.cursor(row_factory=class_row(DeadDelivery)) as cur:
        return cur.execute("SELECT * FROM dead_deliveries WHERE output = %s ORDER BY number LIMIT %s", (name, limit)).fetchall()


def retry(conn: Connection, name: str) -> int | None:
    """Try the output at once, and deliver again what it refused, as new changes. Returns how many; None for an unknown output."""
    with conn.transaction():
        known = conn.execute("UPDATE outputs SET retry_at = NULL WHERE name = %s RETURNING name", (name,)).fetchone()
        if known is None:
            return None
        return conn.execute(
            """
            WITH again AS (DELETE FROM dead_deliveries WHERE output = %s RETURNING number, article_id, what)
            INSERT INTO article_changes (article_id, what) SELECT article_id, what FROM again ORDER BY number
            """,
            (name,),
        ).rowcount


def forget_states(conn: Connection) -> None:
    """Delete the outputs' notes on the outside world, such as the length of a file. After a restore they are out of date."""
    if conn.execute("SELECT to_regclass('outputs')").fetchone() != (None,):
        conn.execute("UPDATE outputs SET state = '{}'")
