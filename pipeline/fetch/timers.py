"""Calls at given times, from one thread for all fetches of a client. A timer for each would be a thread for each."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Alarm:
    """`set` may be called from any thread. What is called must be quick and must not raise. The thread ends when nothing is set any more."""

    def __init__(self) -> None:
        self._times: list[tuple[float, int, Callable[[], None]]] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._runs = False

    def set(self, at: float, ring: Callable[[], None]) -> None:
        """Call `ring` at this moment of time.monotonic(), or soon after. It cannot be taken back: let it find out that there is nothing to do."""
        with self._changed:
            heapq.heappush(self._times, (at, next(self._numbers), ring))
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="alarm", daemon=True).start()
            elif self._times[0][2] is ring:
                self._changed.notify()  # the thread sleeps till later than this

    def _run(self) -> None:
        while ring := self._next():
            ring()

    def _next(self) -> Callable[[], None] | None:
        """The next call, once its time has come; None when there is none."""
        with self._changed:
            while self._times:
                wait_s = self._times[0][0] - time.monotonic()
                if wait_s <= 0:
                    return heapq.heappop(self._times)[2]
                self._changed.wait(wait_s)
            self._runs = False
            return None
