"""What should be there, and what is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import psycopg

from pipeline.normalise.urls import parse


@dataclass(frozen=True, slots=True)
class Expected:
    """How the link of this URL should end: its state, and one of these codes."""

    url: str
    state: str
    codes: tuple[str, ...]
    behaviour: str


@dataclass(frozen=True, slots=True)
class Found:
    """`wrong`: ended otherwise than it should have. `stuck`: has not ended, or was never heard of. `twice`: was fetched, extracted or stored
    more than once. `stranded`: hosts that are held by a job that is no more."""

    expected: Counter[str]
    ended: Counter[str]
    wrong: list[str]
    stuck: list[str]
    twice: list[str]
    stranded: list[str]

    @property
    def as_it_should_be(self) -> bool:
        return not (self.wrong or self.stuck or self.twice or self.stranded)


_LINKS = """
    SELECT l.url_key, l.state, l.stage, l.code, l.fetch_attempts, h.name, l.due_at - now(), h.next_slot_at - now(), h.lease_id IS NOT NULL
    FROM links l JOIN hosts h ON h.id = l.host_id
"""
_TWICE = """
    SELECT l.url, a.stage, count(*) FROM attempts a JOIN links l ON l.id = a.link_id WHERE a.outcome IN ('ok', 'stored')
    GROUP BY l.url, a.stage HAVING count(*) > 1
    UNION ALL SELECT url, 'article', count(*) FROM articles GROUP BY url HAVING count(*) > 1
"""
_STRANDED = """
    SELECT h.name FROM hosts h WHERE h.lease_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM links l WHERE l.dispatch_id = h.lease_id)
           AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.dispatch_id = h.lease_id)
           AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.dispatch_id = h.lease_id)
"""


def compare(conn: psycopg.Connection, expected: list[Expected]) -> Found:
    """The stack at rest against what should have come of it."""
    rows = {bytes(row[0]): row[1:] for row in conn.execute(_LINKS)}
    wrong, stuck = [], []
    ended: Counter[str] = Counter()
    for want in expected:
        row = rows.pop(parse(want.url).key, None)
        if row is None:
            stuck.append(f"{want.url} ({want.behaviour}): no feed has brought it")
            continue
        state, stage, code, attempts, host, due_in, slot_in, held = row
        if state not in ("stored", "failed", "skipped"):
            where = f"due in {due_in}, next slot of {host} in {slot_in}, {'held' if held else 'free'}"
            stuck.append(f"{want.url} ({want.behaviour}): {state} for {stage}, {code}, tries {attempts}, {where}")
            continue
        ended[state] += 1
        if state != want.state or code not in want.codes:
            wrong.append(f"{want.url} ({want.behaviour}): {state} {code}, expected {want.state} {'|'.join(want.codes)}")
    twice = [f"{url}: {stage} {count} times" for url, stage, count in conn.execute(_TWICE)]
    twice += [f"{len(rows)} links that nobody published" for _ in range(1) if rows]
    stranded = [name for (name,) in conn.execute(_STRANDED)]
    return Found(Counter(want.state for want in expected), ended, wrong, stuck, twice, stranded)


def unfinished(conn: psycopg.Connection, expected: list[Expected]) -> int:
    """How many of the links have not ended yet, the unknown ones too."""
    keys = [parse(want.url).key for want in expected]
    row = conn.execute(
        "SELECT count(*) FROM links WHERE url_key = ANY(%s) AND state IN ('stored', 'failed', 'skipped')", (keys,)
    ).fetchone()
    return len(keys) - (row[0] if row else 0)
