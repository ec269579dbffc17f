"""Faults on the whole stack, two at once: every link ends as it should, nothing twice, no host stranded, with no manual step."""

from __future__ import annotations

import random
import shutil

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.report import lines
from tests.chaos.run import Deck, temporary_folder, torment


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_stack_comes_through_five_minutes_of_faults_with_nothing_lost_and_nothing_twice() -> None:
    folder = temporary_folder()
    result = torment(5, 1, folder)
    assert result.well, f"{folder}\n" + "\n".join(lines(result))
    shutil.rmtree(folder, ignore_errors=True)


def test_a_short_run_has_every_kind_of_fault_and_a_seed_gives_the_same_order() -> None:
    first, again, other = (_draw(seed, 2 * len(FAULTS)) for seed in (1, 1, 2))
    assert first == again != other
    for half in (first[: len(FAULTS)], first[len(FAULTS) :]):
        assert sorted(half) == sorted(fault.name for fault in FAULTS)


def _draw(seed: int, count: int) -> list[str]:
    deck = Deck(list(FAULTS), random.Random(seed))
    return [deck.draw().name for _ in range(count)]
