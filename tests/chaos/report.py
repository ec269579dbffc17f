"""What a run has shown, as lines for a person."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from tests.chaos.run import Result
from tests.chaos.world import GAP_S

MOST = 20  # examples of each kind


def lines(result: Result) -> Iterator[str]:
    journal, found = result.journal, result.found
    yield ""
    yield f"publisher         {result.publisher}"
    yield f"faults injected   {len(journal.events)}: {_counted(journal.counts())}"
    yield f"expected          {sum(found.expected.values())}: {_counted(found.expected)}"
    yield f"ended             {sum(found.ended.values())}: {_counted(found.ended)}"
    yield f"stored            {found.ended['stored']} of {found.expected['stored']}"
    yield from _listed("wrong", found.wrong)
    yield from _listed("twice", found.twice)
    yield from _listed("stuck", found.stuck)
    yield from _listed("stranded hosts", found.stranded)
    yield from _listed("manual steps", journal.troubles)
    yield f"smallest gap      {result.gaps[0].seconds:.3f} s of {GAP_S:g} s" if result.gaps else "smallest gap      none"
    for gap in result.too_small:
        at = gap.at - time.time() + time.monotonic() - journal.started
        yield f"    TOO SMALL: {gap.seconds:.3f} s at {gap.host}, {gap.first} then {gap.second}, at {at:.1f} s"
    recoveries = journal.recoveries()
    alone = [seconds for seconds, what in recoveries if ", during " not in what]
    yield f"time to recover   {max(alone):.1f} s at the most where no other fault went on" if alone else "time to recover   not seen"
    for seconds, what in recoveries[:3]:
        yield f"    {seconds:.1f} s after {what}"
    quiet = "never" if result.quiet_s is None else f"{result.quiet_s:.0f} s after the last fault"
    yield f"all ended         {quiet}"
    yield f"end of up         status {result.exit_code}"
    yield "it holds" if result.well else "IT DOES NOT HOLD"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())


def _listed(name: str, items: list[str]) -> Iterator[str]:
    yield f"{name:<17} {len(items)}"
    yield from (f"    {item}" for item in items[:MOST])
