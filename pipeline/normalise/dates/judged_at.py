"""The moment after which a date would lie in the future. While a job runs that is the time of Postgres, which the job carries, since the
clock of its worker may be wrong; elsewhere it is the time of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

# Dates are read in dozens of places, and most of them know nothing of a job. It is set for the length of one job and of one thread.
_MOMENT: ContextVar[datetime | None] = ContextVar("moment", default=None)


@contextmanager
def judged_at(moment: datetime) -> Iterator[None]:
    """Dates are judged as of this moment until the block ends."""
    token = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(token)


def judging_moment() -> datetime:
    """The moment as of which dates are judged."""
    return _MOMENT.get() or datetime.now(UTC)
