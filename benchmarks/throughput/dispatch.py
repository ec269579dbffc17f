"""Time of one tick with many waiting links on 20,000 hosts, one of which holds half of them.

    python -m benchmarks.throughput.dispatch [--links 10000 100000 1000000] [--hosts 20000] [--ticks 30]

A tick is what the dispatcher does each second, without the publishing: give back, count room, claim polls, fetches and
extractions. Claimed links are ended between the ticks, as workers would. The database is an embedded Postgres made for the run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psycopg

from cli.local.services import embedded
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.queue import claims, extract_claims


def fill(conn: psycopg.Connection, links: int, hosts: int) -> None:
    conn.execute("TRUNCATE links, hosts, feeds, workers RESTART IDENTITY CASCADE")
    conn.execute("INSERT INTO hosts (name) SELECT 'host' || n || '.example' FROM generate_series(1, %s) n", (hosts,))
    conn.execute(
        """
        INSERT INTO links (url, url_key, host_id, due_at)
        SELECT 'http://host/' || n, sha256(n::text::bytea), CASE WHEN n %% 2 = 0 THEN 1 ELSE 2 + n / 2 %% (%(hosts)s - 1) END,
               now() - random() * interval '1 day'
        FROM generate_series(1, %(links)s) n
        """,
        {"links": links, "hosts": hosts},
    )
    conn.execute(
        "UPDATE hosts h SET answered = true, link_due_at = (SELECT min(due_at) FROM links l WHERE l.host_id = h.id AND state = 'waiting')"
    )
    conn.execute("INSERT INTO workers VALUES ('f@1', 'fetch', 16, '1', now(), now() + interval '1 day')")
    conn.execute("VACUUM ANALYZE")


def tick(conn: psycopg.Connection, settings: Settings) -> int:
    claims.give_back_expired(conn, settings)
    free_slots = claims.free_slots(conn, settings)
    jobs = claims.claim_polls(conn, free_slots["poll"], settings) + claims.claim_fetches(conn, free_slots["fetch"], settings)
    jobs += extract_claims.claim_extracts(conn, free_slots["extract"], settings)
    return len(jobs)


def end_all(conn: psycopg.Connection) -> None:
    """What workers would have done meanwhile: links end, their hosts are free again after a gap."""
    conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE state = 'dispatched'")
    conn.execute(
        """
        UPDATE hosts h SET lease_id = NULL, lease_until = NULL, slot_at = NULL, link_due_at = (SELECT greatest(due_at, h.next_slot_at) FROM links l
               WHERE l.host_id = h.id AND state = 'waiting' ORDER BY due_at LIMIT 1) WHERE lease_id IS NOT NULL
        """
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--links", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--hosts", type=int, default=20_000)
    parser.add_argument("--ticks", type=int, default=30)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder), fsync=False) as services:
        migrate(services.database_url)
        settings = Settings(database_url=services.database_url)
        with connect(settings) as conn:
            conn.execute("SET statement_timeout = 0")
            print(f"{'links':>10} {'claimed':>8} {'median ms':>10} {'p95 ms':>8}")
            for links in chosen.links:
                fill(conn, links, chosen.hosts)
                times, claimed = [], 0
                for _ in range(chosen.ticks):
                    started = time.perf_counter()
                    claimed += tick(conn, settings)
                    times.append((time.perf_counter() - started) * 1000)
                    end_all(conn)
                times.sort()
                print(f"{links:>10} {claimed:>8} {statistics.median(times):>10.1f} {times[int(len(times) * 0.95)]:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
