"""Redis (or Valkey): does it answer, does it take messages, will it go on?"""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.wording.number_words import size
from workers.checks.model import Check
from workers.messaging.redis_queues import Redis

# Share of maxmemory.
MEMORY_WARN = 0.9


def unreachable(error: str, redis_url: str) -> Check:
    finding = f"Redis at {redis_at(redis_url)}: {error}" if redis_url else error
    return Check("fail", "redis", finding, "Start it with `newsmill up` or check NEWSMILL_REDIS_URL.", stops=True)


def answers(found: Redis) -> Check:
    waiting = ", ".join(f"{queue} {depth:,}" for queue, depth in found.depths.items())
    return Check("ok", "redis", f"version {found.version}, messages: {waiting}")


def writes(found: Redis) -> Check:
    """Whether it takes messages and, if not, why."""
    if not found.refuses:
        return Check("ok", "redis writes", "it takes them")
    return Check("fail", "redis writes", f"it refuses them: {found.refuses.rstrip('.')}", remedy(found)[1], stops=True)


def remedy(found: Redis) -> tuple[str, str]:
    """The stable code and the remedy for a Redis that refuses writes. Nothing is lost meanwhile."""
    if found.max_memory and found.used_memory >= found.max_memory:
        sizes = f"{size(found.used_memory)} of {size(found.max_memory)}"
        return "redis_memory_full", f"Its memory is full ({sizes}): raise maxmemory, or free what else lies in it."
    if found.replica:
        return "redis_read_only", "It is a replica: name the primary in NEWSMILL_REDIS_URL, or make it one (`REPLICAOF NO ONE`)."
    if not found.append_only_written or not found.snapshot_written:
        return (
            "redis_disk_full",
            "It cannot write to its disk: free some space there, or give it the right to write; it then continues by itself.",
        )
    return "redis_refuses", "See its log; what was not sent goes out when it takes messages again."


def memory(found: Redis) -> Check:
    if not found.max_memory:
        return Check("ok", "redis memory", f"{size(found.used_memory)}, no limit")
    finding = f"{size(found.used_memory)} of {size(found.max_memory)}"
    if found.used_memory < MEMORY_WARN * found.max_memory:
        return Check("ok", "redis memory", finding)
    return Check("warn", "redis memory", finding, "Raise maxmemory before it refuses messages, or free what else lies in it.")


def on_disk(found: Redis) -> Check:
    if not found.append_only_written or not found.snapshot_written:
        what = "append-only file" if not found.append_only_written else "snapshot"
        advice = "Make room on its disk, or give it the right to write there; soon it refuses messages."
        return Check("fail", "redis on disk", f"the last write of its {what} failed", advice)
    if found.append_only:
        return Check("ok", "redis on disk", "append-only file on")
    advice = "Set appendonly to yes, else a restart of Redis costs one lease of time."
    return Check("warn", "redis on disk", "the append-only file is off", advice)


def memory_policy(value: str) -> Check:
    if value == "noeviction":
        return Check("ok", "redis eviction", "noeviction")
    if not value:  # a managed Redis may not tell
        return Check("warn", "redis eviction", "Redis does not show its settings", "See to it that maxmemory-policy is noeviction.")
    return Check("fail", "redis eviction", f"maxmemory-policy is {value}, so messages may vanish", "Set maxmemory-policy to noeviction.")


def redis_at(redis_url: str) -> str:
    """host:port of a Redis address."""
    try:
        parts = urlsplit(redis_url)
        return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
    except ValueError:
        return "an unusable address"
