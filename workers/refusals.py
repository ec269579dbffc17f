"""What Postgres refuses however often it is tried: values that it cannot keep."""

from __future__ import annotations

import psycopg

from pipeline.outcomes import Failure

# They come back each time, though two of them call themselves operational.
REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.CheckViolation, UnicodeEncodeError)


def refusal(error: Exception) -> Failure:
    """The failure to write down instead."""
    return Failure("storage_error", f"Postgres refused the values: {str(error).splitlines()[0]}")
