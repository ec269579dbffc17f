"""The embedded PostgreSQL and Valkey of `newsmill up` and of the tests: real servers from pip packages, without installation.

A data folder contains everything: `postgres/`, `valkey/`, `logs/`, `services.json` (ports and passwords, mode 600) and `lock`. Only one
process at a time may use it. The next start cleans up after a killed run.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import psycopg
import redis
from psycopg import sql

from cli.errors import UpError
from cli.local.account import Account
from cli.local.binaries import postgres_programs, refuse_another_major, valkey_program
from cli.local.data_folder import NAME, keep, locked, write_private
from cli.local.server_process import account_of_servers, last_words, launch, own, stop, wait
from pipeline.settings import Postgres

How = Literal["fast", "immediate", "kill"]


@dataclass(frozen=True, slots=True)
class Server:
    """One running service."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Services:
    """The running services. A service that was not requested has pid None and an empty URL."""

    database_url: str
    redis_url: str
    postgres_pid: int | None
    valkey_pid: int | None


@contextlib.contextmanager
def embedded(
    data_dir: Path, *, fsync: bool = True, postgres: bool = True, valkey: bool = True, tuned: Postgres = Postgres()
) -> Iterator[Services]:
    """Lock the data folder and run the services on it until the block ends. `fsync=False` is for tests. Raises UpError."""
    with locked(data_dir), running(data_dir, fsync=fsync, postgres=postgres, valkey=valkey, tuned=tuned) as services:
        yield services


@contextlib.contextmanager
def running(
    data_dir: Path, *, fsync: bool = True, postgres: bool = True, valkey: bool = True, tuned: Postgres = Postgres()
) -> Iterator[Services]:
    """Run the services on a data folder that this process holds, until the block ends. Raises UpError."""
    try:
        database = start_postgres(data_dir, fsync=fsync, tuned=tuned) if postgres else None
        queue = start_valkey(data_dir) if valkey else None
        yield Services(
            database_url=database.url if database else "",
            redis_url=queue.url if queue else "",
            postgres_pid=database.pid if database else None,
            valkey_pid=queue.pid if queue else None,
        )
    finally:
        stop_valkey(data_dir)
        stop_postgres(data_dir)


def start_postgres(data_dir: Path, *, fsync: bool = True, tuned: Postgres = Postgres()) -> Server:
    """Start Postgres on the folder, creating it if it is new, and wait until it answers. A Postgres still running there is stopped first.
    Raises UpError."""
    data_dir = data_dir.resolve()
    stop_postgres(data_dir, "immediate")
    lost = not (data_dir / "services.json").exists()
    kept, account = keep(data_dir, "postgres"), account_of_servers()
    folder = data_dir / "postgres"
    durable = "on" if fsync else "off"
    options = {
        "listen_addresses": "127.0.0.1",
        "port": kept.postgres_port,
        "unix_socket_directories": "",
        "cluster_name": f"{kept.mark}-postgres",
        **tuned.model_dump(),
        "jit": "off",
        "random_page_cost": 1.1,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "fsync": durable,
        "full_page_writes": durable,
    }
    programs = postgres_programs(account)
    refuse_another_major(folder)
    if not folder.exists():
        _init_postgres(data_dir, programs, account, kept.postgres_password)
        lost = False
    own(folder, account)
    if lost:
        _set_password(data_dir, programs, account, kept.postgres_password)
    else:
        _remove_stale_pid(folder / "postmaster.pid")
    command = [str(programs / "postgres"), "-D", str(folder), *(f"--{name}={value}" for name, value in options.items())]
    process = launch(data_dir, "postgres", command, account, death_signal=signal.SIGINT)
    url = kept.database_url
    wait(process, data_dir, "postgres", lambda: _make_database(url))
    return Server(url, process.pid)


def start_valkey(data_dir: Path) -> Server:
    """Start Valkey on the folder and wait until it answers. A Valkey still running there is stopped first. Raises UpError."""
    data_dir = data_dir.resolve()
    stop_valkey(data_dir)
    kept, account = keep(data_dir, "valkey"), account_of_servers()
    folder = data_dir / "valkey"
    folder.mkdir(exist_ok=True, mode=0o700)
    own(folder, account)
    options = {
        "bind": "127.0.0.1",
        "port": kept.valkey_port,
        "requirepass": kept.valkey_password,
        "dir": json.dumps(str(folder)),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "proc-title-template": f'"{{title}} {{listen-addr}} {kept.mark}-valkey"',
        "loglevel": "warning",
    }
    # through standard input: everybody can read a command line, so it must not contain the password
    config = "".join(f"{name} {value}\n" for name, value in options.items())
    process = launch(data_dir, "valkey", [str(valkey_program()), "-"], account, death_signal=signal.SIGTERM, standard_input=config)
    url = kept.redis_url
    wait(process, data_dir, "valkey", lambda: _ping(url))
    return Server(url, process.pid)


def stop_postgres(data_dir: Path, how: How = "fast") -> None:
    """Stop the folder's Postgres, if one runs: `fast` closes connections, `immediate` leaves recovery to the next start, `kill` is SIGKILL."""
    stop(data_dir, "postgres", {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}[how])


def stop_valkey(data_dir: Path, how: How = "fast") -> None:
    """Stop the folder's Valkey, if one runs: `fast` writes its file first, the others are SIGKILL."""
    stop(data_dir, "valkey", signal.SIGTERM if how == "fast" else signal.SIGKILL)


def _init_postgres(data_dir: Path, programs: Path, account: Account | None, password: str) -> None:
    # Created under another name and then renamed, so that a folder called postgres is always complete.
    folder, password_file = data_dir / "postgres.new", data_dir / "postgres.password"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    write_private(password_file, password)
    for path in (folder, password_file):
        own(path, account)
    options = ["-U", NAME, f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
    # The collation is Postgres' own and the same everywhere. LC_CTYPE, by which full-text search splits words, must be the system's.
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
            command = [str(programs / "initdb"), "-D", str(folder), *options, f"--lc-ctype={locale}"]
            if launch(data_dir, "postgres", command, account, death_signal=signal.SIGTERM).wait() == 0:
                break
        else:
            raise UpError(f"Postgres could not create its folder: {last_words(data_dir, 'postgres')}")
    finally:
        password_file.unlink()
    folder.rename(data_dir / "postgres")


def _set_password(data_dir: Path, programs: Path, account: Account | None, password: str) -> None:
    command = [str(programs / "postgres"), "--single", "-D", str(data_dir / "postgres"), "postgres"]
    statement = f"ALTER ROLE {NAME} PASSWORD '{password}'\n"
    launch(data_dir, "postgres", command, account, death_signal=signal.SIGTERM, standard_input=statement).wait()


def _remove_stale_pid(pid_file: Path) -> None:
    # After a reboot or in a new container, the pid in the file may belong to another program; Postgres cannot tell and would refuse to
    # start. In all other cases the file stays, because from it Postgres learns whether its shared memory is still in use.
    with contextlib.suppress(OSError, ValueError):
        if psutil.pid_exists(int(pid_file.read_text().split()[0])):
            pid_file.unlink()


def _make_database(url: str) -> None:
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=5, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _ping(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        client.ping()  # BusyLoadingError, a RedisError, until the file is loaded
