"""Articles in files: hourly, in whole gzip members, and what a killed writer left is cut off."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.outputs import configured
from pipeline.outputs.jsonl_files import JsonlFiles
from pipeline.outputs.model import Delivery, State
from pipeline.settings import Outputs, Settings

AT = datetime(2026, 12, 1, 11, 59, tzinfo=UTC)
FIRST, SECOND = "articles-2026-12-01T11.jsonl.gz", "articles-2026-12-01T12.jsonl.gz"


@dataclass
class Kept:
    """What Postgres keeps of the output."""

    state: State = field(default_factory=dict)

    def __call__(self, state: State) -> None:
        self.state = state


def batch(*numbers: int) -> list[Delivery]:
    return [Delivery(number, number, "stored", {"id": number, "title": f"Ü {number}", "published_at": AT}) for number in numbers]


def deliver(output: JsonlFiles, kept: Kept, *numbers: int) -> None:
    kept(output.deliver(batch(*numbers), kept.state, kept).state)


def read(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["id"] for line in file]


def at(folder: Path, moment: datetime = AT) -> JsonlFiles:
    return JsonlFiles(folder, clock=lambda: moment)


def test_the_setting_asks_for_it(tmp_path: Path) -> None:
    assert configured(Settings()) == []
    (output,) = configured(Settings(outputs=Outputs(jsonl_dir=str(tmp_path))))
    assert output.name == "jsonl"


def test_batches_are_appended_to_the_file_of_the_hour(tmp_path: Path) -> None:
    kept, folder = Kept(), tmp_path / "new" / "folder"
    deliver(at(folder), kept, 1, 2)
    deliver(at(folder), kept, 3)
    deliver(at(folder, AT + timedelta(minutes=1)), kept, 4)
    deliver(at(folder), kept, 5)  # the clock was set back
    assert read(folder / FIRST) == [1, 2, 3]
    assert read(folder / SECOND) == [4, 5]
    assert (
        gzip.decompress((folder / FIRST).read_bytes()).splitlines()[0]
        == '{"id": 1, "title": "Ü 1", "published_at": "2026-12-01T11:59:00Z"}'.encode()
    )


def test_a_removed_article_is_told(tmp_path: Path) -> None:
    at(tmp_path).deliver([Delivery(1, 7, "removed", None)], {}, Kept())
    assert json.loads(gzip.decompress((tmp_path / FIRST).read_bytes())) == {"id": 7, "removed": True}


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1)])
@pytest.mark.parametrize("cut", [1, 10, 10_000])
def test_what_a_killed_writer_left_is_cut_off(tmp_path: Path, later: timedelta, cut: int) -> None:
    kept = Kept()
    deliver(at(tmp_path), kept, 1)
    before = kept.state
    deliver(at(tmp_path), kept, 2, 3)
    path = tmp_path / FIRST
    path.write_bytes(path.read_bytes()[: before["length"] + cut])
    kept.state = before  # the place was not written down
    deliver(at(tmp_path, AT + later), kept, 2, 3)
    assert read(path) + (read(tmp_path / SECOND) if later else []) == [1, 2, 3]


def test_what_a_killed_writer_left_in_a_new_file_is_cut_off(tmp_path: Path) -> None:
    kept = Kept()
    at(tmp_path).deliver(batch(1), {}, kept)  # noted, written, and killed before the place was written down
    deliver(at(tmp_path), kept, 1, 2)
    assert read(tmp_path / FIRST) == [1, 2]


def test_files_that_are_not_known_are_never_written_to(tmp_path: Path) -> None:
    deliver(at(tmp_path), Kept(), 1)
    deliver(at(tmp_path), Kept(), 2)  # a restored database knows nothing of the file
    assert read(tmp_path / FIRST) == [1]
    assert read(tmp_path / "articles-2026-12-01T11-2.jsonl.gz") == [2]


def test_a_file_that_somebody_took_away_is_begun_anew(tmp_path: Path) -> None:
    kept = Kept()
    deliver(at(tmp_path), kept, 1)
    (tmp_path / FIRST).unlink()
    deliver(at(tmp_path), kept, 2)
    deliver(at(tmp_path), kept, 3)
    assert read(tmp_path / FIRST) == [2, 3]


def test_a_batch_that_does_not_fit_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.outputs import jsonl_files

    kept = Kept()
    deliver(at(tmp_path), kept, 1)

    def full(path: Path, data: bytes) -> None:
        with path.open("ab") as file:
            file.write(data[:5])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(jsonl_files, "_append", full)
        with pytest.raises(OSError, match="No space"):
            deliver(at(tmp_path), kept, 2)
    assert read(tmp_path / FIRST) == [1]
    deliver(at(tmp_path), kept, 2)
    assert read(tmp_path / FIRST) == [1, 2]


def test_two_writers_never_write_at_once(tmp_path: Path) -> None:
    output = at(tmp_path)
    output.deliver(batch(1), {}, Kept())
    with output._alone(), pytest.raises(BlockingIOError):
        replace(output).deliver(batch(2), {}, Kept())
