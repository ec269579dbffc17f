"""Recompute keys after the rules for them changed: what would change, which rows turn out to be the same, and the change itself.

Each table is changed in a separate transaction. It first locks that table against writers and writes nothing else, so it cannot cause a
deadlock; readers continue. Repeating it is harmless: rows with the right key are left alone, so the next run finishes one that was cut
off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.normalise.aggregators import from_amp_cache
from pipeline.normalise.canonical import Claims, article_identity
from pipeline.normalise.file_names import address
from pipeline.normalise.urls import key_version
from pipeline.outcomes import Failure
from pipeline.store.transitions.links import SAME_ADDRESS

BATCH = 5_000  # rows read at once
EXAMPLES = 20

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Example:
    """A row whose key changes. `merged_into` is the row that stands for both from then on; None if it stays separate."""

    table: str
    id: int | None
    url: str
    merged_into: int | None
    merged_into_url: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """The result for a table. `changed` rows get another key; `merged` of them turn out to be the same as another row. `unusable` rows hold
    an address that today's rules reject, and keep their key."""

    table: str
    rows: int
    changed: int
    merged: int
    unusable: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class _Addresses:
    """A table whose rows are addresses. Two rows with one key become one: the row with the earlier `since` stays. `scope` is a column
    within whose values keys are unique; without it they are unique in the whole table."""

    name: str
    since: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with keys. `key` makes the key from the columns in `address`. If several rows get one key, the first by `rank` keeps it."""

    name: str
    address: str
    key: Callable[..., bytes]
    rank: str
    after: str = ""


def outdated(conn: Connection) -> bool:
    """Whether the keys in the database were made by other rules than today's."""
    return version(conn) != key_version()


def version(conn: Connection) -> int:
    """The version of the rules that made the keys in the database."""
    row = conn.execute("SELECT max(version) FROM key_version").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def begin(conn: Connection) -> None:
    """Mark a database without links and feeds as using today's rules."""
    conn.execute(
        "UPDATE key_version SET version = %s, since = now() WHERE NOT EXISTS (SELECT FROM links) AND NOT EXISTS (SELECT FROM feeds)",
        (key_version(),),
    )


def rows(conn: Connection) -> int:
    """How many rows have keys."""
    tables = (LINKS, FEEDS, ARTICLES, ALIASES, FEED_ALIASES, FEED_ARCHIVES)
    row = conn.execute(f"SELECT {' + '.join(f'(SELECT count(*) FROM {table.name})' for table in tables)}").fetchone()
    return int(row[0]) if row else 0


def run(conn: Connection, *, apply: bool = False, advance: Advance = lambda _: None) -> list[Change]:
    """Recompute every key and report the changes; with `apply`, write them. `advance` is called with the number of rows read.

    Needs a connection outside a transaction. Workers that write to a table wait while it is changed.
    """
    found = [_rekey(conn, table, apply, advance) for table in (LINKS, FEEDS, ARTICLES)]
    found += [_rekey_addresses(conn, table, apply, advance) for table in (ALIASES, FEED_ALIASES, FEED_ARCHIVES)]
    if apply:  # now all keys follow these rules
        conn.execute("UPDATE key_version SET version = %(now)s, since = now() WHERE version <> %(now)s", {"now": key_version()})
    return found


