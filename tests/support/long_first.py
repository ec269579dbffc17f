"""The order of the tests where several processes run them: those that take long begin at once, one after the other in each process, so that
none is left alone with them at the end. Most of these wait for a stack of workers; the short ones, which compute, run beside them meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

# By what their ids begin with; the longest first.
LONG = (
    "tests/chaos/",
    "tests/integration/operating/test_up.py",
    "tests/integration/faults/test_recovery.py",
    "tests/integration/test_newsroom.py",
    "tests/integration/faults/test_extract_limits.py",
    "tests/cli/articles/test_reextract.py::test_what_is_stopped",
    "tests/integration/test_site_boilerplate.py",
    "tests/integration/test_hub.py",
    "tests/integration/",
    "tests/store/test_plans.py",
    "tests/store/search/test_killed.py",
    "tests/web/test_connections.py",
    "tests/outputs/test_deliveries.py::test_a_killed",
    "tests/cli/links/test_imports.py",
    "tests/cli/local/test_full_disks.py",
    "tests/fuzz/test_growth.py",
    "tests/documents/test_pdf.py::test_a_small_pdf",
)


def ordered(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The tests in the order in which pytest-xdist hands an equal part to each process: each part begins with its share of the long ones."""
    long = sorted((item for item in items if _rank(item) < len(LONG)), key=_rank)
    short = iter([item for item in items if _rank(item) == len(LONG)])
    found: list[pytest.Item] = []
    left = len(items)
    for number in range(processes):
        share = long[number::processes]
        size = left // (processes - number)  # as its scheduler `worksteal` deals them out
        left -= size
        found += [*share, *itertools.islice(short, max(0, size - len(share)))]
    return [*found, *short]


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))
