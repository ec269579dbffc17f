"""Read newsmill's environment variables, from the environment or from the files that it names, as Docker and systemd pass secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

PREFIX = "NEWSMILL_"
DELIMITER = "__"
FILE = "_FILE"  # NEWSMILL_REDIS_URL_FILE names the file that holds the value of NEWSMILL_REDIS_URL
# The programs around the settings read these; they are no settings themselves.
OTHER_VARIABLES = {"NEWSMILL_CONFIG", "NEWSMILL_HEARTBEAT_FILE"}
# Passwords that are added to an address without one, so that one secret serves both the service and its clients.
PASSWORDS = {"NEWSMILL_DATABASE_PASSWORD": "database_url", "NEWSMILL_REDIS_PASSWORD": "redis_url"}


class SettingsError(Exception):
    """A setting is unknown or invalid. The message has one sentence a line, ready for the terminal."""


def variables() -> dict[str, str]:
    """Return newsmill's variables by name. A variable ending in `_FILE` is replaced by the content of that file. Raises SettingsError."""
    ours = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    named = {name: file for name, file in ours.items() if name.endswith(FILE) and name not in OTHER_VARIABLES}
    found = {name: value for name, value in ours.items() if name not in named}
    for name, file in named.items():
        direct = name.removesuffix(FILE)
        if file and found.get(direct):
            raise SettingsError(f"{direct} and {name} are both set; remove one of them.")
        if file:
            found[direct] = _content(name, file)
    return found


def with_password(url: str, password: str) -> str:
    """Add the password to `url`, if it is an address without one."""
    if "://" not in url or not password:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:  # the code that uses the address reports what is wrong with it
        return url
    if parts.password:
        return url
    user, at, where = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user if at else ''}:{quote(password, safe='')}@{where}"))


def with_passwords(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are addresses, each with its password from `given`."""
    return {
        address: with_password(str(values.get(address, "")), given.get(name, ""))
        for name, address in PASSWORDS.items()
        if values.get(address)
    }


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{name} names {file}, which cannot be read: {why}.") from None
