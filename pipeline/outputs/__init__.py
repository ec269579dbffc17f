"""Outputs: where stored articles go besides Postgres. Each is a module (docs/how-to/add-an-output.md).

An output receives articles and uses no database; `workers.steps.deliveries` drives it.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.outputs import jsonl_files
from pipeline.outputs.model import Output
from pipeline.settings import Settings

# Each returns its output if the settings ask for it, else None.
OUTPUTS: tuple[Callable[[Settings], Output | None], ...] = (jsonl_files.configured,)


def configured(settings: Settings) -> list[Output]:
    """The outputs that the settings ask for."""
    return [output for make in OUTPUTS if (output := make(settings)) is not None]
