"""The state of everything in numbers: links, queues, failures and their reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from psycopg import Connection

from pipeline.outcomes import ENDED
from pipeline.store import workers
from pipeline.store.hosts import host_settings, leases
from pipeline.store.queue.queues import STAGES


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue. `waiting` rows are due; `in_flight` rows have a message or a worker. `lag_s` is the age of the oldest due row. `paused`
    rows would be due, but their host is paused."""

    waiting: int
    in_flight: int
    lag_s: float
    paused: int = 0


@dataclass(frozen=True, slots=True)
class FailureCount:
    """Links that ended with a code, and the last of them."""

    state: str
    code: str
    count: int
    last_url: str
    last_detail: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    feeds: dict[str, int]
    """by state: active, paused, stopped; and failing: active feeds whose last poll failed"""
    links: dict[str, int]
    """by state, always all seven"""
    lines: dict[str, QueueStats]
    """poll, fetch, extract"""
    articles: int
    articles_last_hour: int
    articles_last_day: int
    retrying: int
    """links that failed at least once and will be tried again"""
    failures: list[FailureCount]
    hosts_paused: int
    paused_hosts: list[host_settings.PausedHost]
    """the longest pauses, at most 50"""
    slow_hosts: list[host_settings.SlowHost]
    """hosts with waiting links whose robots.txt asks for gaps of a minute or more; at most 50"""
    workers: list[workers.Worker]
    late: list[FailureCount] = field(default_factory=list)
    """links that wait for a late retry, by code; they have not ended"""
    leases_without_job: int = 0
    """hosts held by no job; there should be none"""

    @property
    def unfinished(self) -> int:
        """Links that have not ended."""
        return sum(n for state, n in self.links.items() if state not in ENDED)


STATES = ("waiting", "dispatched", "running", "fetched", "stored", "skipped", "failed")


def summary(conn: Connection) -> Summary:
    """The figures of the status page: links, articles, feeds, queues, workers and failures."""
    links = dict.fromkeys(STATES, 0) | dict(conn.execute("SELECT state, count(*) FROM links GROUP BY state").fetchall())
    hour, day = conn.execute(
        "SELECT count(*) FILTER (WHERE created_at > now() - interval '1 hour'), count(*) FROM articles"
        " WHERE created_at > now() - interval '1 day'"
    ).fetchone() or (0, 0)
    retrying = conn.execute(
        "SELECT count(*) FROM links WHERE state IN ('waiting', 'dispatched', 'fetched') AND code <> '' AND fetch_attempts > 0"
    ).fetchone() or (0,)
    return Summary(
        feeds=feeds(conn),
        links=links,
        lines=lines(conn),
        articles=links["stored"],
        articles_last_hour=hour,
        articles_last_day=day,
        retrying=retrying[0],
        late=late(conn),
        failures=failures(conn),
        hosts_paused=host_settings.count_paused(conn),
        paused_hosts=host_settings.paused(conn),
        slow_hosts=host_settings.slow(conn),
        workers=workers.listing(conn),
        leases_without_job=leases.without_job(conn),
    )


def failures(conn: Connection) -> list[FailureCount]:
    """Codes of failed or skipped links, the most frequent first."""
    rows = conn.execute(
        """
        SELECT c.state, c.code, c.n, last.url, last.detail, last.updated_at
        FROM (SELECT state, code, count(*) AS n FROM links WHERE state IN ('failed', 'skipped') GROUP BY state, code) c
        CROSS JOIN LATERAL (SELECT url, detail, updated_at FROM links l WHERE l.state = c.state AND l.code = c.code
                            ORDER BY updated_at DESC LIMIT 1) last
        ORDER BY c.n DESC, c.code
        """
    ).fetchall()
    return [FailureCount(*row) for row in rows]


def late(conn: Connection) -> list[FailureCount]:
    """Links that wait for a late retry, by the code of their last attempt, the most frequent first."""
    rows = conn.execute(
        """
        SELECT DISTINCT ON (code) 'late retry', code, count(*) OVER (PARTITION BY code) AS n, url, detail, updated_at
        FROM links WHERE late AND state = 'waiting' ORDER BY code, updated_at DESC
        """
    ).fetchall()
    return sorted((FailureCount(*row) for row in rows), key=lambda found: (-found.count, found.code))


def feeds(conn: Connection) -> dict[str, int]:
    """How many feeds there are in each state; failing ones are active too."""
    counts = {"active": 0, "paused": 0, "stopped": 0} | dict(conn.execute("SELECT state, count(*) FROM feeds GROUP BY state").fetchall())
    failing = conn.execute("SELECT count(*) FROM feeds WHERE state = 'active' AND failures > 0").fetchone() or (0,)
    return counts | {"failing": failing[0]}


def lines(conn: Connection) -> dict[str, QueueStats]:
    """The queues by name. Extraction contacts no host, so pauses do not affect it."""
    due = " UNION ALL ".join(f"SELECT '{queue.name}' AS queue, d.* FROM ({queue.due}) d" for queue in STAGES.values())
    rows = conn.execute(
        f"""
        WITH paused AS MATERIALIZED (SELECT id FROM hosts WHERE paused_until > now()), visits AS ({due})
        SELECT queue, count(*) FILTER (WHERE waits AND NOT paused), count(*) FILTER (WHERE NOT waits),
               extract(epoch FROM now() - min(due_at) FILTER (WHERE waits AND NOT paused)), count(*) FILTER (WHERE waits AND paused)
        FROM visits GROUP BY queue
        """
    ).fetchall()
    found = {name: QueueStats(waiting, in_flight, max(0.0, float(lag or 0.0)), paused) for name, waiting, in_flight, lag, paused in rows}
    return {name: found.get(name, QueueStats(0, 0, 0.0)) for name in STAGES}
