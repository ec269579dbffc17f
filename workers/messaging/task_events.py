"""Sends task events, which Flower reads, in batches.

Celery's worker publishes them after every turn of its loop, mostly one by one. That costs about a third of the work of a fetch worker's
main thread. Here they wait a moment for each other, or until there are 24, Celery's limit.
"""

from __future__ import annotations

from typing import Any

from celery import Celery, bootsteps

FLUSH_S = 0.5  # nobody sees the difference in Flower


class EventsTogether(bootsteps.StartStopStep):
    """A step of the consumer, started with each connection to the broker."""

    requires = ("celery.worker.consumer.events:Events",)
    timer: Any = None

    def start(self, parent: Any) -> None:
        parent.event_dispatcher.on_send_buffered = None
        self.timer = parent.timer.call_repeatedly(FLUSH_S, parent.event_dispatcher.flush)

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if parent.event_dispatcher:
            parent.event_dispatcher.flush()


def install(app: Celery) -> None:
    app.steps["consumer"].add(EventsTogether)
