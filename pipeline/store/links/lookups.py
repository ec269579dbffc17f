"""Look up many URLs at once: which links and articles they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Known:
    """The link that a URL leads to, and its article."""

    link_id: int
    state: str
    code: str
    detail: str
    article_id: int | None


def by_keys(conn: Connection, keys: Sequence[bytes]) -> dict[bytes, Known]:
    """The known URLs by key: as a link's own, as an article's own, or as another address of a link, in this order."""
    rows = conn.execute(
        """
        SELECT DISTINCT ON (n.key) n.key, l.id, l.state, l.code, l.detail, a.id
        FROM (SELECT url_key AS key, id AS link_id, 0 AS rank FROM links WHERE url_key = ANY(%(keys)s)
              UNION ALL SELECT url_key, link_id, 1 FROM articles WHERE url_key = ANY(%(keys)s)
              UNION ALL SELECT url_key, link_id, 2 FROM aliases WHERE url_key = ANY(%(keys)s)) n
        JOIN links l ON l.id = n.link_id LEFT JOIN articles a ON a.link_id = l.id
        ORDER BY n.key, n.rank
        """,
        {"keys": list(keys)},
    )
    return {bytes(key): Known(*rest) for key, *rest in rows}
