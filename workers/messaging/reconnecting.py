"""What a worker does while Redis hands no messages out: it waits, and says so once.

Celery connects again at once, because connecting succeeds. Where Redis then refuses to hand messages out, as a replica does, or one
whose disk is full, that goes round ten times a second, with four log lines each time.
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
    """Lets each kind of line through once, until it is told to forget."""

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
    """Who gives a sign of life, as Celery's own heart does."""

    eventer: Any  # has a hostname


class Patience(bootsteps.StartStopStep):
    """The step before a worker connects, when it starts and whenever it has lost its connection. `look` says why Redis hands no messages
    out, '' where it does."""

    def __init__(self, consumer: Any, look: Callable[[], str] = lambda: redis_queues.withheld(settings()), **options: Any) -> None:
        super().__init__(consumer, **options)
        self.look, self.waits, self.once = look, False, Once()
        # It speaks of late acknowledgement, which is not used, each time a connection is lost.
        warnings.simplefilter("ignore", CPendingDeprecationWarning)
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self.once)

    def start(self, consumer: Any) -> None:
        """Wait until Redis hands messages out, or the worker is to stop."""
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
    """Have the app's worker wait so. Call it before the worker is made."""
    app.steps["consumer"].add(Patience)
    Connection.requires = (Patience,)  # all other steps require that one
