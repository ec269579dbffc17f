"""Hosts as people see and change them: the gap and pauses that apply, and why.

Each change ends in `hosts.refresh`, which keeps the hosts' due times right (docs/explanation/locking.md). A pause works through
`next_slot_at`, which is all that a claim looks at: a paused host has no slot before its pause ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from pipeline.outcomes import NETWORK
from pipeline.settings import Fetch
from pipeline.store.hosts import hosts, leases

DelayFrom = Literal["default", "operator", "robots"]
RobotsState = Literal["none yet", "ok", "absent", "unreachable", "ignored"]


@dataclass(frozen=True, slots=True)
class HostSettings:
    """One host in a list.

    `delay_s` is the gap that applies between two requests, in seconds, and `delay_from` who set it. `paused_until` is None for a pause
    until somebody resumes; `next_slot_at` is None then too. `robots_since` is when the copy that applies was read (`robots_copy`: there
    is one), or when it was first requested without success. `waiting` counts links. `held_by` is the job that holds the host, in words,
    and `held_until` when its lease runs out; None if no job does.
    """

    name: str
    delay_s: float
    delay_from: DelayFrom
    own_delay_s: float | None
    crawl_delay_s: float | None
    latency_s: float
    paused: bool
    paused_until: datetime | None
    pause_reason: str
    failures: int
    last_code: str
    slowdowns: int
    ignore_robots: bool
    robots: RobotsState
    robots_copy: bool
    robots_since: datetime | None
    robots_until: datetime | None
    robots_why: str
    waiting: int
    next_slot_at: datetime | None
    visiting: str | None
    held_by: str | None
    held_until: datetime | None

    @property
    def under_way(self) -> bool:
        """Whether a request may be under way."""
        return self.held_by is not None and self.held_by.endswith(", running")


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that is known of a host. `links` and `feeds` count those of the host by state. `disallowed` counts links that its
    robots.txt disallows. `signals` are lines of robots.txt on how the content may be used, as (name, value). `tdmrep` is its
    tdmrep.json."""

    host: HostSettings
    robots_text: str | None
    robots_notes: str
    robots_failures: int
    sitemaps: list[str]
    signals: list[tuple[str, str]]
    tdmrep: str
    links: dict[str, int]
    feeds: dict[str, int]
    disallowed: int


@dataclass(frozen=True, slots=True)
class PausedHost:
    """A paused host. `paused_until` is None if somebody has to resume it."""

    name: str
    paused_until: datetime | None
    pause_reason: str
    failures: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SlowHost:
    """A host whose robots.txt asks for `delay_s` seconds between two requests."""

    name: str
    delay_s: float
    waiting: int


# psycopg has no datetime for infinity. If there is no file, pipeline/fetch/robots/robots_txt.py stores a comment that says so.
_COLUMNS: LiteralString = rf"""
    h.name, h.own_delay_s, h.delay_s AS crawl_delay_s, h.latency_s, coalesce(h.paused_until > now(), false) AS paused,
    CASE WHEN h.paused_until > now() THEN nullif(h.paused_until, 'infinity') END AS paused_until,
    CASE WHEN h.paused_until > now() THEN h.pause_reason ELSE '' END AS pause_reason,
    h.failures, h.last_code, h.slowdowns, h.ignore_robots,
    CASE WHEN h.ignore_robots OR NOT %(honour)s THEN 'ignored' WHEN h.robots_fetched_at IS NULL THEN 'none yet'
         WHEN NOT h.robots_reachable THEN 'unreachable'
         WHEN h.robots_text ~ '\A# [^\n]* Everything is allowed\.\n\Z' THEN 'absent' ELSE 'ok' END AS robots,
    coalesce(h.robots_text, '') <> '' AS robots_copy, h.robots_fetched_at AS robots_since, h.robots_until, CASE WHEN h.robots_reachable THEN '' ELSE h.robots_why END AS robots_why,
    nullif(h.next_slot_at, 'infinity') AS next_slot_at, CASE WHEN h.lease_id IS NOT NULL THEN h.last_step END AS visiting,
    {leases.HOLDER} AS held_by, h.lease_until AS held_until
"""


