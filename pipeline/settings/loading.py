"""All settings, and where they are read from."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_origin

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.environment import DELIMITER, OTHER_VARIABLES, PASSWORDS, PREFIX, SettingsError, variables, with_passwords
from pipeline.settings.fetching import Fetch
from pipeline.settings.polling import Poll, WebSub
from pipeline.settings.retry import Retry
from pipeline.settings.section import Section
from pipeline.settings.services import Outputs, Postgres, Store, Web
from pipeline.settings.work import Dispatch, Extract, Files, Stories, Workers
from pipeline.wording import validation_messages

OWN_FILE = "newsmill.toml"  # in the data folder

# Settings with another name in an earlier version: old name, new name.
RENAMED = {
    "extract.site_memory": "extract.drop_site_boilerplate",
    "poll.max_foreign_waiting": "poll.max_offsite_waiting",
    "retry.extract_starts": "retry.extract_attempts",
    "workers.extract_together": "workers.extract_batch",
}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True)

    database_url: str = Field(
        "", description="postgresql://user:password@host/name; empty lets `newsmill up` start its own Postgres in data_dir"
    )
    redis_url: str = Field("", description="redis://:password@host:6379/0; empty lets `newsmill up` start its own Valkey in data_dir")
    data_dir: Path = Field(Path("data"), description="folder of the embedded Postgres and Valkey")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe log line that is written")
    log_format: Literal["auto", "json", "console", "bare"] = Field(
        "auto",
        description="auto means console on a terminal and json elsewhere; bare is console without times, for systems that add their own",
    )
    fetch: Fetch = Fetch()
    poll: Poll = Poll()
    websub: WebSub = WebSub()
    retry: Retry = Retry()
    dispatch: Dispatch = Dispatch()
    workers: Workers = Workers()
    extract: Extract = Extract()
    stories: Stories = Stories()
    files: Files = Files()
    store: Store = Store()
    outputs: Outputs = Outputs()
    postgres: Postgres = Postgres()
    web: Web = Web()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _environment(settings_cls)


def config_file() -> Path | None:
    """The TOML file in use; None if there is none. A file named by NEWSMILL_CONFIG must exist."""
    if named := os.environ.get("NEWSMILL_CONFIG"):
        if not Path(named).is_file():
            raise SettingsError(f"NEWSMILL_CONFIG names {named}, which is not a file; name an existing TOML file.")
        return Path(named)
    usual = Path("config/newsmill.toml")
    return usual if usual.is_file() else None


def load_settings(running: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings again. `running` are those of a running `newsmill up`. Raises SettingsError with one sentence for each wrong
    setting."""
    given = variables()
    if problems := _unknown_variables(given) + _broken_lists(given):
        raise SettingsError("\n".join(problems))
    (_, environment), *files = layers()
    layered: dict[str, Any] = {}
    for values in (*reversed([values for _, values in files]), running or {}, environment):
        layered = _merged(layered, values)
    try:
        return Settings(**layered | with_passwords(layered, given))
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(e)) for e in error.errors())) from None


def layers() -> list[tuple[str, Mapping[str, Any]]]:
    """The environment and the files, strongest first, each with its settings. Raises SettingsError."""
    environment, config = _environment(Settings)(), config_file()
    shared = _read(config) if config else {}
    own = own_file(Path(environment.get("data_dir") or shared.get("data_dir") or Settings.model_fields["data_dir"].default))
    mine = _read(own) if own.is_file() else {}
    if "data_dir" in mine:
        raise SettingsError(
            f"data_dir cannot be set in {own}, because that file is in data_dir; set NEWSMILL_DATA_DIR, or remove the line."
        )
    return [("environment", environment), (str(own), mine), (str(config), shared)]


def own_file(data_dir: Path) -> Path:
    """The file of the user's own settings, which may not exist."""
    return data_dir / OWN_FILE


def valid(name: str, text: str) -> Any:
    """Check a setting's value that a person has written, and return it in the form for a file. Lists are JSON. Raises SettingsError."""
    section, _, field = name.rpartition(".")
    model = sections().get(section) if section else Settings
    if model is None or field not in model.model_fields or field in sections():
        raise SettingsError(_not_a_setting(name, name))
    value: Any = text
    if get_origin(model.model_fields[field].annotation) is list:
        try:
            value = json.loads(text)
        except ValueError:
            raise SettingsError(f'{name} is a list: write it as JSON, such as [1, 2] or ["a"] (given: {text!r}).') from None
    try:
        found: Any = Settings(**{section: {field: value}} if section else {field: value}).model_dump(mode="json")
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(e)) for e in error.errors())) from None
    return found[section][field] if section else found[field]


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()


def process_settings() -> Settings:
    """The settings of a process that uses Postgres and Redis. Raises SettingsError also if their addresses are not set."""
    found = settings()
    for variable, url in (("NEWSMILL_DATABASE_URL", found.database_url), ("NEWSMILL_REDIS_URL", found.redis_url)):
        if not url:
            raise SettingsError(f"{variable} is not set; set it, or let `newsmill up` start everything.")
    return found


def sections() -> dict[str, type[Section]]:
    """The named groups of settings: `fetch`, `poll`, …"""
    found: dict[str, type[Section]] = {}
    for name, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            found[name] = info.annotation
    return found


def _environment(settings_cls: type[BaseSettings]) -> EnvSettingsSource:
    source = EnvSettingsSource(settings_cls)
    source.env_vars = {name.lower(): value for name, value in variables().items()}
    return source


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML; {validation_messages.of_toml(error)}.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None


def _merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the sections setting by setting."""
    both = {
        name: _merged(lower[name], value) if isinstance(value, Mapping) and isinstance(lower.get(name), Mapping) else value
        for name, value in upper.items()
    }
    return {**lower, **both}


def _unknown_variables(given: Mapping[str, str]) -> list[str]:
    # pydantic-settings reads only the variables it knows, so a misspelt one would have no effect.
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} - {PREFIX + s.upper() for s in sections()}
    for section, model in sections().items():
        known |= {f"{PREFIX}{section}{DELIMITER}{name}".upper() for name in model.model_fields}
    return [
        _not_a_setting(name, name.removeprefix(PREFIX).lower().replace(DELIMITER, "."))
        for name in sorted(given)
        if name not in known | OTHER_VARIABLES | set(PASSWORDS)
    ]


def _not_a_setting(shown: str, name: str) -> str:
    if new := RENAMED.get(name):
        return f"{shown} is now {new} ({PREFIX}{new.replace('.', DELIMITER).upper()}); use the new name."
    return f"{shown} is not a setting; `newsmill doctor --config` lists the names."


def _broken_lists(given: Mapping[str, str]) -> list[str]:
    # pydantic-settings names only the section of a list that is not JSON
    problems = []
    for section, model in sections().items():
        for name, info in model.model_fields.items():
            variable = f"{PREFIX}{section}{DELIMITER}{name}".upper()
            if get_origin(info.annotation) is list and (text := given.get(variable)) is not None:
                try:
                    json.loads(text)
                except ValueError:
                    problems.append(
                        f"{variable} is not valid: write the list as JSON, such as {json.dumps(info.default)} (given: {text!r})."
                    )
    return problems


def _sentence(error: dict[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    name = ".".join(path)
    variable = PREFIX + DELIMITER.join(path).upper()
    if error["type"] == "extra_forbidden":
        return _not_a_setting(f"{name} ({variable})", name)
    given = "" if isinstance(error.get("input"), dict) else f" (given: {error.get('input')!r})"
    return f"{name} ({variable}) {validation_messages.of_value(error)}{given}."
