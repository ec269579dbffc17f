"""Detect whether beat, which requests ticks, or control, which runs them, hangs. All other processes depend on these two.

They are judged by their heartbeat files and the monotonic clock, which all processes of this machine share.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workers.health import age_s

# Seconds for a new process until its first heartbeat: a busy machine loads slowly.
STARTING_S = 120.0
LOOK_S = 1.0


@dataclass(slots=True)
class HungProcesses:
    """`excuse` returns why beat cannot send anything; empty if it can. `fine_at` is when a process was last seen working."""

    heartbeats: Mapping[str, Path]
    stall_s: float
    excuse: Callable[[], str]
    fine_at: dict[str, float] = field(default_factory=dict)
    look_at: float = 0.0

    def hung(self, started_at: Mapping[str, float], say: Callable[[str], None]) -> list[str]:
        """The names of processes to restart, out of those running since `started_at`."""
        now = time.monotonic()
        if now < self.look_at:
            return []
        self.look_at = now + LOOK_S
        signs = {name: now - age for name, path in self.heartbeats.items() if (age := age_s(str(path), now)) is not None}
        found = self.judge(started_at, signs, now)
        if "beat" in found and (why := self.excuse()):
            self.fine_at["beat"] = now
            found.remove("beat")
            say(f"beat cannot send: {why}; see `newsmill doctor`")
        return found

    def judge(self, started_at: Mapping[str, float], signs: Mapping[str, float], now: float) -> list[str]:
        """`hung`, but with the last heartbeats given. If beat is silent, nobody requests ticks, so control may be silent too."""
        if "beat" not in started_at or now - signs.get("beat", -math.inf) > self.stall_s:
            self.fine_at["control"] = now
        return [
            name for name in ("beat", "control") if name in started_at and self._silent_s(name, started_at[name], signs, now) > self.stall_s
        ]

    def _silent_s(self, name: str, started_at: float, signs: Mapping[str, float], now: float) -> float:
        sign = signs.get(name, -math.inf)
        alive_at = sign if sign >= started_at else started_at + STARTING_S
        return now - max(alive_at, self.fine_at.get(name, -math.inf))
