"""The source that an article belongs to: the one with the longest name that fits its address. A site without one gets one."""

from __future__ import annotations

from psycopg import Connection

from pipeline.normalise.outlets import names

# The id of the source, as a part of a statement; `%(outlets)s` are `names` of the address.
SOURCE_ID = "(SELECT o.id FROM sources o WHERE o.name = ANY(%(outlets)s) ORDER BY length(o.name) DESC LIMIT 1)"


def note(conn: Connection, url: str) -> list[str]:
    """See that there is a source for the address. Returns the names that fit it."""
    fitting = names(url)
    if fitting:
        conn.execute(
            "INSERT INTO sources (name) SELECT %(domain)s WHERE NOT EXISTS (SELECT FROM sources WHERE name = ANY(%(names)s)) ON CONFLICT DO NOTHING",
            {"domain": fitting[-1], "names": fitting},
        )
    return fitting
