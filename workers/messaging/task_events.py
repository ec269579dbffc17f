"""Events of tasks, which Flower lives on, leave a worker together.

Celery's own worker publishes them after every turn of its loop, mostly one by one, which costs more than the event is worth: about a
third of what the main thread of a fetch worker does. Here they wait a moment for each other (or until there are 24, Celery's limit).
"""

from __future__ import annotations

from typing import Any

from celery import Celery, bootsteps

FLUSH_S = 0.5  # somebody who looks at Flower does not see the difference


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
