"""Distinguish values that Postgres will never accept from errors that only mean that it is down."""

from __future__ import annotations

import psycopg

from pipeline.outcomes import Failure

# These occur each time, although two of them are called operational.
REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.CheckViolation, UnicodeEncodeError)


# Classes of SQLSTATE: no connection, no resources (disk, connections), shut down by its operator.
_AWAY = ("08", "53", "57P")


def is_away(error: psycopg.Error) -> bool:
    """Whether the error is about Postgres and not about the values: it went down, cut the connection, or has no room."""
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or error.sqlstate.startswith(_AWAY))


def refusal(error: Exception) -> Failure:
    """The failure to store instead."""
    state = getattr(error, "sqlstate", None)
    return Failure("storage_error", f"Postgres cannot keep what is in it{f' (SQLSTATE {state})' if state else ''}")
