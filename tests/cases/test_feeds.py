"""Cases of feeds that lie in a folder beside this repository; skipped where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cases.feeds import faults
from tests.paths import SHARED

BESIDE = SHARED / "cases" / "feeds"
CASES = sorted(BESIDE.glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_beside_the_repository_is_read_as_it_says(path: Path) -> None:
    assert faults(json.loads(path.read_text(encoding="utf-8")), path.parent) == []
