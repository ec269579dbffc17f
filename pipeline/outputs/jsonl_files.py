"""Write articles to files: hourly JSON lines, gzip, as `newsmill export` writes them. A removed article is a line with its `id` and
`removed`.

Each batch is a separate gzip member. The valid length of the file is stored with the output's position. What a killed writer left after
that length is cut off before more is written, so a file is never broken and contains no batch twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.json_text import to_json
from pipeline.outputs.model import Delivery, Output, State, Taken
from pipeline.settings import Settings

LOCK = ".newsmill-lock"


@dataclass(frozen=True, slots=True)
class JsonlFiles:
    """The files in one folder. `state` holds the current `file`, its valid `length`, and its `hour`."""

    folder: Path
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    name: str = "jsonl"

    def deliver(self, batch: Sequence[Delivery], state: State, keep: Callable[[State], None]) -> Taken:
        """Append the batch. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            state = self._file(state, keep)
            path = self.folder / state["file"]
            length = _cut(path, state["length"])
            data = gzip.compress("".join(_line(one) for one in batch).encode(), mtime=0)
            try:
                _append(path, data)
            except OSError:
                with contextlib.suppress(OSError):
                    _cut(path, length)  # leave no half batch while the disk is full
                raise
            return Taken(state | {"length": length + len(data)})

    def _file(self, state: State, keep: Callable[[State], None]) -> State:
        """The file of this hour. A new file is recorded before it is created, so that after a crash its content is known to be ours.
        Existing files are never written to."""
        hour = f"{self.clock():%Y-%m-%dT%H}"
        if state and hour <= state["hour"]:  # if the clock was set back
            return state
        if state:
            _cut(self.folder / state["file"], state["length"])
        names = (f"articles-{hour}{'' if number == 1 else f'-{number}'}.jsonl.gz" for number in range(1, 10_000))
        fresh = {"file": next(name for name in names if not (self.folder / name).exists()), "length": 0, "hour": hour}
        keep(fresh)
        return fresh

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from writing: one that has lost its connection to Postgres may still be running."""
        with (self.folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield


def configured(settings: Settings) -> Output | None:
    """The output for `outputs.jsonl_dir`."""
    return JsonlFiles(Path(settings.outputs.jsonl_dir)) if settings.outputs.jsonl_dir else None


def _line(delivery: Delivery) -> str:
    return to_json(delivery.article or {"id": delivery.article_id, "removed": True}) + "\n"


def _cut(path: Path, length: int) -> int:
    """Cut off what follows the valid part of a file. Returns its length, which is less if somebody shortened the file."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    if size > length:
        with path.open("r+b") as file:
            file.truncate(length)
            os.fsync(file.fileno())
    return min(size, length)


def _append(path: Path, data: bytes) -> None:
    is_new = not path.exists()
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
