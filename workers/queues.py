"""What Redis holds, for people who watch."""

from __future__ import annotations

import redis

from pipeline.settings import Settings

QUEUES = ("control", "poll", "fetch", "extract")


def depths(settings: Settings) -> dict[str, int]:
    """Messages by queue. Raises redis.RedisError when Redis does not answer."""
    with _client(settings) as client, client.pipeline(transaction=False) as pipe:
        for queue in QUEUES:
            pipe.llen(queue)
        return dict(zip(QUEUES, pipe.execute(), strict=True))


def ping(settings: Settings) -> str:
    """Version of the Redis-compatible server. Raises redis.RedisError when it does not answer."""
    with _client(settings) as client:
        info = client.info("server")
        return str(info.get("valkey_version") or info["redis_version"])


def config(settings: Settings, name: str) -> str:
    """One configuration value of the server, such as maxmemory-policy. Raises redis.RedisError."""
    with _client(settings) as client:
        return str(client.config_get(name).get(name, ""))


def _client(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=2, decode_responses=True)
