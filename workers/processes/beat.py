"""Beat: sends each periodic task at its interval, by the monotonic clock.

Celery's beat uses the wall clock: set back by two hours, it sends nothing for two hours (celery#3685, #6742). Messages do not expire
either, because expiry compares the wall clocks of two machines. Instead, beat sends nothing while earlier ticks still wait.
"""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from functools import partial
from types import FrameType

import redis
import structlog
from celery import Celery

from pipeline.settings import Settings
from workers.messaging.publishing import published
from workers.processes import heartbeat

log = structlog.get_logger()

HOUSEKEEPING_S, SUBSCRIPTIONS_S, WAKE_S, DELIVER_S = 3600.0, 60.0, 60.0, 5.0
# A new beat sends the ticks first: the work that waited for them is more urgent.
HOUSEKEEPING_FIRST_S = 60.0
# With more messages in the control queue, no more are sent. Otherwise a control worker that was down would find thousands of ticks.
MOST_WAITING = 10


@dataclass(slots=True)
class Periodic:
    """A task, how often it is requested, and when it is next, by the monotonic clock."""

    task: str
    every_s: float
    due_at: float

    def asked(self, now: float) -> None:
        """Schedule the next run. Missed runs are not made up for."""
        self.due_at = max(self.due_at + self.every_s, now)


def timetable(tick_s: float, now: float) -> list[Periodic]:
    return [
        Periodic("dispatch", tick_s, now),
        Periodic("subscriptions", SUBSCRIPTIONS_S, now + SUBSCRIPTIONS_S),
        Periodic("wake", WAKE_S, now + WAKE_S),
        Periodic("deliver", DELIVER_S, now + DELIVER_S),
        Periodic("housekeeping", HOUSEKEEPING_S, now + HOUSEKEEPING_FIRST_S),
    ]


def run(app: Celery, settings: Settings) -> None:
    """Send what is due, until SIGTERM or SIGINT."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stop)
    log.info("beat starts", tick_s=settings.dispatch.tick_s)
    plan = timetable(settings.dispatch.tick_s, time.monotonic())
    full = False
    with redis.Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=2) as client:
        while True:
            now = time.monotonic()
            for one in (one for one in plan if one.due_at <= now):
                was_full, full = full, _waiting(client) >= MOST_WAITING
                if full and not was_full:
                    log.warning("ticks wait", messages=MOST_WAITING, why="no control worker takes them", then="no more are sent meanwhile")
                if full or published(partial(app.send_task, one.task, retry=False), then="the next is sent when it is due"):
                    heartbeat.touch()
                one.asked(now)
            time.sleep(max(0.0, min(one.due_at for one in plan) - time.monotonic()))


def _stop(signum: int, _: FrameType | None) -> None:
    sys.exit(0)


def _waiting(client: redis.Redis) -> int:
    try:
        return int(client.llen("control"))
    except (redis.RedisError, OSError):
        return 0  # sending then reports what is wrong
