"""Standard output and error that never make the program wait: not for Ctrl-S, a paused pager or a log shipper that hangs.

A separate thread writes the lines, and only that thread waits. If too many lines queue up, further ones are dropped, and the next line
that gets through says how many.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import UnsupportedOperation
from typing import TextIO

# Bytes that may queue: about ten thousand lines, a few minutes of busy logs.
MOST_BYTES = 2 * 2**20
# Seconds without progress after which drain() gives up. A reader that keeps reading, however slowly, gets everything.
PATIENCE_S = 1.0
# Characters after which a line without an end is broken.
LONGEST_LINE = 65_536
STREAMS = ("stdout", "stderr")


def plain_notice(dropped: int) -> str:
    """The line that replaces dropped lines."""
    return f"({dropped:,} lines were dropped here because the output was not read)"


class Lines:
    """A replacement for a text stream whose `write` never waits. Safe in signal handlers, across threads and in a forked child."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, stream: TextIO, *, most_bytes: int = MOST_BYTES) -> None:
        self.stream, self.most_bytes = stream, most_bytes
        self.notice: Callable[[int], str] = plain_notice
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # a child has no writer thread, and the parent writes what is queued

    def _begin(self) -> None:
        self._lock = threading.RLock()  # re-entrant: a signal handler may write while this thread does
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._put = self._taken = self._dropped = 0
        self._rest = ""
        self._writer: threading.Thread | None = None

    def write(self, text: str) -> int:
        with self._lock:
            whole, line_end, self._rest = (self._rest + text).rpartition("\n")
            if len(self._rest) > LONGEST_LINE:
                whole, line_end, self._rest = whole + line_end + self._rest, "\n", ""
            if line_end:
                self._hand_over(whole + line_end)
        return len(text)

    def flush(self) -> None:
        """Do nothing: whole lines are already queued, and a partial line waits for its end."""

    def isatty(self) -> bool:
        return self.stream.isatty()

    def fileno(self) -> int:
        return self.stream.fileno()

    def writable(self) -> bool:
        return True

    def drain(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until everything is written, or until the reader has taken nothing for `patience_s` seconds."""
        with self._lock:
            if self._rest:
                self.write("\n")
        self._wait(patience_s)
        with self._lock:
            if self._dropped:
                self._hand_over("")
        self._wait(patience_s)

    def _wait(self, patience_s: float) -> None:
        taken, since = self._taken, time.monotonic()
        while self._taken != self._put and time.monotonic() - since < patience_s:
            if self._taken != taken:
                taken, since = self._taken, time.monotonic()
            time.sleep(0.005)

    def _hand_over(self, text: str) -> None:
        data = text.encode(errors="backslashreplace")
        if self._put - self._taken + len(data) > self.most_bytes:
            self._dropped += text.count("\n")
            return
        if self._dropped:
            data, self._dropped = f"{self.notice(self._dropped)}\n".encode() + data, 0
        self._put += len(data)
        self._waiting.put(data)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_all, args=(self._waiting,), name="lines", daemon=True)
            self._writer.start()

    def _write_all(self, waiting: queue.SimpleQueue[bytes]) -> None:
        while True:
            data = waiting.get()
            with contextlib.suppress(OSError, ValueError):  # the reader is gone; there is nobody to tell
                self._write_out(data)
            self._taken += len(data)

    def _write_out(self, data: bytes) -> None:
        try:
            target = self.stream.fileno()
        except UnsupportedOperation:  # an in-memory stream without a file descriptor
            self.stream.write(data.decode(errors="replace"))
            return
        while data:
            try:
                data = data[os.write(target, data) :]
            except BlockingIOError:  # another process that shares the pipe made it non-blocking
                select.select([], [target], [])


def take_over() -> None:
    """Replace this process's standard streams, so that it never waits for a reader. What is queued at exit is still written."""
    for name in STREAMS:
        lines = Lines(getattr(sys, f"__{name}__"))
        setattr(sys, name, lines)
        setattr(sys, f"__{name}__", lines)  # Celery's signal handlers write to these
        atexit.register(lines.drain)


def drain() -> None:
    """Write what is queued before an exit that skips Python's own."""
    for name in STREAMS:
        if isinstance(lines := getattr(sys, name), Lines):
            lines.drain()


@contextlib.contextmanager
def handed_over() -> Iterator[None]:
    """`take_over` until the block ends."""
    old = {name: getattr(sys, name) for name in STREAMS}
    for name, stream in old.items():
        setattr(sys, name, Lines(stream))
    try:
        yield
    finally:
        drain()
        for name, stream in old.items():
            setattr(sys, name, stream)
