"""Turn Ctrl-C and similar signals into requests, so that a program can finish its work."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

# `make` passes on a SIGTERM that its child has already received; a second one by a person comes later than this
SAME_REQUEST_S = 0.5


@dataclass(slots=True)
class StopRequests:
    """The stop signals received. Until `patient` is set, a signal interrupts the current work at once by KeyboardInterrupt."""

    count: int = 0
    patient: bool = False
    last: tuple[int, float] = (0, 0.0)  # the signal and when it came


@contextlib.contextmanager
def listening_for_stops() -> Iterator[StopRequests]:
    """Count SIGINT, SIGTERM and SIGHUP while the block runs."""
    stops = StopRequests()

    def note(signum: int, frame: object) -> None:
        known, came_at = stops.last
        if signum == known and time.monotonic() - came_at < SAME_REQUEST_S:
            return
        stops.last = signum, time.monotonic()
        stops.count += 1
        if not stops.patient:
            raise KeyboardInterrupt

    old = {signum: signal.signal(signum, note) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stops
    finally:
        for signum, handler in old.items():
            signal.signal(signum, handler)
