"""A guard against a fault of Celery 5.7.0 with kombu 5.7.0.

When Redis goes away while a worker holds unacknowledged messages and has a BRPOP in flight, the connection is closed a second
time after its transport was detached, and the worker exits with `AttributeError: 'NoneType' … 'hostname'` instead of
connecting again. Raising the error that kombu expects from a lost connection lets its own recovery go on.
tests/integration/faults/test_redis_guard.py shows the fault without the guard; when that test fails, this file can go.
"""

from __future__ import annotations

from typing import Any

import kombu.transport.redis
import redis


def install() -> None:
    """Wrap `Channel._connparams` once for this process."""
    channel: Any = kombu.transport.redis.Channel
    original = channel._connparams
    if getattr(original, "guarded", False):
        return

    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            raise redis.ConnectionError("the connection to Redis was closed")
        return original(self, *args, **kwargs)

    guarded.guarded = True  # type: ignore[attr-defined]
    channel._connparams = guarded
