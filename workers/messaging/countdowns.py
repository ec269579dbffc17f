"""Makes a countdown last its number of seconds, whatever the clocks say.

Celery turns a countdown into a time by the sender's clock, and the worker waits for that time by its own clock. A worker whose clock is
two days behind would wait two days. So each message carries its countdown in a header, and no worker waits longer. A worker whose clock
is ahead waits too short; `leases.ACQUIRE` lets no job begin before its slot.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery, signals
from celery.worker.request import Request

HEADER = "wait_s"


class Bounded(Request):
    """A message as a worker receives it. `_eta` is the time until which it waits."""

    _eta: datetime | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._eta = bounded(self._eta, self.request_dict.get(HEADER), datetime.now(UTC))


def bounded(eta: datetime | None, wait_s: object, now: datetime) -> datetime | None:
    """The time, by this worker's clock, until which it waits."""
    if eta is None or not isinstance(wait_s, int | float):
        return eta
    return min(eta, now + timedelta(seconds=wait_s))


def install(app: Celery) -> None:
    """Make the app's workers obey the header. Call it before tasks are made."""
    app.Task.Request = f"{__name__}:{Bounded.__name__}"


@signals.before_task_publish.connect
def _say_wait(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers and (eta := headers.get("eta")):
        headers[HEADER] = max(0.0, (datetime.fromisoformat(eta) - datetime.now(UTC)).total_seconds())
