"""Whether a call takes longer than in proportion to the length of what it reads, told by CPU time and robust against noise."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

FACTORS = (1, 2, 4, 8)  # times the first length
STEEP = 3.0  # the time of the last doubling; linear is 2, quadratic is 4
STEEP_OVERALL = 20.0  # the time at 8n against that at n; linear is 8, quadratic is 64
LIMIT_S = 1.0  # CPU; what takes longer is not waited for


@dataclass(frozen=True, slots=True)
class Growth:
    """CPU seconds at n, 2n, 4n, 8n characters; a call that was cut off counts as the limit."""

    seconds: tuple[float, ...]
    limit_s: float = LIMIT_S

    @property
    def is_steep(self) -> bool:
        first, before, last = self.seconds[0], self.seconds[-2], self.seconds[-1]
        if last >= self.limit_s:  # cut off: steep where in proportion it would have been done long before
            return FACTORS[-1] * first < self.limit_s / 1.5
        return last > STEEP * before and last > STEEP_OVERALL * first

    def __str__(self) -> str:
        return " → ".join(f"{value * 1000:.1f}" for value in self.seconds) + " ms"


class TooLongError(BaseException):
    """Raised inside the measured call; no handler of the product takes it for a fault of its own."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Ends what runs in it after this much CPU. Python looks for signals within a pattern too."""

    def stop(*_: Any) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def took(call: Callable[[Any], object], given: Any, repeats: int = 1, limit_s: float = LIMIT_S) -> float:
    """The least CPU time of several calls. Raises what the call raises."""
    least = limit_s
    for _ in range(repeats):
        try:
            with at_most(limit_s):
                began = time.thread_time()
                call(given)
                least = min(least, time.thread_time() - began)
        except TooLongError:
            return limit_s
    return least


def growth(
    call: Callable[[Any], object], made: Callable[[int], Any], first: int, *, harmless_s: float, limit_s: float = LIMIT_S
) -> Growth | None:
    """How the time grows, where it is worth a look: not where the longest input takes less than `harmless_s`."""
    if took(call, made(first * FACTORS[-1]), limit_s=limit_s) < harmless_s:
        return None
    inputs = [made(first * factor) for factor in FACTORS]
    found = Growth(tuple(took(call, given, limit_s=limit_s) for given in inputs), limit_s)
    if found.is_steep:  # once more, with care
        found = Growth(tuple(took(call, given, 3, limit_s) for given in inputs), limit_s)
    return found if found.seconds[-1] >= harmless_s else None
