"""Cases of feeds: those of this repository, and those of a folder beside it where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cases.feeds import faults

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "feeds"
CASES = sorted(BESIDE.glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_beside_the_repository_is_read_as_it_says(path: Path) -> None:
    assert faults(json.loads(path.read_text(encoding="utf-8")), path.parent) == []


@pytest.mark.skipif(bool(CASES), reason="they were tried")
def test_the_cases_beside_the_repository_are_there() -> None:
    pytest.skip(f"there are no cases in {BESIDE}")
