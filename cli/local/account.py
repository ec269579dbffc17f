"""The account under which the embedded Postgres and Valkey run. Postgres refuses to run as root, so root starts them under an unprivileged
account."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int


def unprivileged() -> Account | None:
    """The account for the services; None if this process is not root and runs them itself.

    An existing account is used, because a container's /etc is often read-only.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise LookupError("Postgres does not run as root, and there is no account `nobody` for it; run newsmill as an ordinary user.")


def can_reach(account: Account, path: Path) -> bool:
    """Whether the account may pass through every folder above the path. A checkout in /root, for example, is closed to others."""
    parents = (parent.stat() for parent in path.resolve().parents)
    return all(parent.st_uid == account.uid or parent.st_mode & stat.S_IXOTH for parent in parents)


def child_setup(account: Account | None, *, death_signal: signal.Signals, pass_folders: bool = False) -> Callable[[], None]:
    """What a child does between fork and exec: become the account, and die with its parent if the system supports that.

    With `pass_folders` the child keeps the right to pass through folders that are closed to the account (Linux).
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    capability = _passing_capability(libc) if libc and pass_folders else None
    # The kernel treats the death of the forking thread as that of the parent, so only the main thread may request it.
    tied = libc if threading.current_thread() is threading.main_thread() else None

    def setup() -> None:
        if account:
            if libc and capability is not None:
                libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            if libc and capability is not None:
                _keep(libc, capability)
        if tied:
            tied.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)  # after setuid, which clears it

    return setup


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _passing_capability(libc: ctypes.CDLL) -> int | None:
    sets = (_Sets * 2)()
    if libc.capget(ctypes.byref(_Header(0x20080522, 0)), sets):
        return None
    return next((bit for bit in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if sets[0].permitted & 1 << bit), None)


def _keep(libc: ctypes.CDLL, bit: int) -> None:
    sets = (_Sets * 2)(_Sets(1 << bit, 1 << bit, 1 << bit), _Sets(0, 0, 0))
    libc.capset(ctypes.byref(_Header(0x20080522, 0)), sets)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0)
