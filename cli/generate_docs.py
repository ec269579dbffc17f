"""Write the files that are generated from the program: config/newsmill.toml, .env.example, the reference of settings and commands, and
tables in other pages.

    python -m cli.generate_docs            # `make docs` runs it; tests/test_docs.py says when a file is stale
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cli.main import app
from cli.reference import article_fields, env_example, sql_views, state_changes
from cli.reference.parts import replaced
from pipeline.settings import Settings, sections

ROOT = Path(__file__).parents[1]
_LONG_NUMBER = 10_000  # from here on, digits are grouped
_TOML_HEAD = """\
# Every setting of newsmill with its default, its unit and the reason for it.
#
# Leave this file as it is and keep what you change in a file of your own: newsmill.toml in the data folder, which
# `newsmill set fetch.min_gap_s=10` writes. Where a value comes from, strongest first: an environment variable
# (NEWSMILL_DATABASE_URL, and with the section before two underscores NEWSMILL_FETCH__MIN_GAP_S; lists are JSON there);
# your own file; this file, which is read when it stands in config/ of the working folder, or another that NEWSMILL_CONFIG
# names; the default. A name that is not here is refused. `newsmill doctor --config` prints what is in force, and why.
"""
_SETTINGS_HEAD = """\
# Settings

This page is made from `pipeline/settings/` by `make docs`. [Operate newsmill](../how-to/operate.md#settings) says where a value comes from
and how to change it. In the environment, `fetch.min_gap_s` is `NEWSMILL_FETCH__MIN_GAP_S`, and lists are JSON.
"""
_COMMANDS_HEAD = """\
# Commands

This page is made from the program by `make docs`. `newsmill COMMAND --help` says the same.
"""


def files() -> dict[str, str]:
    """The text of each generated file, by its path in the repository."""
    return {
        "config/newsmill.toml": "\n".join(_toml()),
        ".env.example": env_example.with_settings(_read(".env.example")),
        "docs/reference/settings.md": "\n".join(_settings()),
        "docs/reference/commands.md": "\n".join(_commands()),
        "docs/reference/data-model.md": _data_model(),
        "docs/how-to/ask-with-sql.md": replaced(_read("docs/how-to/ask-with-sql.md"), "columns of the views", sql_views.tables()),
    }


def _data_model() -> str:
    text = _read("docs/reference/data-model.md")
    text = replaced(text, "fields of an article", article_fields.table())
    text = replaced(text, "changes of a link", state_changes.links())
    return replaced(text, "changes of a feed", state_changes.feeds())


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _toml() -> Iterator[str]:
    yield _TOML_HEAD
    for name, field in _plain(Settings):
        yield f"# {_described(field)}\n{name} = {_literal(field.default)}\n"
    for section, model in sections().items():
        yield f"\n# --- {_title(model)} ---\n[{section}]"
        yield from (f"# {_described(field)}\n{name} = {_literal(field.default)}\n" for name, field in _plain(model))


def _settings() -> Iterator[str]:
    yield _SETTINGS_HEAD
    yield from _table("General", "", Settings)
    for section, model in sections().items():
        yield from _table(f"{section}: {_title(model)}", section, model)


def _table(title: str, section: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {title}\n\n| setting | default | meaning |\n|---|---|---|"
    for name, field in _plain(model):
        full = f"{section}.{name}" if section else name
        yield f"| `{full}` | `{_literal(field.default)}` | {_cell(_described(field))} |"
    yield ""


def _plain(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((name, field) for name, field in model.model_fields.items() if name not in sections())


def _title(model: type[BaseModel]) -> str:
    return (model.__doc__ or model.__name__).strip().rstrip(".")


def _literal(value: Any) -> str:
    """The value as TOML writes it; the environment accepts the same form."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= _LONG_NUMBER:
        return f"{value:_}"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _described(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return f"{field.description}; one of {', '.join(choices)}" if choices else field.description or ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _commands() -> Iterator[str]:
    yield _COMMANDS_HEAD
    yield from _command(typer.main.get_command(app), "newsmill")


def _command(command: Any, path: str) -> Iterator[str]:
    subcommands: Mapping[str, Any] = getattr(command, "commands", {})
    yield f"## {path}\n\n{_paragraph(command.help or '')}\n"
    if not subcommands:
        arguments = " ".join(_metavar(parameter) for parameter in command.params if parameter.param_type_name == "argument")
        yield f"```\n{path} {arguments}".rstrip() + "\n```\n"
    options = [
        parameter for parameter in command.params if parameter.param_type_name == "option" and not getattr(parameter, "hidden", False)
    ]
    if options:
        yield "| option | meaning |\n|---|---|"
        yield from (
            f"| `{', '.join([*option.opts, *option.secondary_opts])}` | {_cell(_paragraph(getattr(option, 'help', '') or ''))} |"
            for option in options
        )
        yield ""
    for name, subcommand in subcommands.items():
        if not subcommand.hidden:
            yield from _command(subcommand, f"{path} {name}")


def _metavar(argument: click.Parameter) -> str:
    name = (argument.name or "").upper()
    return f"[{name}]" if not argument.required else name


def _paragraph(text: str) -> str:
    return " ".join(text.replace("\b", "").split())


def write(root: Path) -> None:
    for path, text in files().items():
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(ROOT)
