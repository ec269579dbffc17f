"""Reassign articles to sources: if the sources of a site have changed, each of its articles gets the one whose name now fits best.

Each batch is a transaction that also stores the progress. If it is killed at any point, the next run continues there, with the same
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psycopg import Connection

from pipeline.normalise.outlets import names
from pipeline.store.search import outlets

BATCH = 500  # articles of one transaction: a few tens of milliseconds
# The sources of a site: its domain, and the hosts and folders below it.
_OF_SITE = """
    SELECT id FROM sources WHERE name = %(domain)s OR starts_with(name, %(domain)s || '/')
                                 OR right(split_part(name, '/', 1), length(%(domain)s) + 1) = '.' || %(domain)s
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: how many articles were checked, and how many now have another source."""

    looked: int
    moved: int


def begin(conn: Connection, changed: Iterable[str]) -> None:
    """Mark the sites of sources that are about to be created, deleted or renamed, in the same transaction, and wait until no article is
    being stored with the old sources."""
    domains = sorted({domain_of(name) for name in changed})
    # The mark comes first: a running batch of this site then ends before we hold anything that it may wait for.
    conn.execute(
        """
        INSERT INTO source_changes (domain) SELECT unnest(%s::text[])
        ON CONFLICT (domain) DO UPDATE SET after = 0, changed_at = now()
        """,
        (domains,),
    )
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", outlets.LOCK)


def domain_of(name: str) -> str:
    """The registrable domain of a source."""
    return names(f"https://{name}")[-1]


def begin_all(conn: Connection) -> None:
    """Mark every site, so that every article is checked."""
    domains = {domain_of(name) for (name,) in conn.execute("SELECT name FROM sources")}
    with conn.transaction():
        begin(conn, domains)


def waiting(conn: Connection) -> int:
    """How many articles are still to be checked."""
    total = 0
    for domain, after in conn.execute("SELECT domain, after FROM source_changes").fetchall():
        row = conn.execute(
            f"SELECT count(*) FROM articles WHERE source_id = ANY(ARRAY({_OF_SITE})) AND id > %(after)s", {"domain": domain, "after": after}
        ).fetchone()
        total += int(row[0]) if row else 0
    return total


def follow(conn: Connection, batch: int = BATCH) -> Iterator[Step]:
    """Reassign the articles of all changed sites. Yields after each batch."""
    while (step := _step(conn, batch)) is not None:
        yield step


def follow_all(conn: Connection) -> int:
    """`follow` until the end. Returns how many articles have another source."""
    return sum(step.moved for step in follow(conn))


def _step(conn: Connection, batch: int) -> Step | None:
    with conn.transaction():
        found = conn.execute(
            "SELECT domain, after FROM source_changes ORDER BY changed_at, domain LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        if found is None:
            return None
        domain, after = found
        rows = conn.execute(
            f"""
            SELECT id, final_url, source_id FROM articles
            WHERE source_id = ANY(ARRAY({_OF_SITE})) AND id > %(after)s ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE
            """,
            {"domain": domain, "after": after, "batch": batch},
        ).fetchall()
        moved = _give(conn, [(article_id, url) for article_id, url, _ in rows], {article_id: source for article_id, _, source in rows})
        if len(rows) < batch:
            _end(conn, domain)
        else:
            conn.execute("UPDATE source_changes SET after = %s WHERE domain = %s", (rows[-1][0], domain))
    return Step(len(rows), moved)


def _give(conn: Connection, articles: list[tuple[int, str]], before: dict[int, int]) -> int:
    """Store the sources of these articles. Returns how many changed."""
    fitting = {article_id: names(url) for article_id, url in articles}
    known: dict[str, int] = dict(
        conn.execute(
            "SELECT name, id FROM sources WHERE NOT removed AND name = ANY(%s)", (list({n for of in fitting.values() for n in of}),)
        ).fetchall()
    )
    for article_id, url in articles:
        if not any(name in known for name in fitting[article_id]):
            known |= _noted(conn, url)
    right = {article_id: next(known[name] for name in of if name in known) for article_id, of in fitting.items()}
    others = {article_id: source for article_id, source in right.items() if source != before[article_id]}
    conn.execute(
        """
        WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) g (id, source_id)),
             kept AS (UPDATE articles a SET source_id = g.source_id FROM given g WHERE a.id = g.id RETURNING a.id, a.search_at, a.source_id),
             found AS (UPDATE search s SET source_id = k.source_id FROM kept k WHERE s.article_id = k.id AND s.at = k.search_at RETURNING s.day)
        INSERT INTO daily_stale SELECT day FROM found
        """,
        (list(others), list(others.values())),
    )
    return len(others)


def _noted(conn: Connection, url: str) -> dict[str, int]:
    """The source that a site has by itself, if all fitting ones were removed."""
    # Without `outlets.note`, whose lock must not be taken after those of articles. A process that changes this site waits for its mark
    # anyway.
    statement = "INSERT INTO sources (name) VALUES (%s) ON CONFLICT (name) DO UPDATE SET removed = false RETURNING name, id"
    return dict(conn.execute(statement, (names(url)[-1],)).fetchall())


def _end(conn: Connection, domain: str) -> None:
    """No article is left, so delete the sources that were removed."""
    conn.execute(
        f"""
        DELETE FROM sources o WHERE removed AND id = ANY(ARRAY({_OF_SITE})) AND NOT EXISTS (SELECT FROM articles a WHERE a.source_id = o.id)
        """,
        {"domain": domain},
    )
    conn.execute("DELETE FROM source_changes WHERE domain = %s", (domain,))
