"""What a worker process holds for all its tasks: settings, the database pool, the HTTP client. Each process makes its own at first
use, so a forked child never shares a socket with its parent."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache

from psycopg_pool import ConnectionPool

from pipeline.fetch.client import Client
from pipeline.settings import Settings, settings
from pipeline.store.db.pool import open_pool

# One tick: by then the dispatcher has looked.
FULL_S = 1.0


class ExtractBackoff:
    """Remembers for a moment that the extract queue was full. Finishing extractions refill it, so a fetch need not look again."""

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def note(self, sent: int) -> None:
        self._until = 0.0 if sent else time.monotonic() + FULL_S


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    pool: ConnectionPool
    client: Client
    extracts: ExtractBackoff = field(default_factory=ExtractBackoff)


@cache
def context() -> Context:
    return Context(settings(), open_pool(settings(), relaxed=True), Client(settings().fetch))
