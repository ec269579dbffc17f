"""The changes of state stand in one place each, and nothing else makes one."""

from __future__ import annotations

import re

import pytest

from pipeline.store.transitions.feeds import FEEDS
from pipeline.store.transitions.links import LINKS
from pipeline.store.transitions.model import Transition
from tests.paths import REPOSITORY

STORE = REPOSITORY / "pipeline/store"
SOURCES = sorted(path for path in STORE.rglob("*.py") if "transitions" not in path.parts)
# What stands between `UPDATE links SET` or `ON CONFLICT … DO UPDATE SET` and the end of the assignments.
ASSIGNED = r"UPDATE\s+(?:{table}\s+)?(?:\w\s+)?SET\b(?:(?!\bWHERE\b|\bFROM\b|\bRETURNING\b).)*?\b{column}\s*="


@pytest.mark.parametrize(("table", "column"), [("links", "state"), ("links", "stage"), ("feeds", "phase")])
def test_nothing_else_writes_the_state(table: str, column: str) -> None:
    pattern = re.compile(ASSIGNED.format(table=table, column=column), re.DOTALL)
    writes = re.compile(rf"(?:UPDATE|INTO)\s+{table}\b")
    found = [path.name for path in SOURCES if writes.search(text := path.read_text(encoding="utf-8")) and pattern.search(text)]
    if table == "feeds":  # `state` there is set by hand and by what polls find; only the phase is a lease
        assert found == []
    else:
        assert set(found) <= {"feeds.py", "polling.py", "moved_feeds.py"}, (
            "a change of a link's state belongs into pipeline/store/transitions/links.py"
        )


def test_the_search_finds_such_a_write() -> None:
    pattern = ASSIGNED.format(table="links", column="state")
    assert re.search(pattern, "UPDATE links l SET due_at = now(),\n state = 'waiting' WHERE id = 1", re.DOTALL)
    assert re.search(pattern, "UPDATE links SET state = 'waiting'", re.DOTALL)
    assert not re.search(pattern, "UPDATE links SET due_at = now() WHERE state = 'waiting'", re.DOTALL)


@pytest.mark.parametrize("transition", [*LINKS, *FEEDS], ids=lambda transition: f"{transition.name}, {transition.before}")
def test_a_change_sets_what_it_says(transition: Transition) -> None:
    assert re.search(r"\b(?:state|phase) = ", transition.sets)
    for state in re.findall(r"(?<!WHEN )(?<![\w.])(?:state|phase) = '(\w+)'", transition.sets):
        assert state in transition.after
