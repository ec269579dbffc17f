"""The only place that publishes messages. A failure to reach Redis is a log line; the leases send the work again.

Claims are committed before anything is sent, so nothing is lost here. No caller handles an error of Redis, Celery or kombu.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery.exceptions import CeleryError, Reject
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = structlog.get_logger()

# What a Redis raises that is away, full or read-only. Anything else is a bug of ours and is logged with its traceback.
EXPECTED = (KombuError, CeleryError, RedisError, OSError)


def published(send: Callable[[], object], *, jobs: int = 1, then: str = "their leases send them again") -> bool:
    """Call `send`, which publishes `jobs` messages. Returns False after a failure, which is logged; raises nothing."""
    try:
        send()
    except Exception as error:
        cause = root(error)
        shown = {"jobs": jobs, "error": (str(cause).splitlines() or [""])[0] or type(cause).__name__, "then": then}
        if isinstance(cause, EXPECTED):
            log.warning("could not publish", **shown)
        else:
            log.exception("could not publish", **shown)
        return False
    return True


def root(error: BaseException) -> BaseException:
    """The error of Redis itself, which kombu and Celery wrap in their own."""
    while inner := error.__cause__ or (error.__context__ if isinstance(error, Reject) else None):
        error = inner
    return error
