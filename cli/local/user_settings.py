"""The user's own settings: `newsmill set`, and the contact address that `newsmill up` asks for. They are stored in the data folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.errors import WRONG_USAGE, CliError, UpError
from cli.local.data_folder import is_held, make, write_private
from cli.output import complain, say

if TYPE_CHECKING:
    from pipeline.settings import Settings

CONTACT = "fetch.contact"
HEAD = "Your own settings; config/newsmill.toml of newsmill explains each. Environment variables take precedence."
QUESTION = (
    "Who runs this? Sites see a URL or an e-mail address of yours with every request; without one, only loopback addresses are fetched.\n"
    "Your address (Enter: none for now)"
)


def set_(
    settings: Annotated[
        list[str],
        typer.Argument(help="Settings by name, for example fetch.contact=you@your-site.org fetch.min_gap_s=10.", metavar="NAME=VALUE…"),
    ],
) -> None:
    """Change settings in your own file, newsmill.toml in the data folder. A running `newsmill up` applies them at once."""
    from pipeline.settings import load_settings, own_file

    data_dir = load_settings().data_dir
    values = dict(read(text) for text in settings)
    change(data_dir, values)
    say(f"written to {own_file(data_dir)}; {_then(values, running=is_held(data_dir))}")


commands: dict[str, Callable[..., Any]] = {"set": set_}


def _then(names: Iterable[str], *, running: bool) -> str:
    """When the changed settings take effect."""
    if not running:
        return "they apply when `newsmill up` starts"
    if any(name in ("database_url", "redis_url") or name.startswith("postgres.") for name in names):
        return "the running `newsmill up` restarts with them, Postgres too: wait until it says that it runs"
    return "the running `newsmill up` restarts its workers with them"


def read(text: str) -> tuple[str, Any]:
    """Name and value of `name=value`. Lists are JSON, as in the environment. Raises CliError and SettingsError."""
    from pipeline.settings import valid

    name, found, value = (part.strip() for part in text.partition("="))
    if not found:
        raise CliError(f"{text!r} sets nothing; write NAME=VALUE, for example fetch.min_gap_s=10.", WRONG_USAGE)
    if name == "data_dir":
        raise CliError(
            "data_dir cannot be set here, because your own settings are stored in it; set NEWSMILL_DATA_DIR, or use --data.", WRONG_USAGE
        )
    return name, valid(name, value)


def change(data_dir: Path, values: dict[str, Any]) -> None:
    """Write settings into the user's own file, leaving the rest as it is. Raises CliError."""
    import tomlkit

    from pipeline.settings import DELIMITER, PREFIX, own_file

    file = own_file(data_dir)
    document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document().add(tomlkit.comment(HEAD))
    variables = [PREFIX + name.replace(".", DELIMITER).upper() for name in values]
    for name, value in values.items():
        section, _, field = name.rpartition(".")
        table = document.setdefault(section, tomlkit.table()) if section else document
        table[field] = value
    for variable in variables:
        if variable in os.environ:
            complain(f"{variable} is set in the environment, which takes precedence; remove it there.")
    try:
        make(data_dir)
        write_private(file, tomlkit.dumps(document))
    except (UpError, OSError):
        raise CliError(
            f"{file} cannot be written; set {' and '.join(variables)} in the environment, with docker compose in .env."
        ) from None


def remind(found: Settings, addresses: Iterable[str]) -> bool:
    """Say that nothing will be fetched from these addresses if there is no contact address. Returns whether it was said."""
    from pipeline.fetch import guard

    missing = not found.fetch.contact and any(guard.needs_contact(address) for address in addresses)
    if missing:
        complain(f"{guard.NO_CONTACT} {guard.SET_CONTACT}")
    return missing


def ask_contact(found: Settings) -> None:
    """Ask the person at the terminal for the contact address, once: the answer is stored, even an empty one."""
    from pipeline.settings import SettingsError, layers, own_file, valid

    asked = "contact" in dict(layers()).get(str(own_file(found.data_dir)), {}).get("fetch", {})
    if found.fetch.contact or asked or not somebody_is_there():
        return
    while True:
        answer = typer.prompt(QUESTION, default="", show_default=False).strip()
        try:
            change(found.data_dir, {CONTACT: valid(CONTACT, answer)})
            return
        except SettingsError as error:
            complain(str(error))


def somebody_is_there() -> bool:
    """Whether there is a person who can read the question and answer it."""
    return sys.stdin.isatty() and sys.stdout.isatty()
