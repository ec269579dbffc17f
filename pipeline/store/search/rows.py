"""The row of an article in `search`: written with the article, in its transaction. A trigger takes the row of before away."""

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
    """What is known of an article beside its words. `at` and `day` are those of `vector.placed`."""

    article_id: int
    at: datetime
    day: date
    source_id: int | None
    language: str | None
    words: int


def write(conn: Connection, row: Row, title: str, text: str) -> None:
    """Make the words of an article findable. Its `search_at` is written before, which takes the earlier row away."""
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
