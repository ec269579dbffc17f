"""Notice changes of the user's own settings while `newsmill up` runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.settings import Settings, SettingsError

LOOK_S = 1.0


@dataclass(slots=True)
class Changes:
    """`found` are the new settings, once the file has changed, is valid, and differs from `in_force`."""

    file: Path
    read: Callable[[], Settings] | None  # None: changes are ignored
    in_force: Settings
    found: Settings | None = None
    seen: int = field(init=False)
    due_at: float = 0.0

    def __post_init__(self) -> None:
        self.seen = self._written()

    def tick(self, say: Callable[[str], None]) -> None:
        """Check the file, once a second."""
        if self.read is None or time.monotonic() < self.due_at:
            return
        self.due_at = time.monotonic() + LOOK_S
        if self._written() == self.seen:
            return
        self.seen = self._written()
        try:
            new = self.read()
            if new != self.in_force:
                self.found = new
                say(f"{self.file} has changed; starting again with it")
        except SettingsError as error:
            say(f"{self.file} has changed but is not valid; the settings stay as they were. {error}")

    def _written(self) -> int:
        """When the file was last written; 0 if there is none."""
        try:
            return self.file.stat().st_mtime_ns
        except OSError:
            return 0
