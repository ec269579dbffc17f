"""Make a worker wait while Redis delivers no messages, and say so once.

Celery reconnects at once, because connecting succeeds. If Redis then refuses to deliver messages, as a replica or a Redis with a full
disk does, Celery would reconnect ten times a second, with four log lines each time.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery, bootsteps, signals
from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer import Connection
from celery.worker.state import maybe_shutdown

from pipeline.settings import settings
from workers.messaging import redis_queues

LOOK_S = 1.0
LOGGERS = ("celery.worker.consumer.consumer", "celery.worker.consumer.connection")

log = structlog.get_logger()


class Once(logging.Filter):
    """Let each kind of log line through once, until `forget`."""

    def __init__(self) -> None:
        super().__init__()
        self.told: set[object] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg in self.told:
            return False
        self.told.add(record.msg)
        return True


@dataclass(frozen=True, slots=True)
class Alive:
    """Sends heartbeats, as Celery's own heart does."""

    eventer: Any  # has a hostname


class WaitForRedis(bootsteps.StartStopStep):
    """The step before a worker connects, at its start and whenever it has lost its connection. `look` says why Redis delivers no messages;
    empty if it does."""

    def __init__(self, consumer: Any, look: Callable[[], str] = lambda: redis_queues.withheld(settings()), **options: Any) -> None:
        super().__init__(consumer, **options)
        self.look, self.waits, self.once = look, False, Once()
        # this warning, with each lost connection, is about late acknowledgement, which is not used
        warnings.simplefilter("ignore", CPendingDeprecationWarning)
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self.once)

    def start(self, consumer: Any) -> None:
        """Wait until Redis delivers messages, or until the worker is to stop."""
        while why := self.look():
            if not self.waits:
                self.waits = True
                log.warning("Redis hands no messages out; this worker waits for it", why=why)
            signals.heartbeat_sent.send(sender=Alive(consumer))
            maybe_shutdown()
            time.sleep(LOOK_S)
        self._goes_on()

    def _goes_on(self) -> None:
        self.once.told.clear()
        if self.waits:
            self.waits = False
            log.info("Redis hands messages out again")


def install(app: Celery) -> None:
    """Make the app's workers wait like this. Call it before the worker is created."""
    app.steps["consumer"].add(WaitForRedis)
    Connection.requires = (WaitForRedis,)  # all other steps require this one
