"""Links as people list, add and retry them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from pipeline.normalise.file_names import SCHEME, address
from pipeline.normalise.urls import Url
from pipeline.store.hosts import hosts
from pipeline.store.transitions import links as to
from pipeline.wording.waiting_reasons import Facts, waits_for

# Before everything that feeds bring.
MANUAL = 10


@dataclass(frozen=True, slots=True)
class Link:
    """One link in a list; `newsmill links --json` prints these fields. `waits_for` says what has to happen next, empty if the link has
    ended. `waits_until` is when that happens; None if it may be now or nobody knows. `late` means that it waits for a late retry."""

    id: int
    url: str
    state: str
    stage: str
    code: str
    detail: str
    attempts: int
    host: str
    feed_url: str | None
    due_at: datetime
    created_at: datetime
    updated_at: datetime
    article_id: int | None
    late: bool
    waits_for: str
    waits_until: datetime | None


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A link that was added by hand. `what` is new, again (it had failed or been skipped), waiting (already on its way) or stored. `file`
    is the name of the added file."""

    id: int
    url: str
    what: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links: every condition that is set must hold."""

    state: str | None = None
    code: str | None = None
    host: str | None = None
    feed_id: int | None = None
    older_than_s: float | None = None
    late: bool | None = None

    def where(self) -> tuple[str, dict[str, object]]:
        tests = {
            "l.state = %(state)s": self.state,
            "l.code = %(code)s": self.code,
            "l.host_id = (SELECT id FROM hosts WHERE name = %(host)s)": self.host,
            "l.id IN (SELECT link_id FROM sightings WHERE feed_id = %(feed_id)s)": self.feed_id,
            "l.updated_at < now() - make_interval(secs => %(older_than_s)s)": self.older_than_s,
            "l.late AND l.state = 'waiting' AND %(late)s": self.late,
        }
        values: dict[str, object] = {name: getattr(self, name) for name in ("state", "code", "host", "feed_id", "older_than_s", "late")}
        return " AND ".join(["true", *(test for test, value in tests.items() if value is not None)]), values


SELECT = """
    SELECT l.id, l.url, l.state, l.stage, l.code, l.detail, l.fetch_attempts AS attempts, h.name AS host, f.url AS feed_url,
           l.due_at, l.created_at, l.updated_at, a.id AS article_id, l.late AND l.state = 'waiting' AS late,
           CASE WHEN l.state IN ('waiting', 'dispatched') AND isfinite(h.next_slot_at) AND greatest(l.due_at, h.next_slot_at) > now()
                THEN greatest(l.due_at, h.next_slot_at) END AS waits_until,
           l.due_at > now() AS later, l.next_url IS NOT NULL AS redirected,
           CASE WHEN h.robots_reachable OR h.robots_text <> '' OR h.robots_until <= now() THEN '' ELSE h.robots_code END AS robots_code,
           CASE WHEN h.paused_until > now() THEN h.pause_reason ELSE '' END AS pause, coalesce(h.paused_until = 'infinity', false) AS by_hand
    FROM links l JOIN hosts h ON h.id = l.host_id LEFT JOIN feeds f ON f.id = l.feed_id LEFT JOIN articles a ON a.link_id = l.id
"""


def enqueue(conn: Connection, urls: Iterable[Url]) -> list[Enqueued]:
    """Put URLs at the front of their hosts' queues. Links that failed, were skipped or wait for a late retry start again; stored ones stay
    as they are."""
    wanted = list({url.key: url for url in urls}.values())
    host_ids = hosts.ensure(conn, {url.host for url in wanted})
    with conn.transaction():
        known = _known(conn, [url.key for url in wanted])
        rest = [url for url in wanted if url.key not in known or known[url.key].changes]
        rows = conn.execute(
            f"""
            INSERT INTO links AS l (url, url_key, host_id, priority)
            SELECT url, key, host_id, %(manual)s FROM unnest(%(urls)s::text[], %(keys)s::bytea[], %(hosts)s::bigint[]) AS n (url, key, host_id)
            ORDER BY key
            ON CONFLICT (url_key) DO UPDATE SET
                priority = greatest(l.priority, excluded.priority),
                {to.ENQUEUE.sets}
            WHERE {_CHANGES}
            RETURNING l.id, l.url_key, l.host_id, l.state
            """,
            {
                "manual": MANUAL,
                "urls": [url.text for url in rest],
                "keys": [url.key for url in rest],
                "hosts": [host_ids[url.host] for url in rest],
            },
        ).fetchall()
        hosts.note_links(conn, [row[2] for row in rows if row[3] == "waiting"])
    met = {bytes(row[1]): _Known(row[0], "new", False) for row in rows} | known
    if missed := [url.key for url in wanted if url.key not in met]:  # another process added them in between
        met |= _known(conn, missed)
    what = {"new": "new", "stored": "stored", "failed": "again", "skipped": "again"}
    return [Enqueued(met[url.key].id, url.text, what.get(met[url.key].state, "waiting")) for url in wanted]


# Whether adding a known link by hand changes it.
_CHANGES = """(l.state IN ('failed', 'skipped') OR (l.state = 'waiting' AND l.due_at > now()) OR (l.state <> 'stored' AND l.priority < %(manual)s))"""


class _Known(NamedTuple):
    """A link that existed before. `changes` means that it gets another place in its host's queue."""

    id: int
    state: str
    changes: bool


