"""Outputs: where stored articles go beside Postgres, each a module (docs/how-to/add-an-output.md).

An output is given articles and knows no database; `workers.steps.deliveries` drives it.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.outputs import jsonl_files
from pipeline.outputs.model import Output
from pipeline.settings import Settings

# Each gives its output where the settings ask for it, else None.
OUTPUTS: tuple[Callable[[Settings], Output | None], ...] = (jsonl_files.configured,)


def configured(settings: Settings) -> list[Output]:
    """The outputs that the settings ask for."""
    return [output for make in OUTPUTS if (output := make(settings)) is not None]
