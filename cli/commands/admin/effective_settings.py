"""The effective settings, one by one: value, where it comes from, the variable that would set it. Secrets are hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.connection import located
from cli.local import running_settings
from pipeline.logs import mask
from pipeline.settings import DELIMITER, PREFIX, Section, Settings, layers, load_settings, mask_url


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting. `origin` is default, environment, the running `newsmill up`, its data folder, or the name of a file."""

    name: str
    value: Any
    origin: str
    variable: str


def effective() -> Iterator[Effective]:
    """All settings in the order of pipeline/settings/. Raises SettingsError and UpError."""
    own = load_settings()
    given = load_settings(running_settings.read(own.data_dir))
    found, sources = located(given), layers()
    # Built from the classes alone, so that the default is right even if a file or the environment changes the setting.
    usual = Settings.model_construct()
    for path, value in _leaves(found):
        origin = next((name for name, values in sources if _in(values, path)), "default")
        if value != _at(given, path):
            origin = str(found.data_dir / "services.json")
        elif value != _at(own, path):
            origin = "the running `newsmill up`"
        elif value == _at(usual, path) and origin != "environment":
            origin = "default"
        yield Effective(".".join(path), hidden(".".join(path), value), origin, PREFIX + DELIMITER.join(path).upper())


def hidden(name: str, value: Any) -> Any:
    """The value as it may be shown."""
    if name in ("database_url", "redis_url") and value:
        return mask_query(mask_url(value)) if "://" in value else "***"
    if name == "web.flower_basic_auth" and value:
        return f"{value.partition(':')[0]}:***"
    return str(value) if isinstance(value, Path) else value


def mask_query(address: str) -> str:
    """Hide a password in `?password=…`, which libpq accepts too. The part before the question mark is already masked."""
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


def _in(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    *above, last = path
    for name in above:
        values = values.get(name, {})
    return last in values
