"""The state of Postgres and of the work in it, for the checks (`workers/checks`). Takes a few milliseconds, so that monitors may ask often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import Connection

from pipeline.store import workers
from pipeline.store.articles import pages
from pipeline.store.db import outage, schema
from pipeline.store.hosts import leases
from pipeline.store.maintenance import periodic_runs, status
from pipeline.store.outputs import deliveries

# More than work_mem below, so that Postgres has to write to disk.
PROBE_ROWS, PROBE_WORK_MEM = 20_000, "64kB"


@dataclass(frozen=True, slots=True)
class Progress:
    """Figures that show whether the work goes on. `untaken_s` is the age of the oldest message that no worker has started, by queue;
    `running` is what is under way. `missing_months` are partitions of pages that should exist. `leases_without_job` are hosts that no
    job holds any more. `at_home` means that all feeds are on this machine and nothing else was requested, as in the demo."""

    rounds: dict[str, periodic_runs.PeriodicRun]
    workers: list[workers.Worker]
    untaken_s: dict[str, float]
    running: dict[str, int]
    lines: dict[str, status.QueueStats]
    missing_months: list[str]
    leases_without_job: int = 0
    at_home: bool = False
    outputs: tuple[deliveries.HostHealth, ...] = ()


@dataclass(frozen=True, slots=True)
class Postgres:
    """The state of Postgres. `ahead_s` is how far its clock is ahead of ours. `pending` migrations are missing in the database, `unknown`
    ones in this program. `refuses` is why it cannot write; empty if it can. `oldest_transaction_s` is how long the longest idle
    transaction of this database has been idle; 0 for none. `progress` is None if the tables do not fit this program."""

    version: int
    ahead_s: float
    pending: list[str]
    unknown: list[str]
    refuses: str
    connections: int
    max_connections: int
    oldest_transaction_s: float
    progress: Progress | None


def look(conn: Connection, lease_dispatched_s: float) -> Postgres:
    """Read the state of Postgres. Raises psycopg.Error if Postgres does not answer. `lease_dispatched_s` is needed to compute the age of a
    feed's claim."""
    before = datetime.now(UTC)
    now, connections, most, oldest = conn.execute(
        """
        SELECT clock_timestamp(), (SELECT sum(numbackends) FROM pg_stat_database)::int, current_setting('max_connections')::int,
               (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0)::float FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%')
        """
    ).fetchone() or (before, 0, 0, 0.0)
    here = before + (datetime.now(UTC) - before) / 2
    pending, unknown = schema.pending(conn), schema.unknown(conn)
    return Postgres(
        version=conn.info.server_version,
        ahead_s=(now - here).total_seconds(),
        pending=pending,
        unknown=unknown,
        refuses=_refusal(conn),
        connections=connections,
        max_connections=most,
        oldest_transaction_s=oldest,
        progress=None if pending or unknown else _progress(conn, lease_dispatched_s),
    )


def _at_home(conn: Connection) -> bool:
    (found,) = conn.execute(
        r"""
        SELECT EXISTS (SELECT 1 FROM feeds)
               AND NOT EXISTS (SELECT 1 FROM feeds f JOIN hosts h ON h.id = f.host_id WHERE h.name !~ '^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$')
               AND NOT EXISTS (SELECT 1 FROM links WHERE state = 'failed' AND code = 'no_contact')
        """
    ).fetchone() or (False,)
    return bool(found)


def _refusal(conn: Connection) -> str:
    """Why Postgres cannot write. A sort too large for its memory shows whether the disk has room, and leaves nothing behind."""
    (read_only,) = conn.execute("SELECT current_setting('transaction_read_only') = 'on'").fetchone() or (False,)
    if read_only:
        return "it is read-only (a standby, or set to read-only)"
    try:
        with conn.transaction():
            conn.execute(f"SET LOCAL work_mem = '{PROBE_WORK_MEM}'")
            conn.execute("SELECT count(*) FROM (SELECT n FROM generate_series(1, %s) n ORDER BY -n) sorted", (PROBE_ROWS,))
    except psycopg.OperationalError as error:
        found = outage.of(error)
        if found is None or found.code != "disk_full":
            raise
        return "its disk is full"
    return ""


def _progress(conn: Connection, lease_dispatched_s: float) -> Progress:
    rows = conn.execute(
        """
        SELECT stage, extract(epoch FROM now() - min(greatest(updated_at, due_at)) FILTER (WHERE state = 'dispatched' AND due_at <= now())),
               count(*) FILTER (WHERE state = 'running')
        FROM links WHERE state IN ('dispatched', 'running') GROUP BY stage
        UNION ALL
        SELECT 'poll', extract(epoch FROM now() - (min(lease_until) FILTER (WHERE phase = 'dispatched') - make_interval(secs => %(lease)s))),
               count(*) FILTER (WHERE phase = 'running')
        FROM feeds WHERE phase IN ('dispatched', 'running') HAVING count(*) > 0
        """,
        {"lease": lease_dispatched_s},
    ).fetchall()
    return Progress(
        rounds=periodic_runs.rounds(conn),
        workers=workers.listing(conn),
        untaken_s={stage: float(age) for stage, age, _ in rows if age is not None},
        running={stage: running for stage, _, running in rows},
        lines=status.lines(conn),
        missing_months=pages.missing_months(conn),
        leases_without_job=leases.without_job(conn),
        at_home=_at_home(conn),
        outputs=tuple(deliveries.listing(conn)),
    )
