"""A countdown is a number of seconds, whatever the clocks say.

Celery turns a countdown into a moment by the clock of the sender, and the worker waits for that moment by its own. Where the worker's
clock is two days behind, it would wait for two days. So each message says in a header how long it was to wait when it was sent, and no
worker waits longer than that. One whose clock is ahead waits too short a time: `leases.ENTER` lets no job begin before its slot.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery, signals
from celery.worker.request import Request

HEADER = "wait_s"


class Bounded(Request):
    """A message as a worker takes it in. `_eta` is the moment until which it waits."""

    _eta: datetime | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._eta = bounded(self._eta, self.request_dict.get(HEADER), datetime.now(UTC))


def bounded(eta: datetime | None, wait_s: object, now: datetime) -> datetime | None:
    """The moment until which a worker waits that has this clock."""
    if eta is None or not isinstance(wait_s, int | float):
        return eta
    return min(eta, now + timedelta(seconds=wait_s))


def install(app: Celery) -> None:
    """Have the app's workers heed the header. Call it before tasks are made."""
    app.Task.Request = f"{__name__}:{Bounded.__name__}"


@signals.before_task_publish.connect
def _say_wait(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers and (eta := headers.get("eta")):
        headers[HEADER] = max(0.0, (datetime.fromisoformat(eta) - datetime.now(UTC)).total_seconds())
