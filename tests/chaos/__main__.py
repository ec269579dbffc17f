"""`python -m tests.chaos --minutes N --seed S`: the whole stack under faults, two at once; exit status 1 where something does not hold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.chaos.faults import FAULTS
from tests.chaos.report import lines
from tests.chaos.run import temporary_folder, torment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long faults are injected; then it waits for quiet")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same order of faults")
    parser.add_argument("--only", action="append", choices=sorted({fault.name for fault in FAULTS}), help="only these faults; may repeat")
    parser.add_argument("--folder", type=Path, help="where logs and data are left; else a temporary one")
    given = parser.parse_args()
    folder = (given.folder or temporary_folder()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"logs are in {folder}", flush=True)
    result = torment(given.minutes, given.seed, folder, frozenset(given.only or ()))
    print("\n".join(lines(result)))
    return 0 if result.well else 1


if __name__ == "__main__":
    sys.exit(main())
