"""Find and run the programs pg_dump and pg_restore."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cli.errors import CliError, UpError
from cli.local.binaries import client_programs

Name = Literal["pg_dump", "pg_restore"]
# Where distributions install the programs of each version.
INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")


@dataclass(frozen=True, slots=True)
class Tool:
    path: Path
    major: int


def tool(name: Name, least: int) -> Tool:
    """The program with the lowest version that is at least `least`. pg_dump and pg_restore handle older Postgres versions, never newer
    ones. Raises CliError if there is none."""
    found = [Tool(path, major) for path in dict.fromkeys(_places(name)) if (major := _major(path))]
    fit = [one for one in found if one.major >= least]
    if fit:
        return min(fit, key=lambda one: one.major)
    advice = (
        f"install the client programs of Postgres {least} (package postgresql-client-{least}), or newsmill[embedded], which brings them"
    )
    if not found:
        raise CliError(f"There is no {name} on this machine; {advice}.")
    newest = max(one.major for one in found)
    raise CliError(f"{name} on this machine belongs to Postgres {newest}, but Postgres {least} is needed; {advice}.")


def run(one: Tool, arguments: Sequence[str], database_url: str, log: Path) -> None:
    """Run the program on the database; what it says goes to `log`. Ends it where this is interrupted. Raises CliError."""
    parts: dict[str, Any] = conninfo_to_dict(database_url)
    password = parts.pop("password", None)  # not on the command line, which everybody can read
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"PGPASSWORD": str(password)} if password else {}
    # A clean environment: a person's .psqlrc or service file must not change what the program does.
    command = [str(one.path), *arguments, "--dbname", make_conninfo(**parts), "--no-password"]
    with log.open("wb") as out, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment) as process:
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
    if code:
        output = log.read_text(errors="replace")
        if "No space left on device" in output:
            raise CliError(f"The disk is full, so {one.path.name} stopped; free some space and start again.")
        raise CliError(f"{one.path.name} stopped with an error, see {log}; nothing was changed.")
    log.unlink()


def _places(name: Name) -> Iterator[Path]:
    with contextlib.suppress(UpError):
        yield client_programs() / name
    if path := shutil.which(name):
        yield Path(path)
    for pattern in INSTALLED:
        yield from (folder / name for folder in Path("/").glob(pattern.lstrip("/")))


def _major(path: Path) -> int:
    """The major version of the program; 0 if it does not run."""
    try:
        output = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", output)
    return int(found[1]) if found else 0
