"""Read the queues and the health of Redis, for the checks and the status pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from pipeline.settings import Settings
from pipeline.store.queue import queues

QUEUES = tuple(queues.QUEUES)

# A test key: Redis may answer everything and still refuse the writes that a queue needs.
PROBE, PROBE_KEPT_S = "newsmill:probe", 60


@dataclass(frozen=True, slots=True)
class Redis:
    """The server's state. `refuses` is its answer to a test write, empty if it took it. Sizes are bytes; 0 of `max_memory` is no limit."""

    version: str
    refuses: str
    depths: dict[str, int]
    used_memory: int = 0
    max_memory: int = 0
    memory_policy: str = ""
    append_only: bool = True
    append_only_written: bool = True
    snapshot_written: bool = True
    replica: bool = False


def look(settings: Settings) -> Redis:
    """Read the state. Raises redis.RedisError, ValueError or OSError if it does not answer."""
    with _client(settings) as client:
        info = _info(client)
        return Redis(
            version=str(info.get("valkey_version") or info.get("redis_version", "?")),
            refuses=_refusal(client),
            depths=_depths(client),
            used_memory=int(info.get("used_memory", 0)),
            max_memory=int(info.get("maxmemory", 0)),
            memory_policy=str(info.get("maxmemory_policy", "")),
            append_only=bool(info.get("aof_enabled", 1)),
            append_only_written=info.get("aof_last_write_status", "ok") == "ok",
            snapshot_written=info.get("rdb_last_bgsave_status", "ok") == "ok",
            replica=info.get("role", "master") != "master",
        )


def depths(settings: Settings) -> dict[str, int]:
    """Messages by queue. Raises redis.RedisError when Redis does not answer."""
    with _client(settings) as client:
        return _depths(client)


def refusal(settings: Settings) -> str:
    """Why Redis takes no message now, or empty if it does."""
    try:
        with _client(settings) as client:
            return _refusal(client)
    except (redis.RedisError, ValueError, OSError) as error:
        return in_words(error)


def withheld(settings: Settings) -> str:
    """Why Redis delivers no messages now; empty if it does. Taking a message is a write, but one that a full memory allows."""
    try:
        with _client(settings) as client:
            client.delete(PROBE)
    except (redis.RedisError, ValueError, OSError) as error:
        return in_words(error)
    return ""


def _info(client: redis.Redis) -> dict[str, Any]:
    try:
        return dict(client.info())
    except redis.ResponseError:  # a managed Redis may not tell
        return {}


def _depths(client: redis.Redis) -> dict[str, int]:
    with client.pipeline(transaction=False) as pipe:
        for queue in QUEUES:
            pipe.llen(queue)
        return dict(zip(QUEUES, pipe.execute(), strict=True))


def _refusal(client: redis.Redis) -> str:
    try:
        client.set(PROBE, "1", ex=PROBE_KEPT_S)
    except redis.ResponseError as error:
        return in_words(error)
    return ""


def in_words(error: Exception) -> str:
    """What is wrong with Redis, as the end of a sentence about it."""
    code = str(error).split(" ")[0]
    match error:
        case redis.AuthenticationError():
            return "it refuses the password"
        case redis.BusyLoadingError():
            return "it is still reading its file"
        case redis.TimeoutError():
            return "it does not answer in time"
        case redis.ReadOnlyError():
            return "it is a replica, which takes no writes"
        case redis.OutOfMemoryError():
            return "its memory is full"
        case redis.ResponseError() if code in ("OOM", "MISCONF", "NOAUTH", "WRONGPASS", "NOPERM"):
            return {"OOM": "its memory is full", "MISCONF": "it cannot write to its disk"}.get(code, "it does not let this user in")
        case redis.ConnectionError() | OSError():
            return "it does not answer"
        case ValueError():
            return "its address is not usable"
    return "it answers with an error"


def _client(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=2, decode_responses=True)
