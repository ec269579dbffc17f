"""Find the source of an article: the one with the longest name that fits its address. A site without a source gets one."""

from __future__ import annotations

from psycopg import Connection

from pipeline.normalise.outlets import names

# Whoever brings or takes away a source holds it alone for a moment; whoever stores an article shares it until the article is there. So no article
# that is being stored misses a source that has come.
LOCK = (7, 3)
# The id of the source, as a part of a statement; `%(outlets)s` are `names` of the address.
SOURCE_ID = """(SELECT o.id FROM sources o WHERE o.name = ANY(%(outlets)s::text[]) AND NOT o.removed
                ORDER BY array_position(%(outlets)s::text[], o.name) LIMIT 1)"""


def hold(conn: Connection) -> None:
    """Before articles are locked: no source of theirs comes or goes until the transaction ends."""
    conn.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", LOCK)


def note(conn: Connection, url: str) -> list[str]:
    """Make sure that the address has a source. Returns the names that fit the address."""
    fitting = names(url)
    if fitting:
        conn.execute(
            """
            INSERT INTO sources (name)
            SELECT %(domain)s FROM (SELECT pg_advisory_xact_lock_shared(%(lock)s, %(key)s)::text AS locked OFFSET 0) held
            WHERE NOT EXISTS (SELECT FROM sources WHERE name = ANY(%(names)s) AND NOT removed AND held.locked = '')
            ON CONFLICT (name) DO UPDATE SET removed = false WHERE sources.removed
            """,
            {"domain": fitting[-1], "names": fitting, "lock": LOCK[0], "key": LOCK[1]},
        )
    return fitting
