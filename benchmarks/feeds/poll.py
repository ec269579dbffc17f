"""What a poll costs with few and with many feeds in the database: feeds polled a second by one poll worker, and CPU milliseconds a poll.

    python -m benchmarks.feeds.poll [--feeds 1000 100000] [--visits 2] [--rounds 3] [--polls 1000]

Each feed is on a host of its own (an address of 127.0.0.0/8), has been polled before and has ten known entries. Nine of ten polls are
answered 304, the tenth with a document that has two more. Beat, control and one poll worker are the real processes, Postgres and Valkey are
embedded ones made for the run. In each round, `--polls` feeds are due and all others are not; their rows are cold (a checkpoint goes
before), as they are where many feeds are polled seldom. The sizes take turns, since machines are busy at times; quote the growth, which
is that of the CPU of all processes but the server. One CPU does not limit the rate here: the ticks and the network do too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.throughput.ingest import Meter
from cli.local.services import Services, embedded
from cli.local.up import environment, prepare
from pipeline.settings import Dispatch, Fetch, Poll, Settings
from pipeline.store import workers
from pipeline.store.db.pool import connect

KNOWN = 10  # entries of a feed that are known
HISTORY = 10  # polls of a feed that are remembered
PROCESSES = ("poll", "control", "beat")
COSTS = ("poll", "control", "postgres", "valkey")


class Server(asyncio.Protocol):
    """Answers every feed on every address; connections are closed, since none lasts until the next poll."""

    asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        Server.asked += 1
        host = data.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0].decode()
        if Server.asked % 10:
            self.transport.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nConnection: close\r\n\r\n')
        else:
            body = document(host, Server.asked)
            head = f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n'
            self.transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self.transport.close()


def document(host: str, number: int) -> bytes:
    """The known entries of the host's feed, and two new ones."""
    items = "".join(
        f"<item><title>Story {name} of the day</title><link>http://{host}/story-{name}</link><guid>{name}</guid>"
        f"<description>{'What happened where and why, in a sentence or two. ' * 5}</description></item>"
        for name in [f"new-{number}-{n}" for n in range(2)] + [str(n) for n in range(KNOWN)]
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Server, "0.0.0.0", 0, backlog=1000)
    print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
    await server.serve_forever()


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Process id and port of the server."""
    with subprocess.Popen(
        [sys.executable, "-c", "import asyncio, benchmarks.feeds.poll as b; asyncio.run(b.serve())"], stdout=subprocess.PIPE
    ) as p:
        assert p.stdout
        try:
            yield p.pid, json.loads(p.stdout.readline())
        finally:
            p.terminate()


def fill(conn: psycopg.Connection, feeds: int, port: int) -> None:
    """So many feeds of some age, none of them due."""
    conn.execute("SET statement_timeout = 0")
    conn.execute("SET session_replication_role = replica")  # no checks of foreign keys, row by row
    names = {"feeds": feeds, "port": port, "known": KNOWN, "history": HISTORY}
    conn.execute(
        """
        INSERT INTO hosts (name, next_slot_at, feed_due_at, last_step, answered)
        SELECT format('127.%%s.%%s.%%s:%%s', 1 + n / 62500, n / 250 %% 250, 1 + n %% 250, %(port)s), now(), now() + interval '1 d', 'poll', true
        FROM generate_series(1, %(feeds)s) n
        """,
        names,
    )
    conn.execute(
        """
        INSERT INTO feeds (url, url_key, host_id, interval_s, next_poll_at, etag, body_hash, last_polled_at, last_ok_at, probe_at, kind, title)
        SELECT 'http://' || name || '/feed', sha256(('http://' || name || '/feed')::bytea), id, 3600, now() + interval '1 d', '"1"',
               sha256('x'), now(), now(), now() + interval '14 d', 'rss', name FROM hosts
        """
    )
    conn.execute(
        """
        INSERT INTO polls (feed_id, started_at, elapsed_ms, status, next_poll_at)
        SELECT f.id, now(), 50, 304, now() FROM generate_series(1, %(history)s) n, feeds f
        """,
        names,
    )
    conn.execute(
        """
        INSERT INTO links (url, url_key, host_id, feed_id, state)
        SELECT url, sha256(url::bytea), id, id, 'stored'
        FROM (SELECT h.id, 'http://' || h.name || '/story-' || n AS url FROM hosts h, generate_series(0, %(known)s - 1) n) u
        """,
        names,
    )
    conn.execute("INSERT INTO sightings (feed_id, link_id, guid, title, entry_hash) SELECT feed_id, id, url, url, sha256('x') FROM links")
    conn.execute("INSERT INTO feed_days SELECT f.id, current_date - n, 5 FROM generate_series(1, 5) n, feeds f")
    conn.execute("VACUUM ANALYZE")


def make_due(conn: psycopg.Connection, polls: int) -> None:
    """Some feeds by chance are due and no others, and no links."""
    conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE state IN ('waiting', 'dispatched')")
    conn.execute(
        "UPDATE hosts SET link_due_at = NULL, lease_id = NULL, lease_until = NULL, slot_at = NULL WHERE link_due_at IS NOT NULL OR lease_id IS NOT NULL"
    )
    conn.execute("UPDATE feeds SET next_poll_at = now() + interval '1 d' WHERE next_poll_at < now() + interval '20 h'")
    conn.execute("CHECKPOINT")
    conn.execute(
        """
        WITH due AS (UPDATE feeds SET next_poll_at = now() WHERE id IN (SELECT id FROM feeds ORDER BY random() LIMIT %s) RETURNING host_id)
        UPDATE hosts SET feed_due_at = now(), next_slot_at = now() WHERE id IN (SELECT host_id FROM due)
        """,
        (polls,),
    )


def round_of(conn: psycopg.Connection, named: dict[str, int], polls: int) -> tuple[float, dict[str, float]]:
    """Polls a second, and CPU milliseconds a poll by process."""
    (last,) = conn.execute("SELECT coalesce(max(id), 0) FROM polls").fetchone() or (0,)
    make_due(conn, polls)
    before, after = Meter(named), Meter(named)
    before.look()
    started = time.perf_counter()
    done = 0
    while done < polls and time.perf_counter() - started < 300:
        time.sleep(0.1)
        (done,) = conn.execute("SELECT count(*) FROM polls WHERE id > %s", (last,)).fetchone() or (0,)
    elapsed = time.perf_counter() - started
    after.look()
    (failed,) = conn.execute("SELECT count(*) FROM polls WHERE id > %s AND code <> ''", (last,)).fetchone() or (0,)
    if failed or done < polls:
        sys.exit(f"{done} of {polls} polls ended, {failed} of them badly.")
    return done / elapsed, {name: (after.total(name) - before.total(name)) / done * 1000 for name in named}


def visit(services: Services, settings: Settings, rounds: int, polls: int, log: Path) -> list[tuple[float, dict[str, float]]]:
    """The rounds of one size, after one that does not count."""
    with log.open("ab") as out:
        running = {
            kind: subprocess.Popen([sys.executable, "-m", "workers", kind], env=environment(settings), stdout=out, stderr=out)
            for kind in PROCESSES
        }
    try:
        with connect(settings) as conn:
            conn.execute("SET statement_timeout = 0")
            conn.execute("DELETE FROM workers")
            while len(workers.listing(conn)) < 2:
                time.sleep(0.2)
            named = {kind: process.pid for kind, process in running.items()}
            named |= {"postgres": services.postgres_pid or 0, "valkey": services.valkey_pid or 0}
            return [round_of(conn, named, polls) for _ in range(rounds + 1)][1:]
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(60)


def settings_for(services: Services, feeds: int, number: int) -> Settings:
    """A database of its own, and ticks that keep the worker busy: at one a second its queue would be empty most of the time."""
    name = f"poll_{feeds}"
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return Settings(
        database_url=services.database_url.rsplit("/", 1)[0] + "/" + name,
        redis_url=services.redis_url.rsplit("/", 1)[0] + f"/{number}",
        fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0),
        poll=Poll(keep_polls=HISTORY),
        dispatch=Dispatch(tick_s=0.2, in_flight_factor=32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--feeds", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--visits", type=int, default=2, help="times that each size has its turn")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each visit")
    parser.add_argument("--polls", type=int, default=1_000, help="polls of each round, at most as many as the fewest feeds")
    chosen = parser.parse_args()
    found: dict[int, list[tuple[float, dict[str, float]]]] = {feeds: [] for feeds in chosen.feeds}
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "data", fsync=False) as services, serving() as (_, port):
        sizes = {feeds: settings_for(services, feeds, number) for number, feeds in enumerate(chosen.feeds, 1)}
        for feeds, settings in sizes.items():
            prepare(settings)
            with connect(settings) as conn:
                fill(conn, feeds, port)
        for _ in range(chosen.visits):
            for feeds, settings in sizes.items():
                found[feeds] += visit(services, settings, chosen.rounds, min(chosen.polls, *chosen.feeds), Path(folder) / "log")
    report(found)


def report(found: dict[int, list[tuple[float, dict[str, float]]]]) -> None:
    print(
        f"{'feeds':>8} {'polls/s':>8} " + " ".join(f"{name:>9}" for name in COSTS) + f" {'all':>9}   CPU ms a poll, medians of the rounds"
    )
    totals = []
    for feeds, rounds in found.items():
        medians = [statistics.median(cost[name] for _, cost in rounds) for name in COSTS]
        totals.append(statistics.median(sum(cost[name] for name in COSTS) for _, cost in rounds))
        rate = statistics.median(rate for rate, _ in rounds)
        print(f"{feeds:>8} {rate:>8.0f} " + " ".join(f"{value:>9.2f}" for value in medians) + f" {totals[-1]:>9.2f}", flush=True)
    if len(totals) > 1:
        print(f"growth of the CPU a poll: {totals[-1] / totals[0] - 1:+.0%}")


if __name__ == "__main__":
    main()
