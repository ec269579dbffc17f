"""Move a feed permanently: store its new address, and its old one as an alias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from pipeline.normalise.urls import Url, parse
from pipeline.store.hosts import hosts


@dataclass(frozen=True, slots=True)
class Home:
    """The new address of a feed and its host."""

    url: Url
    host_id: int


def home(conn: Connection, address: str) -> Home:
    """Call before the transaction that moves the feed: it creates the host."""
    url = parse(address)
    return Home(url, hosts.ensure(conn, [url.host])[url.host])


def move(conn: Connection, feed_id: int, to: Home) -> None:
    """Give the feed its new address and keep the old one as an alias. If a feed is already polled there, this one becomes its alias and is
    no longer polled; it keeps what it listed. The caller refreshes the hosts."""
    other = known(conn, to.url.key)
    if other is not None and other != feed_id:
        conn.execute(
            """
            UPDATE feeds SET state = 'stopped', alias_of = other.id,
                   next_poll_why = 'stopped: it has moved to feed ' || other.id || ', which is polled already'
            FROM (SELECT id FROM feeds WHERE id = %s AND state = 'active') other
            WHERE feeds.id = %s AND feeds.state = 'active'
            """,
            (other, feed_id),
        )
        return
    conn.execute(
        """
        INSERT INTO feed_aliases (url_key, url, feed_id) SELECT url_key, url, id FROM feeds WHERE id = %s
        ON CONFLICT (url_key) DO UPDATE SET url = excluded.url, feed_id = excluded.feed_id, since = now()
        """,
        (feed_id,),
    )
    conn.execute("DELETE FROM feed_aliases WHERE url_key = %s", (to.url.key,))  # if it moves back
    conn.execute("UPDATE feeds SET url = %s, url_key = %s, host_id = %s WHERE id = %s", (to.url.text, to.url.key, to.host_id, feed_id))


def known(conn: Connection, key: bytes) -> int | None:
    """The feed whose current or former address has this key."""
    return all_known(conn, [key]).get(key)


def all_known(conn: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """The feeds whose current or former addresses have these keys."""
    rows = conn.execute(
        """
        SELECT url_key, feed_id FROM feed_aliases WHERE url_key = ANY(%(keys)s)
        UNION ALL SELECT url_key, id FROM feeds WHERE url_key = ANY(%(keys)s)
        """,
        {"keys": list(keys)},
    )
    return {bytes(key): number for key, number in rows}


def former(conn: Connection, feed_id: int) -> list[str]:
    """The former addresses of a feed, the latest first."""
    return [row[0] for row in conn.execute("SELECT url FROM feed_aliases WHERE feed_id = %s ORDER BY since DESC, url_key", (feed_id,))]
