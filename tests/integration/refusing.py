"""A Valkey of a test's own that refuses writes for real, for the reasons that Redis has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import redis

Reason = Literal["memory", "replica"]
REASONS: tuple[Reason, ...] = ("memory", "replica")

# Nothing listens there: a replica that never finds its primary refuses writes all the same.
NOWHERE = ("127.0.0.1", 1)


@contextmanager
def refusing(redis_url: str, reason: Reason = "memory") -> Iterator[None]:
    """The server answers everything and takes no writes until the block ends."""
    with redis.Redis.from_url(redis_url) as client:
        if reason == "memory":
            client.config_set("maxmemory", 1)
        else:
            client.replicaof(*NOWHERE)
        try:
            yield
        finally:
            if reason == "memory":
                client.config_set("maxmemory", 0)
            else:
                client.replicaof("NO", "ONE")
