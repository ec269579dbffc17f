"""One finding, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` is what to do, or empty. `stops`: while this check fails, nothing gets done and /readyz answers 503."""

    level: Level
    name: str
    finding: str
    advice: str = ""
    stops: bool = False

    def __str__(self) -> str:
        """The check as sentences. A finding that is a sentence already gets no name before it."""
        finding = self.finding if self.finding.endswith(".") else f"{self.name}: {self.finding}."
        return f"{finding} {self.advice}".strip()
