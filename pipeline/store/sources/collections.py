"""Collections: named sets of sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.store.search import daily


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection. `sources` and `articles` count its contents; articles only if they can be searched."""

    id: int
    name: str
    notes: str
    sources: int
    articles: int


_SELECT = """
    SELECT c.id, c.name, c.notes, count(m.source_id) AS sources, coalesce(sum(d.stored), 0)::bigint AS articles
    FROM collections c LEFT JOIN source_collections m ON m.collection_id = c.id
    LEFT JOIN (SELECT source_id, sum(stored) AS stored FROM daily GROUP BY 1) d ON d.source_id = m.source_id
"""


def listing(conn: Connection) -> list[Collection]:
    """All collections by name."""
    daily.recount(conn)
    with conn.cursor(row_factory=class_row(Collection)) as cur:
        return cur.execute(f"{_SELECT} GROUP BY c.id ORDER BY c.name").fetchall()


def find(conn: Connection, name: str) -> Collection | None:
    """The collection with this name, ignoring case, as in queries."""
    daily.recount(conn)
    with conn.cursor(row_factory=class_row(Collection)) as cur:
        return cur.execute(f"{_SELECT} WHERE lower(c.name) = lower(%s) GROUP BY c.id ORDER BY c.name LIMIT 1", (name,)).fetchone()


def create(conn: Connection, name: str, notes: str = "") -> bool:
    """Create a collection. Returns False if the name is taken, ignoring case."""
    return (
        conn.execute(
            "INSERT INTO collections (name, notes) SELECT %(name)s, %(notes)s WHERE NOT EXISTS (SELECT FROM collections WHERE lower(name) = lower(%(name)s)) ON CONFLICT DO NOTHING",
            {"name": name, "notes": notes},
        ).rowcount
        == 1
    )


def delete(conn: Connection, collection_id: int) -> None:
    """Delete a collection. Its sources stay."""
    conn.execute("DELETE FROM collections WHERE id = %s", (collection_id,))


def add(conn: Connection, collection_id: int, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Add sources to a collection. Returns the names added, and the names that are no sources."""
    rows = conn.execute(
        """
        INSERT INTO source_collections (collection_id, source_id) SELECT %s, id FROM sources WHERE name = ANY(%s) AND NOT removed
        ON CONFLICT DO NOTHING RETURNING (SELECT name FROM sources WHERE id = source_id)
        """,
        (collection_id, list(names)),
    ).fetchall()
    return [name for (name,) in rows], _unknown(conn, names)


def take_out(conn: Connection, collection_id: int, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Remove sources from a collection. Returns the names removed, and the names that are no sources."""
    rows = conn.execute(
        """
        DELETE FROM source_collections m USING sources o
        WHERE m.source_id = o.id AND m.collection_id = %s AND o.name = ANY(%s) RETURNING o.name
        """,
        (collection_id, list(names)),
    ).fetchall()
    return [name for (name,) in rows], _unknown(conn, names)


def _unknown(conn: Connection, names: Sequence[str]) -> list[str]:
    known = {name for (name,) in conn.execute("SELECT name FROM sources WHERE name = ANY(%s) AND NOT removed", (list(names),))}
    return [name for name in dict.fromkeys(names) if name not in known]