def _rekey(conn: Connection, table: _Table, apply: bool, advance: Advance) -> Change:
    with _alone(conn, table.name, apply):
        conn.execute("CREATE TEMP TABLE rekeyed (id bigint PRIMARY KEY, key bytea NOT NULL) ON COMMIT DROP")
        total = unusable = 0
        for batch in _batches(conn, table.name, "id", table.address):
            keys = [(row[0], bytes(row[1]), _key(table.key, row[2:])) for row in batch]
            with conn.cursor() as cur, cur.copy("COPY rekeyed (id, key) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "bytea"])
                for id_, old, key in keys:
                    if key is not None and key != old:
                        copy.write_row((id_, key))
            total += len(keys)
            unusable += sum(1 for _, _, key in keys if key is None)
            advance(len(keys))
        _decide(conn, table)
        changed, merged = _two(conn, "SELECT count(*), count(*) FILTER (WHERE place > 1) FROM moves")
        examples = _examples(conn, table.name)
        if apply and changed:
            _write(conn, table)
        return Change(table.name, total, changed, merged, unusable, examples)


def _decide(conn: Connection, table: _Table) -> None:
    """Put the rows that get another key into `moves`, with that key.

    If several rows get one key, the first by rank gets it. Each other row gets a unique key, the hash of its id and the key that it
    lost: no other row can have it, the next run recognises it, and no row must be deleted.
    """
    conn.execute("ANALYZE rekeyed")
    conn.execute(
        f"""
        CREATE TEMP TABLE moves ON COMMIT DROP AS
        WITH alike AS (
            SELECT id, key FROM rekeyed
            UNION ALL
            SELECT t.id, t.url_key FROM {table.name} t
            WHERE t.url_key IN (SELECT key FROM rekeyed) AND NOT EXISTS (SELECT FROM rekeyed r WHERE r.id = t.id)
        ), own AS (
            SELECT t.*, a.key, sha256(convert_to('merged:' || t.id || ':', 'UTF8') || a.key) AS own_key FROM alike a JOIN {table.name} t USING (id)
        ), placed AS (
            SELECT id, url, url_key, key, own_key, row_number() OVER ranked AS place, first_value(id) OVER ranked AS stays
            FROM own t WINDOW ranked AS (PARTITION BY key ORDER BY {table.rank}, url_key = own_key, id)
        )
        SELECT id, url, key, own_key, place, stays FROM placed WHERE url_key <> CASE WHEN place = 1 THEN key ELSE own_key END
        """
    )


def _write(conn: Connection, table: _Table) -> None:
    """Write the new keys in two steps, so that no key occurs twice. The table is locked; after the first step no moving row holds a key
    that another one wants; and of rows that want one key only the first gets it."""
    conn.execute(f"UPDATE {table.name} t SET url_key = m.own_key FROM moves m WHERE m.id = t.id AND t.url_key <> m.own_key")
    conn.execute(f"UPDATE {table.name} t SET url_key = m.key FROM moves m WHERE m.id = t.id AND m.place = 1")
    if table.after:
        conn.execute(table.after)


def _rekey_addresses(conn: Connection, table: _Addresses, apply: bool, advance: Advance) -> Change:
    name, scope = table.name, (table.scope and f"a.{table.scope}") or "0"
    with _alone(conn, name, apply):
        conn.execute("CREATE TEMP TABLE moves (old bytea PRIMARY KEY, key bytea NOT NULL, url text NOT NULL) ON COMMIT DROP")
        unusable = 0
        for batch in _batches(conn, name, "url_key", "url"):
            keys = [(bytes(old), _key(_key_of, (url,)), url) for old, _, url in batch]
            with conn.cursor() as cur, cur.copy("COPY moves (old, key, url) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["bytea", "bytea", "text"])
                for old, key, url in keys:
                    if key is not None and key != old:
                        copy.write_row((old, key, url))
            unusable += sum(1 for _, key, _ in keys if key is None)
            advance(len(keys))
        conn.execute(
            f"""
            CREATE TEMP TABLE placed ON COMMIT DROP AS
            SELECT m.old, m.key, m.url, {scope} AS scope, row_number() OVER (PARTITION BY {scope}, m.key ORDER BY a.{table.since}, m.old) = 1
                   AND NOT EXISTS (SELECT FROM {name} o WHERE o.url_key = m.key AND {scope.replace("a.", "o.")} = {scope}
                                   AND NOT EXISTS (SELECT FROM moves WHERE old = m.key)) AS stays
            FROM moves m JOIN {name} a ON a.url_key = m.old
            """
        )
        (total,) = conn.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
        changed, merged = _two(conn, "SELECT count(*), count(*) FILTER (WHERE NOT stays) FROM placed")
        some = conn.execute("SELECT url FROM placed ORDER BY stays, old LIMIT %s", (EXAMPLES,)).fetchall()
        if apply:
            # Updates instead of new rows: new rows would check their links, which a worker waiting for this table may hold.
            same = f"{scope} = p.scope"
            conn.execute(f"DELETE FROM {name} a USING placed p WHERE a.url_key = p.old AND {same} AND NOT p.stays")
            conn.execute(f"UPDATE {name} a SET url_key = sha256('moving:' || p.old) FROM placed p WHERE a.url_key = p.old AND {same}")
            conn.execute(f"UPDATE {name} a SET url_key = p.key FROM placed p WHERE a.url_key = sha256('moving:' || p.old) AND {same}")
        examples = tuple(Example(name, None, url, None, None) for (url,) in some)
        return Change(name, total, changed, merged, unusable, examples)


@contextmanager
def _alone(conn: Connection, table: str, apply: bool) -> Iterator[None]:
    """A transaction in which, with `apply`, nobody else writes the table or locks its rows. Without `apply` it is rolled back."""
    with conn.transaction(force_rollback=not apply):
        conn.execute("SET LOCAL statement_timeout = 0")  # a large archive takes long
        if apply:
            conn.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield


def _batches(conn: Connection, table: str, order: str, address: str) -> Iterator[list[tuple[Any, ...]]]:
    """All rows of a table as (order, url_key, *address), in batches."""
    last: Any = None
    while True:
        found = conn.execute(
            f"SELECT DISTINCT ON ({order}) {order}, url_key, {address} FROM {table} WHERE %(last)s::{'bytea' if order == 'url_key' else 'bigint'} IS NULL"
            f" OR {order} > %(last)s ORDER BY {order} LIMIT %(batch)s",
            {"last": last, "batch": BATCH},
        ).fetchall()
        if not found:
            return
        yield found
        last = found[-1][0]


def _examples(conn: Connection, table: str) -> tuple[Example, ...]:
    """Examples, merged rows first."""
    with conn.cursor(row_factory=class_row(Example)) as cur:
        return tuple(
            cur.execute(
                f"""
                SELECT %(table)s AS "table", m.id, m.url, CASE WHEN place > 1 THEN m.stays END AS merged_into,
                       CASE WHEN place > 1 THEN t.url END AS merged_into_url
                FROM moves m JOIN {table} t ON t.id = m.stays ORDER BY place = 1, m.id LIMIT %(count)s
                """,
                {"table": table, "count": EXAMPLES},
            ).fetchall()
        )


def _two(conn: Connection, query: str) -> tuple[int, int]:
    row = conn.execute(query).fetchone()
    assert row is not None
    return row[0], row[1]


def _key(make: Callable[..., bytes], address: Sequence[str]) -> bytes | None:
    try:
        return make(*address)
    except Failure:
        return None


def _key_of(url: str) -> bytes:
    return address(url).key


def _article_key(final_url: str, canonical_url: str, rejected: str) -> bytes:
    """The key of an article's own address. A claim that was rejected once stays rejected, because the reason may be the text."""
    claims = Claims(link=(canonical_url,)) if canonical_url and not rejected else Claims()
    return address(article_identity(claims, final_url).url or from_amp_cache(final_url)).key


# The row that has got furthest stays, so that no work is lost.
LINKS = _Table(
    "links",
    "url",
    _key_of,
    """
    CASE WHEN EXISTS (SELECT FROM articles WHERE articles.link_id = t.id) THEN 0 WHEN t.state IN ('dispatched', 'running') THEN 1
         WHEN t.state = 'fetched' THEN 2 WHEN t.state = 'waiting' THEN 3 ELSE 4 END
    """,
    # A link with an article keeps it. One under way is left to end by itself, as a duplicate if the other one's article exists by then:
    # otherwise its host would wait for it in vain. The host's due time may now be too early, which costs one look.
    f"""
    UPDATE links l SET {SAME_ADDRESS.sets}
    FROM moves m WHERE m.id = l.id AND m.place > 1 AND l.state NOT IN ('dispatched', 'running', 'stored')
      AND NOT EXISTS (SELECT FROM articles WHERE articles.link_id = l.id)
    """,
)
FEEDS = _Table(
    "feeds",
    "url",
    _key_of,
    "CASE t.state WHEN 'active' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END",
    """
    UPDATE feeds f SET state = 'stopped', code = 'duplicate', detail = 'the same address as feed ' || m.stays, updated_at = now()
    FROM moves m WHERE m.id = f.id AND m.place > 1
    """,
)
ARTICLES = _Table("articles", "final_url, canonical_url, canonical_rejected", _article_key, "t.link_id")
ALIASES = _Addresses("aliases", "seen_at")
FEED_ALIASES = _Addresses("feed_aliases", "since")
FEED_ARCHIVES = _Addresses("feed_archives", "read_at", scope="feed_id")
