"""Links: the frontier and the ledger. What people ask of it and put into it."""

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
    """One link as listings show it; the JSON of `newsmill links --json` has these fields. `waits_for` says what has to happen next, '' once it has
    ended; `waits_until` is when that is looked at, None where it may be now or nobody knows. `late`: it waits for a late retry."""

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
    """A link that was asked for by hand: `what` is new, again (it had ended badly), waiting (already on its way) or stored. `file` is the
    name of the file that was taken in."""

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
    """Put URLs in the first place of their hosts' lines. What ended badly, or waits for a late retry, starts anew; what is stored stays as it
    is."""
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
    if missed := [url.key for url in wanted if url.key not in met]:  # somebody else brought them in between
        met |= _known(conn, missed)
    what = {"new": "new", "stored": "stored", "failed": "again", "skipped": "again"}
    return [Enqueued(met[url.key].id, url.text, what.get(met[url.key].state, "waiting")) for url in wanted]


# Whether being enqueued by hand changes a link that is known.
_CHANGES = """(l.state IN ('failed', 'skipped') OR (l.state = 'waiting' AND l.due_at > now()) OR (l.state <> 'stored' AND l.priority < %(manual)s))"""


class _Known(NamedTuple):
    """A link that was there before; `changes`: it is put in another place of its host's line."""

    id: int
    state: str
    changes: bool


def _known(conn: Connection, keys: list[bytes]) -> dict[bytes, _Known]:
    """The links that are known, by their keys."""
    query = f"SELECT l.url_key, l.id, l.state, {_CHANGES} FROM links l WHERE l.url_key = ANY(%(keys)s)"
    return {bytes(key): _Known(*rest) for key, *rest in conn.execute(query, {"keys": keys, "manual": MANUAL})}


def listing(conn: Connection, which: LinkFilter = LinkFilter(), *, limit: int = 50, before: int | None = None) -> list[Link]:
    """Links, newest first; `before` is the id to go on from."""
    where, values = which.where()
    with conn.cursor(row_factory=_rows) as cur:
        return cur.execute(
            f"{SELECT} WHERE {where} AND (%(before)s::bigint IS NULL OR l.id < %(before)s) ORDER BY l.id DESC LIMIT %(limit)s",
            {**values, "before": before, "limit": limit},
        ).fetchall()


def by_ids(conn: Connection, ids: list[int]) -> list[Link]:
    """The links with these numbers, in their order."""
    with conn.cursor(row_factory=_rows) as cur:
        return cur.execute(f"{SELECT} WHERE l.id = ANY(%s) ORDER BY l.id", (ids,)).fetchall()


def find(conn: Connection, which: str) -> Link | None:
    """One link by its number or its URL, also by the URL that its article was found under after redirects."""
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
    """Whether the text is the number of a row, and one that Postgres can hold."""
    return text.isascii() and text.isdigit() and len(text) < 19


def retry(conn: Connection, which: LinkFilter, *, limit: int = 100_000) -> int:
    """Send failed (or, when `which` says so, skipped) links again from the first try; those that are not fetched, to the extraction. Those that
    wait for a late retry go with the failed ones. Returns how many."""
    where, values = replace(which, state=None).where()
    states = ["failed", "skipped"] if which.state is None else [which.state]
    with conn.transaction():
        rows = conn.execute(
            f"""
            UPDATE links SET {to.RETRY.sets}
            FROM (SELECT l.id, l.from_feed OR starts_with(l.url, %(files)s) AS at_hand FROM links l
                  WHERE {where} AND (l.state = ANY(%(states)s) OR (l.late AND l.state = 'waiting' AND 'failed' = ANY(%(states)s)))
                  ORDER BY l.url_key LIMIT %(limit)s FOR UPDATE SKIP LOCKED) old
            WHERE links.id = old.id RETURNING links.host_id
            """,
            {**values, "limit": limit, "files": f"{SCHEME}:", "states": states},
        ).fetchall()
        hosts.note_links(conn, {row[0] for row in rows})
    return len(rows)


def export(conn: Connection, which: LinkFilter = LinkFilter()) -> Generator[Link, None, None]:
    """All chosen links, oldest first, without holding them in memory."""
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
