"""What is done to the stack. Each fault begins, lasts, and ends by itself; it returns what was done, in words."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import psycopg
import redis

from tests.chaos import skewed
from tests.chaos.world import LEASE_S, NAME, World, signal_group

WORKERS = ("beat", "control", "poll", "fetch", "extract")
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """`run` returns '' where there was nothing to do it to."""

    name: str
    run: Callable[[World, random.Random], str]
    possible: Callable[[World], bool] = lambda _: True


def kill(world: World, rand: random.Random) -> str:
    """SIGKILL of any process: a program with its children, one child of the extract worker, or `up` itself."""
    name = rand.choice([*WORKERS, "fetch", "extract", "extract child", "web", "valkey", "up"])
    if name == "up":
        world.kill_up()
        return "SIGKILL of up"
    process = world.programs().get(name.split()[0])
    if process is None:
        return NOTHING
    with contextlib.suppress(psutil.NoSuchProcess, IndexError):
        if name == "extract child":
            rand.choice(process.children()).kill()
        else:
            signal_group(process, signal.SIGKILL)
    return f"SIGKILL of {name}"


def stop(world: World, rand: random.Random) -> str:
    """SIGSTOP past the lease."""
    name = rand.choice([*WORKERS, "fetch", "extract", "up"])
    process = psutil.Process(world.up.pid) if name == "up" and world.up else world.programs().get(name)
    if process is None:
        return NOTHING
    signum = os.kill if name == "up" else os.killpg
    try:
        with contextlib.suppress(ProcessLookupError):
            signum(process.pid, signal.SIGSTOP)
        time.sleep(1.5 * LEASE_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            signum(process.pid, signal.SIGCONT)
    return f"SIGSTOP of {name}"


def flush(world: World, rand: random.Random) -> str:
    with world.redis() as client:
        client.flushall()
    return "FLUSHALL"


def redis_full(world: World, rand: random.Random) -> str:
    """Redis answers and refuses writes, for a minute."""
    with world.redis() as client:
        client.config_set("maxmemory", 1)
    try:
        time.sleep(world.minute_s)
    finally:
        _until_done(lambda: _set_maxmemory(world, 0), 60)
    return "Redis refuses writes"


def kill_postgres(world: World, rand: random.Random) -> str:
    """SIGKILL of its first process, or of one that serves a client, upon which it starts all of them anew."""
    process = world.programs().get("postgres")
    if process is None:
        return NOTHING
    whole = rand.random() < 0.5
    with contextlib.suppress(psutil.NoSuchProcess, IndexError):
        clients = [child for child in process.children() if NAME not in " ".join(child.cmdline())]
        (process if whole else rand.choice(clients)).kill()
    return "SIGKILL of Postgres" if whole else "SIGKILL of a backend of Postgres"


def disk_full(world: World, rand: random.Random) -> str:
    """Not a byte is left on the volume of the data folder; a while later there is room again."""
    ballast = world.folder.parent / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        end = time.monotonic() + world.minute_s
        with ballast.open("ab", buffering=0) as file:
            while time.monotonic() < end:
                with contextlib.suppress(OSError):
                    file.write(bytes(4096))
                time.sleep(0.05)
    finally:
        ballast.unlink(missing_ok=True)
    return "disk full"


def skewed_worker(world: World, rand: random.Random) -> str:
    """One more worker, whose clock is two days off."""
    kind, days = rand.choice(["fetch", "fetch", "poll", "extract", "control"]), rand.choice([2, -2])
    with skewed.worker(world, kind, days):
        time.sleep(2 * world.minute_s)
    return f"{kind} worker {days:+d} days off"


def terminate(world: World, rand: random.Random) -> str:
    """pg_terminate_backend, three a second for a minute."""
    end = time.monotonic() + world.minute_s
    cut = 0
    while time.monotonic() < end:
        with contextlib.suppress(psycopg.Error), world.conn() as conn:
            while time.monotonic() < end:
                cut += conn.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM (
                        SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()
                               AND application_name <> %s ORDER BY random() LIMIT 1) one
                    """,
                    (NAME,),
                ).rowcount
                time.sleep(1 / 3)
        time.sleep(0.3)
    return "pg_terminate_backend, three a second"


def connections_taken(world: World, rand: random.Random) -> str:
    """All connections of Postgres are taken by somebody else, and kept for a minute; what the stack closes is taken too."""
    end = time.monotonic() + world.minute_s
    with contextlib.ExitStack() as held:
        while time.monotonic() < end:
            try:
                held.enter_context(psycopg.connect(world.database_url, connect_timeout=3, application_name=NAME))
            except psycopg.Error:
                time.sleep(0.1)
    return "all connections taken"


def foreign_transaction(world: World, rand: random.Random) -> str:
    """Somebody's transaction stays open for ten minutes, with a snapshot and locks as those of pg_dump."""
    with contextlib.suppress(psycopg.Error), world.conn() as conn, conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in ("hosts", "feeds", "links", "pages", "articles"):
            conn.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")  # type: ignore[arg-type]
        conn.execute("SELECT count(*) FROM links")
        end = time.monotonic() + min(10 * world.minute_s, 600)
        while time.monotonic() < end:
            conn.execute("SELECT 1")
            time.sleep(1)
    return "foreign transaction"


FAULTS = (
    Fault("kill", kill),
    Fault("kill", kill),
    Fault("stop", stop),
    Fault("flush", flush),
    Fault("redis-full", redis_full),
    Fault("kill-postgres", kill_postgres),
    Fault("disk-full", disk_full, lambda world: world.small_disk),
    Fault("skewed", skewed_worker),
    Fault("terminate", terminate),
    Fault("connections", connections_taken),
    Fault("transaction", foreign_transaction),
)


def _set_maxmemory(world: World, number: int) -> None:
    with world.redis() as client:
        client.config_set("maxmemory", number)


def _until_done(do: Callable[[], None], timeout_s: float) -> None:
    """Do it once its service answers."""
    until = time.monotonic() + timeout_s
    while True:
        try:
            return do()
        except (redis.RedisError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
