"""What the operator's own lists say of the articles at their addresses."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from pipeline.jobs import GivenHints


def note(conn: Connection, hints: Sequence[tuple[int, GivenHints]]) -> None:
    """Store what is said of the articles of these links; later statements replace earlier ones."""
    latest = dict(hints)
    conn.execute(
        """
        INSERT INTO given_hints (link_id, title, published_at, source)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[]) AS n (link_id, title, published_at, source) ORDER BY link_id
        ON CONFLICT (link_id) DO UPDATE SET title = excluded.title, published_at = excluded.published_at, source = excluded.source, given_at = now()
        """,
        (
            list(latest),
            [one.title for one in latest.values()],
            [one.published for one in latest.values()],
            [one.source for one in latest.values()],
        ),
    )


def of_link(conn: Connection, link_id: int) -> GivenHints | None:
    """The hints that came with a link; None if there were none."""
    row = conn.execute("SELECT title, published_at, source FROM given_hints WHERE link_id = %s", (link_id,)).fetchone()
    return GivenHints(*row) if row else None
