"""Check that search and the articles agree, and repair differences."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.search.vector import vector
from pipeline.store.search import daily, filling

READ = 1_000  # articles whose words are recomputed and compared
BATCH = 1_000  # rows repaired in one transaction
# The rows of both sides, joined where they belong together.
_SIDES = """
    (SELECT id, search_at, source_id, language, word_count FROM articles WHERE search_at IS NOT NULL) a
    FULL JOIN search s ON s.article_id = a.id AND s.at = a.search_at
"""
_OTHER = "(s.source_id, s.language, s.words) IS DISTINCT FROM (a.source_id, a.language, a.word_count)"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check. `rows`: articles that can be found. `missing`: articles of earlier versions. `lost`: articles whose row is
    gone. `orphaned`: rows without an article. `outdated`: rows that differ from their article. `other_words`, out of `read`: rows whose
    words follow other rules. `miscounted`: days with a wrong count in `daily`. `size`: bytes on disk."""

    rows: int
    missing: int
    lost: int
    orphaned: int
    outdated: int
    other_words: int
    read: int
    miscounted: int
    size: int

    @property
    def wrong(self) -> int:
        return self.missing + self.lost + self.orphaned + self.outdated + self.other_words + self.miscounted


def check(conn: Connection, read: int = READ) -> Report:
    """Compare all rows, and the words of some random articles."""
    daily.recount(conn)
    with conn.transaction():
        conn.execute("SET LOCAL statement_timeout = 0")  # it reads all rows
        row = conn.execute(
            f"""
            SELECT count(s.article_id), count(*) FILTER (WHERE s.article_id IS NULL), count(*) FILTER (WHERE a.id IS NULL),
                   count(*) FILTER (WHERE a.id IS NOT NULL AND s.article_id IS NOT NULL AND {_OTHER})
            FROM {_SIDES}
            """
        ).fetchone()
        assert row is not None
        rows, lost, orphaned, outdated = row
        (miscounted,) = conn.execute(
            """
            SELECT count(*) FROM (SELECT day, sum(stored) AS n FROM daily GROUP BY 1) d
            FULL JOIN (SELECT day, count(*) AS n FROM search GROUP BY 1) s USING (day) WHERE d.n IS DISTINCT FROM s.n
            """
        ).fetchone() or (0,)
        (size,) = conn.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'search'::regclass"
        ).fetchone() or (0,)
        looked, other = _words(conn, read)
    return Report(rows, filling.missing(conn), lost, orphaned, outdated, len(other), looked, miscounted, int(size))


def mend(conn: Connection, *, every_word: bool = False) -> int:
    """Make search agree with the articles. `every_word` compares the words of all articles instead of some. Returns how many rows were
    written."""
    while conn.execute(
        f"""
        WITH gone AS (DELETE FROM search WHERE (article_id, at) IN (SELECT s.article_id, s.at FROM {_SIDES} WHERE a.id IS NULL LIMIT %s) RETURNING day)
        INSERT INTO daily_stale SELECT day FROM gone
        """,
        (BATCH,),
    ).rowcount:
        pass
    conn.execute(
        f"UPDATE articles SET search_at = NULL WHERE id IN (SELECT a.id FROM {_SIDES} WHERE a.id IS NOT NULL AND (s.article_id IS NULL OR {_OTHER}))"
    )
    _, other = _words(conn, None if every_word else READ)
    conn.execute("UPDATE articles SET search_at = NULL WHERE id = ANY(%s)", (other,))
    written = sum(filling.fill(conn))
    conn.execute("INSERT INTO daily_stale SELECT day FROM daily UNION SELECT day FROM search")
    daily.recount(conn)
    return written


def _words(conn: Connection, most: int | None) -> tuple[int, list[int]]:
    """Compare the words of articles. Returns how many it read, and those whose words differ now. It reads all if `most` is None."""
    order = "id" if most is None else "random()"
    ids = [id_ for (id_,) in conn.execute(f"SELECT id FROM articles WHERE search_at IS NOT NULL ORDER BY {order} LIMIT %s", (most,))]
    other: list[int] = []
    for at in range(0, len(ids), BATCH // 10):
        found = conn.execute("SELECT id, search_at, title, text FROM articles WHERE id = ANY(%s)", (ids[at : at + BATCH // 10],)).fetchall()
        rows = conn.execute(
            """
            SELECT s.article_id FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) x (id, at, made)
            JOIN search s ON s.article_id = x.id AND s.at = x.at WHERE s.tsv <> x.made::tsvector
            """,
            ([row[0] for row in found], [row[1] for row in found], [vector(title, text) for *_, title, text in found]),
        )
        other += [id_ for (id_,) in rows]
    return len(ids), other
