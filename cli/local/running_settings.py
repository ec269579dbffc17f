"""The settings of a running `newsmill up`, stored in its data folder for commands in other terminals.

`up` may have got them from environment variables and options that the other terminal lacks. They contain passwords, so only the owner
may read the file. They apply only while `up` runs.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.errors import UpError, reason
from cli.local.data_folder import is_held, write_private
from pipeline.settings import Settings


@contextlib.contextmanager
def left(settings: Settings) -> Iterator[None]:
    """Keep the settings in their data folder until the block ends."""
    file = _file(settings.data_dir)
    file.parent.mkdir(exist_ok=True)
    write_private(file, settings.model_dump_json(indent=1))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def forget(data_dir: Path) -> None:
    """Delete what a killed run has left."""
    _file(data_dir).unlink(missing_ok=True)


def read(data_dir: Path) -> dict[str, Any] | None:
    """The settings of the `newsmill up` that runs on the data folder; None if none runs. Raises UpError."""
    if not is_held(data_dir):
        return None
    try:
        found: dict[str, Any] = json.loads(_file(data_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:  # it is starting or stopping
        return None
    except (OSError, ValueError) as error:
        raise UpError(f"{_file(data_dir)} cannot be read ({reason(error)}); run newsmill as the user who runs `newsmill up`.") from None
    return found


def _file(data_dir: Path) -> Path:
    return data_dir / "run" / "settings.json"
