"""Permanent redirects: when a feed's new address is taken over. Pure policy.

One 301 proves little: sites send all feeds to the front page during maintenance, and hotel networks redirect everything. So a move is
believed after it was seen by several polls in a row, all led to the same place, over some days, and each ended with a feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.settings import Poll

PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Move:
    """A move that was seen `count` times in a row, first at `since`."""

    to: str
    count: int
    since: datetime


def target(asked: str, final: str, statuses: tuple[int, ...]) -> str:
    """Where a poll of `asked` was led for good; '' where a temporary redirect was on the way, or none at all."""
    return final if statuses and PERMANENT.issuperset(statuses) and final != asked else ""


def sighted(before: Move | None, to: str, now: datetime) -> Move | None:
    """The move after one more poll that went well and ended at `to`; '' and any other address begin anew."""
    if not to:
        return None
    return Move(to, before.count + 1, before.since) if before is not None and before.to == to else Move(to, 1, now)


def ripe(move: Move, now: datetime, settings: Poll) -> bool:
    """Whether the new address is to be taken over."""
    return move.count >= settings.move_sightings and (now - move.since).total_seconds() >= settings.move_s
