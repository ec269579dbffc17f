"""up and demo hand over to what runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.errors import UpError
from pipeline.settings import Settings
from tests.cli.conftest import Newsmill


def test_up_runs_on_the_data_folder_and_ends_with_its_status(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[Path] = []

    def run_up(settings: Settings, data_dir: Path) -> int:
        given.append(data_dir)
        return 3

    monkeypatch.setattr("cli.local.up.run_up", run_up)
    assert newsmill("up").code == 3
    assert newsmill("--data", str(tmp_path / "mine"), "up").code == 3
    assert given == [Path("data"), tmp_path / "mine"]


def test_the_first_thing_said_is_that_it_starts(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.local.up.run_up", lambda *_: 0)
    monkeypatch.setattr("cli.demo.run.run_demo", lambda *_: 0)
    for command in ("up", "demo"):
        assert newsmill(command).lines[0].startswith("newsmill ")


def test_what_stops_up_is_one_sentence(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_up(*_: object) -> int:
        raise UpError("newsmill already runs here.")

    monkeypatch.setattr("cli.local.up.run_up", run_up)
    said = newsmill("up")
    assert (said.code, said.err) == (1, "newsmill already runs here.\n")


def test_the_demo_keeps_away_from_the_real_data(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[Path | None] = []

    def run_demo(settings: Settings, data_dir: Path | None) -> int:
        given.append(data_dir)
        return 0

    monkeypatch.setattr("cli.demo.run.run_demo", run_demo)
    monkeypatch.setenv("NEWSMILL_DATA_DIR", "real")
    assert newsmill("demo").code == 0
    assert newsmill("--data", str(tmp_path), "demo").code == 0
    assert given == [None, tmp_path]
