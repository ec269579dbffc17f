"""The row of an article in `search`: written with the article, in its transaction. A trigger takes the row of before away."""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection

from pipeline.search.vector import placed, sample, vector

WRITE = """
    WITH kept AS (INSERT INTO search (article_id, at, day, source_id, language, words, sample, tsv)
                  VALUES (%(id)s, %(at)s, %(day)s, %(source)s, %(language)s, %(words)s, %(sample)s, %(tsv)s::tsvector) RETURNING day)
    INSERT INTO daily_stale SELECT day FROM kept
"""


def write(
    conn: Connection,
    article_id: int,
    title: str,
    text: str,
    *,
    published_at: datetime | None,
    offset_min: int | None,
    fetched_at: datetime,
    source_id: int | None,
    language: str | None,
    words: int,
) -> None:
    """Make the words of an article findable. Its `search_at` is written before, which takes the earlier row away."""
    at, day = placed(published_at, offset_min, fetched_at)
    conn.execute(
        WRITE,
        {
            "id": article_id,
            "at": at,
            "day": day,
            "source": source_id,
            "language": language,
            "words": words,
            "sample": sample(article_id),
            "tsv": vector(title, text),
        },
    )
