"""Write the row of an article in `search`, in the article's transaction. A trigger deletes the previous row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection

from pipeline.search.vector import sample, vector

WRITE = """
    WITH kept AS (INSERT INTO search (article_id, at, day, source_id, language, words, sample, tsv)
                  VALUES (%(id)s, %(at)s, %(day)s, %(source)s, %(language)s, %(words)s, %(sample)s, %(tsv)s::tsvector) RETURNING day)
    INSERT INTO daily_stale SELECT day FROM kept
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of an article besides its words. `at` and `day` come from `vector.placed`."""

    article_id: int
    at: datetime
    day: date
    source_id: int | None
    language: str | None
    words: int


def write(conn: Connection, row: Row, title: str, text: str) -> None:
    """Make the words of an article searchable. Write its `search_at` first, which deletes the previous row."""
    conn.execute(
        WRITE,
        {
            "id": row.article_id,
            "at": row.at,
            "day": row.day,
            "source": row.source_id,
            "language": row.language,
            "words": row.words,
            "sample": sample(row.article_id),
            "tsv": vector(title, text),
        },
    )
