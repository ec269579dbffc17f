"""A wall clock that is off by NEWSROOM_SKEW_S seconds in one process of a test, as Python reads it. Its monotonic clock is right.

Python imports it by itself where this folder is on PYTHONPATH.
"""

import datetime
import os
import time

SKEW = datetime.timedelta(seconds=float(os.environ.get("NEWSROOM_SKEW_S", "0")))
_time, _datetime = time.time, datetime.datetime


class _Meta(type):
    """What C code makes is a datetime too."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _datetime)


class _Skewed(_datetime, metaclass=_Meta):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return _datetime.now(tz) + SKEW

    @classmethod
    def utcnow(cls) -> datetime.datetime:  # type: ignore[override]
        return _datetime.now(datetime.UTC).replace(tzinfo=None) + SKEW


_Skewed.__name__ = _Skewed.__qualname__ = "datetime"
_Skewed.__module__ = "datetime"
if SKEW:
    time.time = lambda: _time() + SKEW.total_seconds()
    datetime.datetime = _Skewed  # type: ignore[misc]
