"""Limit the worker slots for hosts that may not answer. Pure functions.

A host that hangs holds a slot until its time is over. Nobody knows beforehand whether it will hang; what is known is whether it answered
last time. So hosts that did not, and hosts never asked before, get a share of the slots. If more of them wait than the share allows, the
extra ones get a short time each.
"""

from __future__ import annotations

from pipeline.settings import Fetch

DOUBLINGS = 2  # The time for the first byte doubles at most this often for a host that keeps failing: it may be slow but working.
WHOLE = 4  # a fetch with a short time may take this many times its first-byte limit


def share(slots: int, answering: int, others: int) -> tuple[int, int]:
    """How many more jobs of hosts that did not answer last time may be start, and how many of these with the full time.

    `answering` and `others` count the running jobs. The others may have half of the slots, and beyond that any that answering hosts
    leave free. Beyond half they get a short time, since answering hosts may need the slots any moment.
    """
    half = max(1, slots // 2)
    return max(0, max(half, slots - answering) - others), max(0, half - others)


def first_byte_s(short_time: bool, failures: int, fetch: Fetch) -> float | None:
    """Seconds for the first byte of a host's answer. None: as long as the whole fetch may take."""
    return min(fetch.first_byte_s * 2.0 ** min(failures, DOUBLINGS), fetch.deadline_s) if short_time else None


def in_all_s(first_byte_s: float | None, fetch: Fetch) -> float:
    """Seconds for the whole fetch."""
    return fetch.deadline_s if first_byte_s is None else min(fetch.deadline_s, WHOLE * first_byte_s)
