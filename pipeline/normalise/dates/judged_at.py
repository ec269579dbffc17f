"""The moment after which a date is in the future. During a job this is Postgres' time, which the job carries, because its worker's clock
may be wrong. Otherwise it is this machine's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

# Dates are read in dozens of places, most of which know nothing of a job. So this is set per thread, for the duration of one job.
_MOMENT: ContextVar[datetime | None] = ContextVar("moment", default=None)


@contextmanager
def judged_at(moment: datetime) -> Iterator[None]:
    """Judge dates as of this moment until the block ends."""
    token = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(token)


def judging_moment() -> datetime:
    """The moment as of which dates are judged."""
    return _MOMENT.get() or datetime.now(UTC)
