"""Rate limits, counted in Redis, so that all web processes count together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from pipeline.settings import Settings
from web.http.problems import Problem

# a Redis that does not answer in this time is down; it is usually on the same machine
PATIENCE_S = 0.5
# one address may try this many times as many names as there may be attempts for one name
NAMES = 4

log = structlog.get_logger()
What = Literal["requests", "searches"]


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The counters. `limiter` is None if no Redis is set."""

    limiter: SlidingWindowCounterRateLimiter | None
    requests: RateLimitItemPerMinute
    searches: RateLimitItemPerMinute
    sign_ins: RateLimitItemPerMinute
    sign_ins_of_address: RateLimitItemPerMinute

    def count(self, what: What, who: str) -> None:
        """Count a request. Raises Problem 429. Without Redis nobody is refused, and the log says so."""
        limit = self.searches if what == "searches" else self.requests
        try:
            if self.limiter is not None and not self.limiter.hit(limit, what, who):
                raise _too_many(f"{limit.amount} {what} a minute")
        except (RedisError, OSError) as error:
            log.warning("requests are not counted", why=str(error))

    def count_sign_in(self, address: str, name: str) -> None:
        """Count an attempt to sign in. Raises Problem 429, and 503 if Redis cannot count, so that nobody can guess meanwhile."""
        try:
            if self.limiter is None:
                raise OSError("no Redis is set")
            free = self.limiter.hit(self.sign_ins, "sign-in", address, name) and self.limiter.hit(
                self.sign_ins_of_address, "sign-in", address
            )
        except (RedisError, OSError) as error:
            log.warning("nobody can sign in", why=str(error))
            raise Problem(503, "sign_in_unavailable", "Nobody can sign in while Redis does not answer; try again in a moment.") from None
        if not free:
            raise _too_many(f"{self.sign_ins.amount} tries to sign in a minute")


def counting(settings: Settings) -> RateLimits:
    """The counters for these settings. Redis is not contacted yet."""
    web = settings.web
    storage = None
    if settings.redis_url:
        storage = RedisStorage(settings.redis_url, key_prefix="newsmill:rate", socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)
    return RateLimits(
        SlidingWindowCounterRateLimiter(storage) if storage else None,
        RateLimitItemPerMinute(web.requests_per_minute),
        RateLimitItemPerMinute(web.searches_per_minute),
        RateLimitItemPerMinute(web.sign_ins_per_minute),
        RateLimitItemPerMinute(web.sign_ins_per_minute * NAMES),
    )


def _too_many(limit: str) -> Problem:
    return Problem(429, "too_many_requests", f"This is more than {limit}; wait a minute.", {"Retry-After": "60"})
