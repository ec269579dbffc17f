"""The settings in force, one by one: value, where it comes from, the variable that would set it. Secrets stay hidden."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.connection import located
from pipeline.logs import mask
from pipeline.settings import DELIMITER, PREFIX, Section, Settings, config_file, load_settings, mask_url


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting; `origin` is default, environment, the data folder of a running `up`, or the name of the file."""

    name: str
    value: Any
    origin: str
    variable: str


def effective() -> Iterator[Effective]:
    """All settings in the order of pipeline/settings.py. Raises SettingsError."""
    given = load_settings()
    found, file = located(given), config_file()
    in_file = tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
    # Built from the classes alone: the default of a setting that the file or the environment has changed is still its default.
    usual = Settings.model_construct()
    for path, value in _leaves(found):
        default = _at(usual, path)
        variable = PREFIX + DELIMITER.join(path).upper()
        if variable in os.environ:
            origin = "environment"
        elif value != _at(given, path):
            origin = str(found.data_dir / "services.json")
        elif value != default and _in(in_file, path):
            origin = str(file)
        else:
            origin = "default"
        yield Effective(".".join(path), hidden(".".join(path), value), origin, variable)


def hidden(name: str, value: Any) -> Any:
    """The value as it may be shown."""
    if name in ("database_url", "redis_url") and value:
        return mask_query(mask_url(value)) if "://" in value else "***"
    if name == "web.flower_basic_auth" and value:
        return f"{value.partition(':')[0]}:***"
    return str(value) if isinstance(value, Path) else value


def mask_query(address: str) -> str:
    """libpq also takes `?password=…`; what stands before the question mark has been masked already."""
    before, mark, query = address.partition("?")
    return before + mask(mark + query)


def _leaves(settings: Settings) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in settings:
        if isinstance(value, Section):
            yield from (((name, inner), inside) for inner, inside in value)
        else:
            yield (name,), value


def _at(settings: Settings, path: tuple[str, ...]) -> Any:
    value: Any = settings
    for name in path:
        value = getattr(value, name)
    return value


def _in(table: dict[str, Any], path: tuple[str, ...]) -> bool:
    for name in path:
        if name not in table:
            return False
        table = table[name]
    return True
