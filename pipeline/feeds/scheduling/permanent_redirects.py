"""Decide when a permanent redirect replaces a feed's address. Pure policy.

One 301 proves little: sites redirect all feeds to the front page during maintenance, and hotel networks redirect everything. So several
polls in a row, over some days, must be redirected to the same place and find a feed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.settings import Poll

PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Move:
    """A move seen `count` times in a row, first at `since`."""

    to: str
    count: int
    since: datetime


def target(asked: str, final: str, statuses: tuple[int, ...]) -> str:
    """Where permanent redirects led a poll of `asked`; empty if a redirect on the way was temporary, or there was none."""
    return final if statuses and PERMANENT.issuperset(statuses) and final != asked else ""


def sighted(before: Move | None, to: str, now: datetime) -> Move | None:
    """The move after one more successful poll that ended at `to`. Empty or a different address starts again."""
    if not to:
        return None
    return Move(to, before.count + 1, before.since) if before is not None and before.to == to else Move(to, 1, now)


def is_confirmed(move: Move, now: datetime, settings: Poll) -> bool:
    """Whether to use the new address from now on."""
    return move.count >= settings.move_sightings and (now - move.since).total_seconds() >= settings.move_s
