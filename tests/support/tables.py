"""Tables of hundreds of rows as one test: as a test for each row, pytest would take far longer than the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Row = TypeVar("Row")


def failing_rows(rows: Iterable[Row], check: Callable[[Row], object], name: Callable[[Row], str] = repr) -> dict[str, str]:
    """The rows, by name, for which `check` raises, each with what it raised."""
    table, found = list(rows), dict[str, str]()
    assert table
    for row in table:
        try:
            check(row)
        except (Exception, pytest.fail.Exception) as wrong:
            found[name(row)] = f"{type(wrong).__name__}: {wrong}"
    return found
