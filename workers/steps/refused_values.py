"""What Postgres refuses however often it is tried: values that it cannot keep. And what only says that it is away."""

from __future__ import annotations

import psycopg

from pipeline.outcomes import Failure

# They come back each time, though two of them call themselves operational.
REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.CheckViolation, UnicodeEncodeError)


# Classes of SQLSTATE: no connection, no room (disk, connections), shut down by its operator.
_AWAY = ("08", "53", "57P")


def is_away(error: psycopg.Error) -> bool:
    """Whether the error speaks of Postgres and not of what was to be written: it went down, cut the connection, or has no room."""
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or error.sqlstate.startswith(_AWAY))


def refusal(error: Exception) -> Failure:
    """The failure to write down instead."""
    state = getattr(error, "sqlstate", None)
    return Failure("storage_error", f"Postgres cannot keep what is in it{f' (SQLSTATE {state})' if state else ''}")
