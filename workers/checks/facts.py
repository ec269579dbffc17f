"""Gathers what the checks judge. A service that does not answer is a fact too."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from pipeline.settings import Settings
from pipeline.store.db import outage
from pipeline.store.db.pool import connect
from pipeline.store.maintenance import vitals
from workers.messaging import redis_queues


@dataclass(frozen=True, slots=True)
class Facts:
    """If `postgres` or `redis` is None, its error says why, in words for a person. `disk`: free bytes, and the folder."""

    settings: Settings
    postgres: vitals.Postgres | None
    postgres_error: str
    redis: redis_queues.Redis | None
    redis_error: str
    disk: tuple[int, Path]

    def round(self, task: str) -> float | None:
        """Seconds since the periodic task last completed, or None if it never did or is unknown."""
        found = self.postgres.progress.rounds.get(task) if self.postgres and self.postgres.progress else None
        return None if found is None or found.completed_s is None else max(0.0, found.completed_s)


def gather(settings: Settings) -> Facts:
    """Gather the facts, over a connection of its own, so that a full pool does not matter."""
    postgres, postgres_error = _postgres(settings)
    redis_found, redis_error = _redis(settings)
    return Facts(settings, postgres, postgres_error, redis_found, redis_error, _disk(settings))


def _postgres(settings: Settings) -> tuple[vitals.Postgres | None, str]:
    if not settings.database_url:
        return None, f"There is no Postgres on {settings.data_dir}; start one with `newsmill up`, or set NEWSMILL_DATABASE_URL."
    try:
        with connect(settings) as conn:
            return vitals.look(conn, settings.dispatch.lease_dispatched_s), ""
    except psycopg.Error as error:
        found = outage.of(error, settings.database_url)
        return None, found.sentence if found else "Postgres refuses what it is asked; its log says why."


def _redis(settings: Settings) -> tuple[redis_queues.Redis | None, str]:
    if not settings.redis_url:
        return None, f"there is none on {settings.data_dir}"
    try:
        return redis_queues.look(settings), ""
    except (redis.RedisError, ValueError, OSError) as error:
        return None, redis_queues.in_words(error)


def _disk(settings: Settings) -> tuple[int, Path]:
    wanted = settings.data_dir.resolve()
    folder = next(path for path in (wanted, *wanted.parents, Path("/")) if path.exists())
    return shutil.disk_usage(folder).free, folder
