"""A countdown is a number of seconds: the clocks of sender and worker do not lengthen it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from kombu import Connection

from pipeline.settings import Settings
from workers.app import make_app
from workers.messaging import countdowns

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender_ahead_s", "waits_s"),
    [
        pytest.param(0, 30, id="one clock"),
        pytest.param(-10, 20, id="it was under way for a while"),
        pytest.param(2 * 86400, 30, id="the worker's clock is two days behind"),
        pytest.param(-2 * 86400, 30 - 2 * 86400, id="the worker's clock is ahead: it begins, and finds that it is early"),
    ],
)
def test_no_worker_waits_longer_than_the_message_was_to_wait(sender_ahead_s: float, waits_s: float) -> None:
    eta = NOW + timedelta(seconds=sender_ahead_s + 30)
    assert countdowns.bounded(eta, 30.0, NOW) == NOW + timedelta(seconds=waits_s)


@pytest.mark.parametrize("wait_s", [None, "x"])
def test_without_the_header_the_moment_counts(wait_s: object) -> None:
    assert countdowns.bounded(NOW, wait_s, NOW) == NOW
    assert countdowns.bounded(None, 1.0, NOW) is None


def test_a_message_says_how_long_it_is_to_wait_and_a_worker_heeds_it() -> None:
    app: Celery = make_app(Settings())

    @app.task(name="waits", shared=False)  # else it is in every app of the process
    def waits() -> None: ...

    sent: list[dict[str, Any]] = []
    with Connection("memory://") as connection, connection.channel() as channel:
        producer = app.amqp.Producer(channel)
        producer.publish = lambda body, **options: sent.append(options["headers"])  # type: ignore[method-assign,assignment]
        waits.apply_async(countdown=30, producer=producer, queue="control")
        waits.apply_async(producer=producer, queue="control")
    assert sent[0][countdowns.HEADER] == pytest.approx(30, abs=5)
    assert countdowns.HEADER not in sent[1]
    assert waits.Request == "workers.messaging.countdowns:Bounded"
