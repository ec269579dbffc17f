"""The alarm behind the deadlines of all fetches of a client."""

from __future__ import annotations

import threading
import time

from pipeline.fetch.timers import Timers

SOON_S = 0.1
LATE_S = 5.0


def alarms() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "alarm"}


def test_it_rings_in_the_order_of_the_times_whatever_was_set_first() -> None:
    alarm, heard, done = Timers(), list[str](), threading.Event()
    now = time.monotonic()
    alarm.set(now + 3 * SOON_S, done.set)
    alarm.set(now + SOON_S, lambda: heard.append("first"))
    alarm.set(now + 2 * SOON_S, lambda: heard.append("second"))
    assert done.wait(LATE_S)
    assert heard == ["first", "second"]
    assert time.monotonic() - now >= 3 * SOON_S


def test_one_thread_is_enough_and_ends_when_nothing_is_set() -> None:
    before, alarm = alarms(), Timers()
    rings: list[int] = []

    def ring() -> None:
        rings.append(1)

    threads = [threading.Thread(target=alarm.set, args=(time.monotonic() + SOON_S, ring)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Alarms of earlier tests may end meanwhile.
    (own,) = alarms() - before
    own.join(LATE_S)
    assert (own.is_alive(), len(rings)) == (False, 50)
    ends = time.monotonic() + LATE_S
    alarm.set(time.monotonic(), ring)
    while len(rings) == 50 and time.monotonic() < ends:
        time.sleep(0.01)
    assert len(rings) == 51
