"""A server process of the embedded services: start it in its data folder, wait for it, find it by its title, stop it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import redis

from cli.errors import UpError
from cli.local.account import Account, can_reach, child_setup, unprivileged
from cli.local.data_folder import Kind, read_kept

START_S = 600.0  # a Postgres that replays a long log after a crash takes minutes; one that cannot start ends at once
STOP_S = 60.0
LOG_BYTES = 10 * 2**20


def launch(
    data_dir: Path, kind: Kind, command: list[str], account: Account | None, *, death_signal: signal.Signals, standard_input: str = ""
) -> subprocess.Popen[bytes]:
    """Start a program of the embedded services under their account; its output goes to its log."""
    logs = data_dir / "logs"
    logs.mkdir(exist_ok=True)
    log = logs / f"{kind}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    closed = account is not None and not all(can_reach(account, path) for path in (data_dir / kind, Path(command[0])))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
    with log.open("ab") as output, tempfile.TemporaryFile() as given:
        given.write(standard_input.encode())
        given.seek(0)
        return subprocess.Popen(
            command,
            stdin=given,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal must reach only newsmill, which stops the services last
            preexec_fn=child_setup(account, death_signal=death_signal, pass_folders=closed),
        )


def wait(process: subprocess.Popen[bytes], data_dir: Path, kind: Kind, probe: Callable[[], None]) -> None:
    """Wait until the probe raises nothing. Raises UpError if the service ended, refuses the password or takes too long."""
    until = time.monotonic() + START_S
    while True:
        try:
            return probe()
        except (psycopg.OperationalError, redis.RedisError) as error:
            if process.poll() is not None:
                raise UpError(f"{kind} does not start: {last_words(data_dir, kind)}") from None
            if "authentication" in str(error):
                raise UpError(f"{kind} refuses the password in {data_dir}/services.json; move that file away and start again.") from None
            if time.monotonic() > until:
                raise UpError(f"{kind} does not answer; its log is {data_dir}/logs/{kind}.log.") from None
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether the process is alive; a zombie is not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def stop(data_dir: Path, kind: Kind, ask: signal.Signals) -> None:
    """Ask the folder's service to stop, and kill what is left in the end."""
    processes = _processes(data_dir.resolve(), kind)
    pids = {process.pid for process in processes}
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() not in pids:  # the parent, which ends the others
                process.send_signal(ask)
    # the children of a killed Postgres exit by themselves once they notice
    _, left = psutil.wait_procs(processes, timeout=5.0 if ask == signal.SIGKILL else STOP_S)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5.0)


def _processes(data_dir: Path, kind: Kind) -> list[psutil.Process]:
    # By title, which everybody can read; the working folder of another account's process is hidden from a container's root.
    if not (data_dir / "services.json").exists():
        return []
    mark = f"{read_kept(data_dir).mark}-{kind}"
    return [process for process in psutil.process_iter() if mark in _title(process)]


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def last_words(data_dir: Path, kind: Kind) -> str:
    """The most informative line of the log."""
    log = data_dir / "logs" / f"{kind}.log"
    lines = log.read_text(errors="replace").splitlines()
    telling = [line for line in lines[-30:] if ("FATAL" in line and "is starting up" not in line) or "error" in line.lower()] or lines
    return f"{telling[-1].strip() if telling else 'it printed nothing'} (the rest is in {log})"


def account_of_servers() -> Account | None:
    """The account for the servers; None if it is our own. Raises UpError."""
    try:
        return unprivileged()
    except LookupError as error:
        raise UpError(str(error)) from None


def own(path: Path, account: Account | None) -> None:
    """Give the folder to the account, if another account owns it. Raises UpError."""
    owner = path.stat().st_uid
    if owner == (account.uid if account else os.geteuid()):
        return
    if not account:
        raise UpError(f"{path} belongs to another user; run newsmill as that user, or give it to you with `chown -R`.")
    for one in (path, *path.rglob("*")):
        os.chown(one, account.uid, account.gid, follow_symlinks=False)