def listing(conn: Connection, fetch: Fetch, *, paused: bool = False, failing: bool = False, limit: int = 50) -> list[HostSettings]:
    """Hosts, the most troubled first: paused ones, then by failures in a row, then by waiting links."""
    tests = [
        test for test, wanted in (("h.paused_until > now()", paused), ("(h.failures > 0 OR NOT h.robots_reachable)", failing)) if wanted
    ]
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            f"""
            SELECT {_COLUMNS}, coalesce(w.n, 0) AS waiting
            FROM hosts h LEFT JOIN (SELECT host_id, count(*) AS n FROM links WHERE state = 'waiting' GROUP BY host_id) w ON w.host_id = h.id
            WHERE {" AND ".join(["true", *tests])}
            ORDER BY coalesce(h.paused_until > now(), false) DESC, h.failures DESC, h.robots_reachable, coalesce(w.n, 0) DESC, h.name
            LIMIT %(limit)s
            """,
            {"honour": fetch.honour_robots, "limit": limit},
        ).fetchall()
    return [_host_settings(row, fetch) for row in rows]


def details(conn: Connection, name: str, fetch: Fetch) -> Details | None:
    """One host by its name; None if newsmill does not know it."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(
            f"""
            SELECT {_COLUMNS}, (SELECT count(*) FROM links l WHERE l.host_id = h.id AND l.state = 'waiting') AS waiting,
                   h.id, h.robots_text, h.robots_notes, h.robots_failures, h.sitemaps, h.signals, h.tdmrep,
                   (SELECT count(*) FROM links l WHERE l.host_id = h.id AND l.state = 'skipped' AND l.code = 'robots_disallowed') AS disallowed
            FROM hosts h WHERE h.name = %(name)s
            """,
            {"honour": fetch.honour_robots, "name": name},
        ).fetchone()
    if row is None:
        return None
    return Details(
        host=_host_settings(row, fetch),
        robots_text=row["robots_text"],
        robots_notes=row["robots_notes"],
        robots_failures=row["robots_failures"],
        sitemaps=row["sitemaps"],
        signals=[(signal["name"], signal["value"]) for signal in row["signals"]],
        tdmrep=row["tdmrep"],
        links=_counts(conn, "SELECT state, count(*) FROM links WHERE coalesce(origin_host_id, host_id) = %s GROUP BY state", row["id"]),
        feeds=_counts(conn, "SELECT state, count(*) FROM feeds WHERE host_id = %s GROUP BY state", row["id"]),
        disallowed=row["disallowed"],
    )


def paused(conn: Connection, limit: int = 50) -> list[PausedHost]:
    """Paused hosts, the longest pause first."""
    with conn.cursor(row_factory=class_row(PausedHost)) as cur:
        return cur.execute(
            """
            SELECT name, nullif(paused_until, 'infinity') AS paused_until, pause_reason, failures,
                   (SELECT count(*) FROM links l WHERE l.host_id = h.id AND l.state = 'waiting') AS waiting
            FROM hosts h WHERE paused_until > now() ORDER BY h.paused_until DESC LIMIT %s
            """,
            (limit,),
        ).fetchall()


def count_paused(conn: Connection) -> int:
    """The number of hosts that are paused now."""
    row = conn.execute("SELECT count(*) FROM hosts WHERE paused_until > now()").fetchone()
    return int(row[0]) if row else 0


def slow(conn: Connection, limit: int = 50) -> list[SlowHost]:
    """Hosts with waiting links whose robots.txt asks for gaps of a minute or more, those with most links first."""
    with conn.cursor(row_factory=class_row(SlowHost)) as cur:
        return cur.execute(
            """
            SELECT h.name, h.delay_s, w.waiting
            FROM hosts h CROSS JOIN LATERAL (
                SELECT count(*) AS waiting FROM links l WHERE l.host_id = h.id AND l.state = 'waiting') w
            WHERE h.delay_s >= 60 AND w.waiting > 0 ORDER BY w.waiting DESC, h.name LIMIT %s
            """,
            (limit,),
        ).fetchall()


def pause(conn: Connection, name: str, for_s: float | None, reason: str, fetch: Fetch) -> None:
    """Pause a host for so many seconds; None: until it is resumed. An unknown host is created.

    A pause that the host itself asked for is never shortened. A pause without end gives way to one with an end.
    """
    host_id = hosts.ensure(conn, [name])[name]
    with conn.transaction():
        conn.execute(
            f"""
            UPDATE hosts h SET paused_until = u.until, pause_reason = %(reason)s,
                   next_slot_at = greatest(u.until, coalesce(nullif(h.next_slot_at, 'infinity'), now() + make_interval(secs => {hosts.GAP})))
            FROM (SELECT id, CASE WHEN %(for)s::float8 IS NULL THEN 'infinity'
                                  ELSE greatest(nullif(paused_until, 'infinity'), now() + make_interval(secs => %(for)s)) END AS until
                  FROM hosts WHERE id = %(id)s FOR NO KEY UPDATE) u
            WHERE h.id = u.id
            """,
            {"id": host_id, "for": for_s, "reason": reason, "gap": fetch.min_gap_s},
        )
        hosts.refresh(conn, [host_id])


def resume(conn: Connection, name: str, fetch: Fetch) -> bool:
    """Clear a host's pause and failures, so that it is asked again. Returns False if there is no such host.

    The time of its last request is unknown now, so the next one keeps the gap from now. An unreadable robots.txt is fetched again,
    otherwise it would pause the host once more; links that waited for it, or for the host's return, are tried again too.
    """
    found = conn.execute("SELECT id FROM hosts WHERE name = %s", (name,)).fetchone()
    if found is None:
        return False
    with conn.transaction():
        conn.execute(
            """
            UPDATE links SET due_at = now(), updated_at = now()
            FROM (SELECT id FROM links WHERE host_id = %s AND state = 'waiting' AND due_at > now()
                       AND (late OR code = 'robots_unreachable' OR code = ANY(%s))
                  ORDER BY url_key FOR UPDATE SKIP LOCKED) held
            WHERE links.id = held.id
            """,
            (found[0], sorted(NETWORK)),
        )
        conn.execute(
            f"""
            UPDATE hosts h SET paused_until = NULL, pause_reason = '', failures = 0, failing_since = NULL, last_code = '', slowdowns = 0, slowed_at = NULL,
                   next_slot_at = least(next_slot_at, now() + make_interval(secs => {hosts.GAP})),
                   robots_failures = 0, robots_until = CASE WHEN robots_reachable THEN robots_until ELSE now() END
            WHERE id = %(id)s
            """,
            {"id": found[0], "gap": fetch.min_gap_s},
        )
        hosts.refresh(conn, [found[0]])
    return True


def set_delay(conn: Connection, name: str, delay_s: float | None, fetch: Fetch) -> None:
    """Set the operator's gap between two requests to a host, in seconds; None: that of the settings. A longer Crawl-delay still applies. An
    unknown host is created."""
    host_id = hosts.ensure(conn, [name])[name]
    with conn.transaction():
        # The next slot keeps the new gap from the last request, as it kept the old one.
        conn.execute(
            f"""
            UPDATE hosts h SET own_delay_s = %(own)s::float8,
                   next_slot_at = CASE WHEN h.last_step IS NULL THEN h.next_slot_at ELSE greatest(h.paused_until, h.next_slot_at
                       + make_interval(secs => greatest(coalesce(%(own)s::float8, %(gap)s), coalesce(h.delay_s, 0)) - {hosts.GAP})) END
            WHERE id = %(id)s
            """,
            {"id": host_id, "own": delay_s, "gap": fetch.min_gap_s},
        )
        hosts.refresh(conn, [host_id])


def ignore_robots(conn: Connection, name: str, on: bool) -> bool:
    """Set whether robots.txt of a host applies. Returns False if there is no such host."""
    return conn.execute("UPDATE hosts SET ignore_robots = %s WHERE name = %s", (on, name)).rowcount == 1


def _host_settings(row: dict[str, Any], fetch: Fetch) -> HostSettings:
    own, asked = row["own_delay_s"], row["crawl_delay_s"]
    delay_s: float = fetch.min_gap_s if own is None else own
    delay_from: DelayFrom = "default" if own is None else "operator"
    if asked is not None and asked > delay_s:
        delay_s, delay_from = asked, "robots"
    fields = {name: row[name] for name in HostSettings.__slots__ if name in row}
    return HostSettings(delay_s=delay_s, delay_from=delay_from, **fields)


def _counts(conn: Connection, query: LiteralString, host_id: int) -> dict[str, int]:
    return dict(conn.execute(query, (host_id,)).fetchall())
