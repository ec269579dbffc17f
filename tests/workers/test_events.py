"""Events of tasks leave together."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

from pipeline.settings import Settings
from workers.app import make_app
from workers.messaging.task_events import FLUSH_S, EventsTogether


def test_a_worker_sends_its_events_now_and_then_and_what_is_left_when_it_stops() -> None:
    consumer = SimpleNamespace(event_dispatcher=Mock(), timer=Mock())
    step = EventsTogether(consumer)
    step.start(consumer)
    assert consumer.event_dispatcher.on_send_buffered is None  # Celery would flush after each
    consumer.timer.call_repeatedly.assert_called_once_with(FLUSH_S, consumer.event_dispatcher.flush)
    step.stop(consumer)
    consumer.timer.call_repeatedly.return_value.cancel.assert_called_once_with()
    consumer.event_dispatcher.flush.assert_called_once_with()


def test_every_worker_has_the_step() -> None:
    assert EventsTogether in make_app(Settings(database_url="postgresql://h/d", redis_url="redis://h/0")).steps["consumer"]
