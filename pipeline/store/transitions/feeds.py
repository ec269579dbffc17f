"""The changes of a feed's phase, which is the lease of its poll. The result of the poll is set elsewhere."""

from __future__ import annotations

from pipeline.store.transitions.model import CLAIM, FREE, Transition

CLAIM_POLL = Transition("claim", "idle", "dispatched", "due, its host free, room in the queue; or a look for its successor is due",
    f"phase = 'dispatched', {CLAIM}")  # fmt: skip
START = Transition(
    "start",
    "dispatched",
    "running",
    "a worker takes the message",
    "phase = 'running', lease_until = now() + make_interval(secs => %(lease)s)",
)
START_AT_ONCE = Transition(
    "start at once", "idle", "running", "`newsmill add` found the feed: that request is its first poll", f"phase = 'running', {CLAIM}"
)
END = Transition("end", "dispatched, running", "idle",
    "the poll ended; or the host was not free, a redirect leads to a busy host, or the lease ran out", f"phase = 'idle', {FREE}")  # fmt: skip
RECALL = Transition("recall", "dispatched", "idle", "paused, resumed, moved or polled by hand; a poll that runs goes on",
    """phase = CASE WHEN phase = 'running' THEN phase ELSE 'idle' END, dispatch_id = CASE WHEN phase = 'running' THEN dispatch_id END,
    lease_until = CASE WHEN phase = 'running' THEN lease_until END""")  # fmt: skip

FEEDS = (CLAIM_POLL, START, START_AT_ONCE, END, RECALL)
