"""The data folder of `newsmill up`: who uses it, and the ports and passwords that it keeps from run to run."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Literal

from cli.errors import UpError, reason

NAME = "newsmill"  # of the database and of its owner
Kind = Literal["postgres", "valkey"]
ASKED_S = 0.5  # a process that only checks the lock also holds it for a moment


@dataclass(frozen=True, slots=True)
class Kept:
    """What a data folder keeps from run to run. `mark` is in the title of every process that belongs to the folder."""

    mark: str
    postgres_password: str
    valkey_password: str
    postgres_port: int
    valkey_port: int

    @property
    def database_url(self) -> str:
        return f"postgresql://{NAME}:{self.postgres_password}@127.0.0.1:{self.postgres_port}/{NAME}"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.valkey_password}@127.0.0.1:{self.valkey_port}/0"


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Lock the data folder for this process. The system releases the lock when the process ends, so a stale file is harmless. Raises
    UpError."""
    make(data_dir)
    try:
        file = open(data_dir / "lock", "a+", opener=lambda path, flags: os.open(path, flags, 0o600))  # noqa: SIM115 Path.open takes no mode
        os.fchmod(file.fileno(), 0o600)  # a file that an older version left
    except OSError as error:
        raise _unusable(data_dir, error) from None
    with file:
        if not _lock(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise UpError(f"newsmill already runs on {data_dir} (process {holder}); stop it first or name another data folder.") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def make(data_dir: Path) -> None:
    """Create the data folder if it does not exist. Raises UpError."""
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            data_dir.chmod(data_dir.stat().st_mode | 0o111)  # the services' account must pass through, whatever the umask
    except OSError as error:
        raise _unusable(data_dir, error) from None


def is_held(data_dir: Path) -> bool:
    """Whether a process holds the data folder."""
    try:
        with (data_dir / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # another account's folder, which we must not use either
        return True
    except OSError:
        pass
    return False


def keep(data_dir: Path, kind: Kind) -> Kept:
    """The folder's ports and passwords, created at the first start. A service gets a new port if another program has taken its own."""
    file = data_dir / "services.json"
    old = read_kept(data_dir) if file.exists() else _new()
    kept = old
    if kind == "postgres" and not _is_free(old.postgres_port):
        kept = replace(old, postgres_port=_free_port())
    if kind == "valkey" and not _is_free(old.valkey_port):
        kept = replace(old, valkey_port=_free_port())
    if kept != old:
        write_private(file, json.dumps(asdict(kept), indent=1))
    return kept


def _lock(file: IO[str]) -> bool:
    until = time.monotonic() + ASKED_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > until:
                return False
        time.sleep(0.05)


def _unusable(data_dir: Path, error: OSError) -> UpError:
    return UpError(f"The data folder {data_dir} cannot be used ({error.strerror}); name another with NEWSMILL_DATA_DIR.")


def _new() -> Kept:
    return Kept(f"newsmill-{secrets.token_hex(6)}", secrets.token_urlsafe(24), secrets.token_urlsafe(24), 0, 0)


def read_kept(data_dir: Path) -> Kept:
    try:
        return Kept(**json.loads((data_dir / "services.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise UpError(
            f"{data_dir}/services.json cannot be read ({reason(error)}); run newsmill as the user who made this data folder."
        ) from None


def write_private(file: Path, text: str) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)


def _free_port() -> int:
    # Below the range from which systems take outgoing ports, so that the port stays free between two runs.
    ports = (random.randrange(20000, 32000) for _ in range(1000))  # noqa: S311 no secret
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    if not port:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
