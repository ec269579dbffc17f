"""Write the words of articles that have none yet, such as those stored by earlier versions. It may be killed at any point and then
continues."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import Connection

from pipeline.search.vector import placed
from pipeline.store.search import outlets, rows

BATCH = 100  # articles of one transaction: a tenth of a second


def missing(conn: Connection) -> int:
    """The number of articles without search words."""
    row = conn.execute("SELECT count(*) FROM articles WHERE search_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def fill(conn: Connection, batch: int = BATCH) -> Iterator[int]:
    """Write the words of all articles that have none. Yields the size of each batch; each is a separate transaction."""
    while written := _fill(conn, batch):
        yield written


def forget(conn: Connection, batch: int = 1_000) -> None:
    """Delete the words of all articles, so that they are written anew. If it is killed, some articles have words and some do not; `fill`
    completes them."""
    while conn.execute(
        "UPDATE articles SET search_at = NULL WHERE id IN (SELECT id FROM articles WHERE search_at IS NOT NULL ORDER BY id LIMIT %s)",
        (batch,),
    ).rowcount:
        pass


def _fill(conn: Connection, batch: int) -> int:
    with conn.transaction():
        outlets.hold(conn)
        found = conn.execute(
            """
            SELECT id, title, text, published_at, published_offset_min, fetched_at, language, word_count, final_url
            FROM articles WHERE search_at IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            (batch,),
        ).fetchall()
        for article_id, title, text, published_at, offset_min, fetched_at, language, words, url in found:
            fitting = outlets.note(conn, url)
            at, day = placed(published_at, offset_min, fetched_at)
            row = conn.execute(
                f"UPDATE articles SET search_at = %(at)s, source_id = {outlets.SOURCE_ID} WHERE id = %(id)s RETURNING source_id",
                {"at": at, "id": article_id, "outlets": fitting},
            ).fetchone()
            assert row is not None
            rows.write(conn, rows.Row(article_id, at, day, row[0], language, words), title, text)
    return len(found)
