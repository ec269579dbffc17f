"""The manifest of a backup, `backup.json`, which says what is in it. It is written last, so a backup without it was interrupted."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.errors import CliError, reason

NAME = "backup.json"
DUMP = "dump"  # the folder that pg_dump writes
NEEDED_PAGES = "pages-needed.copy"
SETTINGS = "newsmill.toml"
# Increased with every change that an older newsmill cannot read.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup contains. A restore compares `rows` by table and `files` in bytes. `pages` says whether all raw pages are included;
    `last_page` is the last id given to a page."""

    format: int
    made_at: str
    newsmill: str
    postgres: int
    pg_dump: int
    pages: bool
    last_page: int
    migrations: list[str]
    rows: dict[str, int]
    files: dict[str, int]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest in one step, after everything else is on the disk."""
    fresh = folder / f"{NAME}.new"
    with fresh.open("w", encoding="utf-8") as out:
        out.write(json.dumps(asdict(manifest), indent=1) + "\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path) -> Manifest:
    """The manifest of a complete backup. Raises CliError if the folder is no backup, an incomplete one, or made by a newer newsmill."""
    if not folder.is_dir():
        raise CliError(f"There is no folder {folder}; name a folder that `newsmill backup` has created.")
    file = folder / NAME
    if not file.exists():
        what = "an interrupted backup, which cannot be used" if (folder / DUMP).exists() else "no backup"
        raise CliError(f"{folder} contains {what}; name a folder with a finished backup.")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if int(found["format"]) > FORMAT:
            raise CliError(f"The backup in {folder} was made by newsmill {found['newsmill']}; restore it with that version or a newer one.")
        manifest = Manifest(**{name: found[name] for name in Manifest.__slots__})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CliError(f"{file} cannot be read ({reason(error)}); the backup cannot be used.") from None
    if wrong := [name for name, size in manifest.files.items() if not (folder / name).is_file() or (folder / name).stat().st_size != size]:
        raise CliError(f"The backup in {folder} is damaged: {wrong[0]} is missing or cut off; use another copy.")
    return manifest


def sizes(folder: Path) -> dict[str, int]:
    """The size in bytes of every file of a backup, by its name in the folder."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}
