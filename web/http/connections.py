"""Close connections of the web process that take too long. uvicorn limits neither the duration of a request nor the number of connections.

Each open connection is examined once a second. `Watch.to_close` decides, without knowing sockets. Only requests have a time limit. An
answer may take any time, and be read slowly, as long as it is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import h11
import structlog

from pipeline.settings import Web

log = structlog.get_logger()

LOOK_S = 1.0
# The application first answers 408 to a late body; the connection closes only after that.
LATER_S = 2.0


class Phase(NamedTuple):
    """What a connection is doing. `request` distinguishes its last request from the one before; `left` is the bytes of an answer not yet
    read by the client."""

    what: Literal["head", "body", "answer"]
    request: object = None
    left: int = 0


@dataclass(slots=True)
class Watch:
    """Since when each connection has been in its phase, by a monotonic clock."""

    settings: Web
    since: dict[Hashable, tuple[Phase, float]] = field(default_factory=dict)

    def to_close(self, open_now: Mapping[Hashable, Phase], now: float) -> list[Hashable]:
        """The connections that took too long, and above web.max_connections those that have been idle longest."""
        before = self.since
        self.since = {one: before[one] if one in before and before[one][0] == phase else (phase, now) for one, phase in open_now.items()}
        late = [one for one, (phase, since) in self.since.items() if now - since > self._limit_s(phase)]
        too_many = len(open_now) - len(late) - self.settings.max_connections
        idle = sorted(
            (since, at) for at, (one, (phase, since)) in enumerate(self.since.items()) if phase.what == "head" and one not in late
        )
        keys = list(self.since)
        return late + [keys[at] for _, at in idle[: max(0, too_many)]]

    def _limit_s(self, phase: Phase) -> float:
        if phase.what == "head":
            return self.settings.head_s
        if phase.what == "body":
            return self.settings.body_s + LATER_S
        return self.settings.reader_s if phase.left else float("inf")


async def watch(connections: Iterable[Any], settings: Web) -> None:
    """Close what `Watch` says, forever. `connections` are uvicorn's own, of its h11 protocol."""
    found = Watch(settings)
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(LOOK_S)
        late: list[Any] = found.to_close({one: phase_of(one) for one in connections}, now())
        for one in late:
            one.transport.abort()
        if late:
            log.info("connections closed", count=len(late), why="no complete request arrived, or the client did not read the answer")


def phase_of(connection: Any) -> Phase:
    """What a uvicorn connection is doing."""
    request = connection.cycle  # the object and not its id(), which the next request may reuse
    if connection.conn.their_state is h11.SEND_BODY:
        return Phase("body", request)
    if connection.cycle is None or connection.cycle.response_complete:
        return Phase("head", request)
    return Phase("answer", request, connection.transport.get_write_buffer_size())
