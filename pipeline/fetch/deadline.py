"""One time limit for a whole fetch: name, connection, headers, redirects and body.

A socket timeout limits only a single read, so a server that sends a byte now and then never reaches it. At the deadline an alarm shuts
down the fetch's sockets, and a waiting read ends at once.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from types import TracebackType

from pipeline.fetch.timers import Timers
from pipeline.outcomes import Failure


class Deadline:
    """A time limit of `seconds` that runs while its `with` block does. One thread uses it; the alarm's thread ends it."""

    def __init__(self, seconds: float, timers: Timers) -> None:
        self.started = time.monotonic()
        self._ends = self.started + seconds
        self._seconds = seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False
        self._timers = timers
        self._head_ends: float | None = None
        self._late = ""

    def __enter__(self) -> Deadline:
        self._timers.set(self._ends, self._shut_down)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.forget()  # so the alarm finds nothing to shut down

    @contextlib.contextmanager
    def answer_within(self, seconds: float | None) -> Iterator[None]:
        """Require the head of an answer within `seconds`. None: within what is left of the deadline."""
        if seconds is None or (ends := time.monotonic() + seconds) >= self._ends:
            yield
            return
        self._head_ends = ends
        self._timers.set(ends, lambda: self._shut_down() if self._head_ends == ends else None)
        try:
            yield
        finally:
            if time.monotonic() >= ends:
                self._late = f"The server had not begun to answer after {seconds:g} s."
            else:
                self._head_ends = None

    @property
    def passed(self) -> bool:
        return bool(self._late) or time.monotonic() >= self._ends

    def left(self) -> float:
        """Seconds left. Raises Failure timeout if there are none."""
        left = (self._ends if self._head_ends is None else self._head_ends) - time.monotonic()
        if left <= 0:
            raise self.failure()
        return left

    def failure(self) -> Failure:
        return Failure("timeout", self._late or f"The fetch took longer than {self._seconds:g} s.")

    def watch(self, sock: socket.socket) -> None:
        """Shut this socket down at the deadline. A duplicate is kept, because it survives TLS wrapping and a close of the original."""
        double = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._sockets.append(double)
            if not self._over:
                return
        self._shut_down()  # the deadline passed while the connection was being made

    def forget(self) -> None:
        """Release the sockets, before their connection serves another fetch."""
        with self._lock:
            for double in self._sockets:
                double.close()
            self._sockets.clear()

    def _shut_down(self) -> None:
        with self._lock:
            self._over = True
            for double in self._sockets:
                with contextlib.suppress(OSError):  # no longer connected
                    double.shutdown(socket.SHUT_RDWR)
