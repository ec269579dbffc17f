"""How much of the workers a host gets that may not answer at all. Pure functions.

A host that hangs holds a slot until its time is over. Whether it will is not known before it is asked; what is known is whether it
answered the last time. So hosts that did not, and those that were never asked, have a share of the slots, and where more of them
wait than that share, a shorter time each.
"""

from __future__ import annotations

from pipeline.settings import Fetch

DOUBLINGS = 2  # of the time for the first byte of a host that keeps failing: it may be slow and honest
WHOLE = 4  # times that, for a fetch with a short time, in all


def share(slots: int, answering: int, others: int) -> tuple[int, int]:
    """How many more jobs of hosts that did not answer last time may be under way, and how many of these with the full time.

    `answering` and `others` are the jobs under way. The others may have half of the slots, and beyond that what the answering ones leave;
    but what they have beyond half is theirs for a short time only, since answering ones may come any moment.
    """
    half = max(1, slots // 2)
    return max(0, max(half, slots - answering) - others), max(0, half - others)


def first_byte_s(short_time: bool, failures: int, fetch: Fetch) -> float | None:
    """Seconds for the first byte of a host's answer; None: as long as the whole fetch may take."""
    return min(fetch.first_byte_s * 2.0 ** min(failures, DOUBLINGS), fetch.deadline_s) if short_time else None


def in_all_s(first_byte_s: float | None, fetch: Fetch) -> float:
    """Seconds for a fetch in all."""
    return fetch.deadline_s if first_byte_s is None else min(fetch.deadline_s, WHOLE * first_byte_s)
