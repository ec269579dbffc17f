"""Every command that a message, a page or a document names exists, with the options it is named with."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer.main

from cli.main import app
from tests.paths import REPOSITORY

SOURCES = (
    "cli",
    "web",
    "workers",
    "pipeline",
    "docs",
    "config",
    "README.md",
    ".env.example",
    "Makefile",
    "docker-compose.yml",
    "CONTRIBUTING.md",
)
KINDS = {".py", ".md", ".html", ".toml", ".yml", ".example", ".sql", ""}
BACKTICKS = re.compile(r"`(?:\.venv/bin/)?newsmill ([^`\n]+)`")
LINE = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?newsmill ([^\n#]+)", re.MULTILINE)
FENCED = re.compile(r"```.*?```", re.DOTALL)
COMMAND = typer.main.get_command(app)  # made once: it builds every command anew
# Words that stand for what is typed.
STANDS_FOR = re.compile(r"[A-Z…]|\{")


def named() -> Iterator[tuple[str, list[str]]]:
    """Where each command is named, and its words."""
    for source in SOURCES:
        path = REPOSITORY / source
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if not file.is_file() or file.suffix not in KINDS:
                continue
            text = file.read_text(encoding="utf-8")
            lines = "\n".join(FENCED.findall(text)) if file.suffix == ".md" else text
            for words in (*BACKTICKS.findall(text), *LINE.findall(lines)):
                yield str(file.relative_to(REPOSITORY)), _split(re.sub(r"\{[^{}]*\}", "X", words))


def _split(line: str) -> list[str]:
    """The words as a shell reads them; what is no whole shell line is parted by white space."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def unknown(words: list[str]) -> str:
    """What of the words is not there; '' where all of it is."""
    command: Any = COMMAND
    options = _options(command)
    rest = iter(words)
    for word in rest:
        if word in ("|", "<", ">", "&&", ";", "--"):
            break
        if word.startswith("-") and word != "-":
            name, equals, _ = word.rstrip(",.;").partition("=")
            if name not in options:
                return name
            if options[name] and not equals:
                next(rest, None)
        elif (inside := getattr(command, "commands", None)) is None:
            continue
        elif word in inside:
            command = inside[word]
            options |= _options(command)
        elif command.name == "newsmill":
            return word
    return ""


def _options(command: Any) -> dict[str, bool]:
    """The options of a command, and whether a value follows."""
    found = {
        name: not parameter.is_flag for parameter in command.params if parameter.param_type_name == "option" for name in parameter.opts
    }
    found |= {name: False for parameter in command.params if parameter.param_type_name == "option" for name in parameter.secondary_opts}
    return found | {"--help": False, "-h": False}


def test_named_commands_exist() -> None:
    found = list(named())
    assert len(found) > 60, "the pattern finds them"
    assert [(place, " ".join(words), wrong) for place, words in found if not STANDS_FOR.match(words[0]) and (wrong := unknown(words))] == []


def test_a_command_that_is_not_there_would_be_found() -> None:
    assert unknown(["bread", "--all"]) == "bread"
    assert unknown(["links", "--sate", "stored"]) == "--sate"
    assert unknown(["feeds", "remove", "--yes", "3"]) == ""
