"""Run callbacks at given times. One thread serves all fetches of a client, because a `threading.Timer` each would cost a thread each."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Timers:
    """Any thread may call `set`. Callbacks must be quick and must not raise. The thread ends when no callback is left."""

    def __init__(self) -> None:
        self._times: list[tuple[float, int, Callable[[], None]]] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._runs = False

    def set(self, at: float, callback: Callable[[], None]) -> None:
        """Run `callback` at the moment `at` of time.monotonic(), or soon after. It cannot be cancelled, so it must check whether there is
        still something to do."""
        with self._changed:
            heapq.heappush(self._times, (at, next(self._numbers), callback))
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="alarm", daemon=True).start()
            elif self._times[0][2] is callback:
                self._changed.notify()  # the thread sleeps until a later time

    def _run(self) -> None:
        while callback := self._next():
            callback()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next callback's time and return it; None if no callback is left."""
        with self._changed:
            while self._times:
                wait_s = self._times[0][0] - time.monotonic()
                if wait_s <= 0:
                    return heapq.heappop(self._times)[2]
                self._changed.wait(wait_s)
            self._runs = False
            return None
