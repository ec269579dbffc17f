"""What Postgres refuses however often it is tried: values that it cannot keep."""

from __future__ import annotations

import psycopg

from pipeline.outcomes import Failure

# They come back each time, though two of them call themselves operational.
REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.CheckViolation, UnicodeEncodeError)


def refusal(error: Exception) -> Failure:
    """The failure to write down instead."""
    state = getattr(error, "sqlstate", None)
    return Failure("storage_error", f"Postgres cannot keep what is in it{f' (SQLSTATE {state})' if state else ''}")