def _known(conn: Connection, keys: list[bytes]) -> dict[bytes, _Known]:
    """The known links, by key."""
    query = f"SELECT l.url_key, l.id, l.state, {_CHANGES} FROM links l WHERE l.url_key = ANY(%(keys)s)"
    return {bytes(key): _Known(*rest) for key, *rest in conn.execute(query, {"keys": keys, "manual": MANUAL})}


def listing(conn: Connection, which: LinkFilter = LinkFilter(), *, limit: int = 50, before: int | None = None) -> list[Link]:
    """Links, newest first; `before` is the id to continue from."""
    where, values = which.where()
    with conn.cursor(row_factory=_rows) as cur:
        return cur.execute(
            f"{SELECT} WHERE {where} AND (%(before)s::bigint IS NULL OR l.id < %(before)s) ORDER BY l.id DESC LIMIT %(limit)s",
            {**values, "before": before, "limit": limit},
        ).fetchall()


def by_ids(conn: Connection, ids: list[int]) -> list[Link]:
    """The links with these ids, in their order."""
    with conn.cursor(row_factory=_rows) as cur:
        return cur.execute(f"{SELECT} WHERE l.id = ANY(%s) ORDER BY l.id", (ids,)).fetchall()


def find(conn: Connection, which: str) -> Link | None:
    """One link by its id or its URL, also by the URL that redirects led to."""
    with conn.cursor(row_factory=_rows) as cur:
        if is_id(which):
            return cur.execute(f"{SELECT} WHERE l.id = %s", (which,)).fetchone()
        return cur.execute(
            f"""
            {SELECT} WHERE l.id IN (SELECT id FROM links WHERE url_key = %(key)s UNION ALL SELECT link_id FROM articles WHERE url_key = %(key)s)
            ORDER BY l.url_key = %(key)s DESC LIMIT 1
            """,
            {"key": address(which).key},
        ).fetchone()


def is_id(text: str) -> bool:
    """Whether the text is a row's id that Postgres can hold."""
    return text.isascii() and text.isdigit() and len(text) < 19


def retry(conn: Connection, which: LinkFilter, *, limit: int = 100_000) -> int:
    """Start failed links again from the first attempt, and skipped ones if `which` says so; links that are not fetched go to extraction.
    Links waiting for a late retry count as failed. Returns how many."""
    where, values = _again(which)
    with conn.transaction():
        rows = conn.execute(
            f"""
            UPDATE links SET {to.RETRY.sets}
            FROM (SELECT l.id, l.from_feed OR starts_with(l.url, %(files)s) AS at_hand FROM links l
                  WHERE {where}
                  ORDER BY l.url_key LIMIT %(limit)s FOR UPDATE SKIP LOCKED) old
            WHERE links.id = old.id RETURNING links.host_id
            """,
            {**values, "limit": limit, "files": f"{SCHEME}:"},
        ).fetchall()
        hosts.note_links(conn, {row[0] for row in rows})
    return len(rows)


def count_retry(conn: Connection, which: LinkFilter) -> int:
    """How many links `retry` would start again."""
    where, values = _again(which)
    row = conn.execute(f"SELECT count(*) FROM links l WHERE {where}", values).fetchone()
    return int(row[0]) if row else 0


def _again(which: LinkFilter) -> tuple[str, dict[str, object]]:
    where, values = replace(which, state=None).where()
    states = ["failed", "skipped"] if which.state is None else [which.state]
    ended = "(l.state = ANY(%(states)s) OR (l.late AND l.state = 'waiting' AND 'failed' = ANY(%(states)s)))"
    return f"{where} AND {ended}", values | {"states": states}


def export(conn: Connection, which: LinkFilter = LinkFilter()) -> Generator[Link, None, None]:
    """All selected links, oldest first, streamed from the database."""
    where, values = which.where()
    with conn.transaction(), conn.cursor("links", row_factory=_rows) as cur:
        cur.itersize = 1000
        yield from cur.execute(f"{SELECT} WHERE {where} ORDER BY l.id", values)


def _rows(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], Link]:
    """Rows of SELECT as links."""
    as_dict = dict_row(cursor)

    def link(values: Sequence[Any]) -> Link:
        row = as_dict(values)
        facts = Facts(
            row["state"],
            row["stage"],
            row["code"],
            row["host"],
            later=row.pop("later"),
            late=row["late"],
            redirected=row.pop("redirected"),
            robots_code=row.pop("robots_code"),
            pause=row.pop("pause"),
            by_hand=row.pop("by_hand"),
        )
        return Link(**row, waits_for=waits_for(facts))

    return link
