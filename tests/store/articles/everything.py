"""All that is stored, for tests."""

from __future__ import annotations

import psycopg

from pipeline.store.articles import articles
from pipeline.store.articles.fields import Stored


def everything(conn: psycopg.Connection) -> list[Stored]:
    """All articles, in the order in which they were stored."""
    ids = [id_ for (id_,) in conn.execute("SELECT id FROM articles")]
    return sorted(articles.by_ids(conn, ids), key=lambda article: article.id)
