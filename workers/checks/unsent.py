"""Tells a user who has just enqueued something why it is stored but not sent yet."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from pipeline.settings import Settings
from workers.checks.redis import redis_at, remedy
from workers.messaging import redis_queues

KEPT = "What was taken in is kept, and goes on by itself then."


@dataclass(frozen=True, slots=True)
class Notice:
    """`code` is stable, `detail` says what to do."""

    code: str
    detail: str


def notice(settings: Settings) -> Notice | None:
    """The notice, or None if Redis takes messages."""
    try:
        if not redis_queues.refusal(settings):
            return None
        found = redis_queues.look(settings)
    except (redis.RedisError, ValueError, OSError):
        where = redis_at(settings.redis_url)
        return Notice(
            "redis_unavailable", f"Redis at {where} does not answer; start it with `newsmill up` or check NEWSMILL_REDIS_URL. {KEPT}"
        )
    code, advice = remedy(found)
    return Notice(code, f"Redis refuses messages ({found.refuses.rstrip('.')}). {advice} {KEPT}")
