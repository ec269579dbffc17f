"""config/newsmill.toml and what `doctor --config` makes of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cli.commands.admin.effective_settings import hidden
from pipeline.settings import Settings, sections
from tests.cli.conftest import Newsmill
from tests.paths import REPOSITORY

FILE = REPOSITORY / "config" / "newsmill.toml"


def defaults() -> dict[str, object]:
    usual = Settings.model_construct()
    plain = {name: getattr(usual, name) for name in Settings.model_fields if name not in sections()}
    return {**plain, "data_dir": str(usual.data_dir), **{name: getattr(usual, name).model_dump() for name in sections()}}


def test_the_file_has_every_setting_with_its_default() -> None:
    assert tomllib.loads(FILE.read_text(encoding="utf-8")) == defaults()


def test_every_setting_stands_under_its_description() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    described = {}
    for number, line in enumerate(lines):
        if found := re.match(r"(\w+) = ", line):
            start = number
            while lines[start - 1].startswith("# "):
                start -= 1
            described.setdefault(found[1], []).append(" ".join(text.removeprefix("# ") for text in lines[start:number]))
    fields = [item for model in (Settings, *sections().values()) for item in model.model_fields.items() if item[0] not in sections()]
    missing = [name for name, field in fields if not any(field.description in text for text in described[name])]
    assert missing == []


def test_the_settings_in_force_say_where_they_come_from(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[fetch]\nmin_gap_s = 7\nmax_redirects = 10\n[retry]\ndelays_s = [1, 2]\n")
    monkeypatch.setenv("NEWSMILL_POLL__KEEP_POLLS", "9")
    (found,) = newsmill("--config", str(file), "doctor", "--config", "--json").objects
    names = ("fetch.min_gap_s", "fetch.max_redirects", "retry.delays_s", "poll.keep_polls")
    assert {name: found[name] for name in names} == {
        "fetch.min_gap_s": {"value": 7.0, "from": str(file)},
        "fetch.max_redirects": {"value": 10, "from": "default"},
        "retry.delays_s": {"value": [1.0, 2.0], "from": str(file)},
        "poll.keep_polls": {"value": 9, "from": "environment"},
    }
    assert len(found) == sum(len(model.model_fields) for model in sections().values()) + len(Settings.model_fields) - len(sections())


def test_secrets_are_hidden(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql://me:s3cret@db:5433/news?password=s3cret&sslmode=require")
    monkeypatch.setenv("NEWSMILL_REDIS_URL", "redis://:s3cret@queue:6380/0")
    monkeypatch.setenv("NEWSMILL_WEB__FLOWER_BASIC_AUTH", "me:s3cret")
    for options in ([], ["--json"]):
        out = newsmill("doctor", "--config", *options).out
        assert "s3cret" not in out
        assert "postgresql://me:***@db:5433/news?password=***&sslmode=require" in out
        assert "redis://:***@queue:6380/0" in out


def test_an_address_in_words_is_hidden_whole() -> None:
    assert hidden("database_url", "host=db password=s3cret") == "***"
