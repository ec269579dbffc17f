"""What was done to the stack, and how long it took to move again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.world import AWAY, World

LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Event:
    """Moments of time.monotonic()."""

    fault: str
    what: str
    begun: float
    ended: float


@dataclass(slots=True)
class Journal:
    """Kept by several threads. `moves`: when the stack was seen to have done something: a tick, while nothing is due, else a try."""

    events: list[Event] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def note(self, event: Event) -> None:
        self.events.append(event)
        self.say(f"{event.what}, {event.ended - event.begun:.1f} s")

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.started:7.1f} s  {text}", flush=True)

    def counts(self) -> Counter[str]:
        return Counter(event.what for event in self.events)

    def recoveries(self) -> list[tuple[float, str]]:
        """For each fault, the seconds from its end to the next move, the longest first; with the faults in whose midst it ended."""
        found = []
        for event in self.events:
            after = [at for at in self.moves if at > event.ended]
            during = [other.what for other in self.events if other.begun < event.ended < other.ended]
            if after:
                found.append((min(after) - event.ended, event.what + "".join(f", during {what}" for what in during)))
        return sorted(found, reverse=True)


def follow(world: World, journal: Journal, over: threading.Event) -> None:
    """Watch the stack until it is over, start `up` again where it ended by itself, and note each move."""
    before: tuple[object, ...] = ()
    while not over.wait(LOOK_S):
        if (up := world.watch()) != "runs":
            journal.say(f"`newsmill up` {up}, and was started again")
            if up == "ended by itself":
                journal.troubles.append(f"`newsmill up` {up}")
        with contextlib.suppress(*AWAY), world.conn() as conn:
            tries, due, tick = conn.execute(
                """
                SELECT (SELECT count(*) FROM attempts) + (SELECT coalesce(max(id), 0) FROM polls),
                       (SELECT count(*) FROM links WHERE state IN ('waiting', 'fetched') AND due_at < now() - interval '5 s'),
                       (SELECT max(completed_at) FROM periodic WHERE task = 'dispatch')
                """
            ).fetchone() or (0, 0, None)
            now = (tries, tick if due == 0 else None)
            if before and now != before:
                journal.moves.append(time.monotonic())
            before = now
