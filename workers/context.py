"""What a worker process holds for all its tasks: settings, the database pool, the HTTP client. Made at first use in each process,
so that a forked child never shares a socket with its parent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from psycopg_pool import ConnectionPool

from pipeline.fetch.client import Client
from pipeline.settings import Settings, settings
from pipeline.store.pool import open_pool


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    pool: ConnectionPool
    client: Client


@cache
def context() -> Context:
    return Context(settings(), open_pool(settings(), relaxed=True), Client(settings().fetch))
