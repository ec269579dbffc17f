"""Find the source of an article: the one with the longest name that fits its address. A site without a source gets one."""

from __future__ import annotations

from psycopg import Connection

from pipeline.normalise.outlets import names

# The id of the source, as part of a statement; `%(outlets)s` are the address's `names`.
SOURCE_ID = "(SELECT o.id FROM sources o WHERE o.name = ANY(%(outlets)s) ORDER BY length(o.name) DESC LIMIT 1)"


def note(conn: Connection, url: str) -> list[str]:
    """Make sure that the address has a source. Returns the names that fit the address."""
    fitting = names(url)
    if fitting:
        conn.execute(
            "INSERT INTO sources (name) SELECT %(domain)s WHERE NOT EXISTS (SELECT FROM sources WHERE name = ANY(%(names)s)) ON CONFLICT DO NOTHING",
            {"domain": fitting[-1], "names": fitting},
        )
    return fitting
