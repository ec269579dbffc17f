"""`newsmill backup`: copy everything in Postgres while newsmill runs."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.errors import CliError, reason
from cli.output import many, say, size

if TYPE_CHECKING:
    from pipeline.settings import Settings

# Connections used by a dump, and by a restore into the embedded Postgres.
JOBS = 2


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder to create, or an empty one.", metavar="DIR")],
    pages: Annotated[
        bool,
        typer.Option(
            "--pages/--without-pages",
            help="Include raw pages, which make up most of the size. Default: only pages whose extraction is still to come.",
        ),
    ] = True,
) -> None:
    """Copy everything in Postgres, and your own settings, into a folder, as of one moment, whether newsmill runs or not. `newsmill restore`
    restores it."""
    from cli.commands.admin import backup_manifest
    from cli.commands.admin.postgres_tools import run, tool
    from pipeline.settings import own_file
    from pipeline.store.db import schema
    from pipeline.store.maintenance import backups
    from workers.version import VERSION

    found = settings()
    with served(found) as found, database(found) as conn:  # explains in a sentence why Postgres cannot be reached
        pg_dump = tool("pg_dump", backups.server_major(conn))
        _make(folder)
        say(f"writing the tables{'' if pages else ' without raw pages'} to {folder}")
        with backups.snapshot(found.database_url) as moment:
            options = ["--format=directory", f"--jobs={JOBS}", "--compress=1", "--no-owner", "--no-privileges", f"--snapshot={moment.name}"]
            options += [] if pages else [f"--exclude-table-data={pattern}" for pattern in backups.PAGES]
            run(pg_dump, [*options, f"--file={folder / backup_manifest.DUMP}"], found.database_url, folder / "pg_dump.log")
            if not pages:
                with (folder / backup_manifest.NEEDED_PAGES).open("wb") as out:
                    backups.write_needed_pages(moment.conn, out)
            if own_file(found.data_dir).is_file():
                shutil.copy(own_file(found.data_dir), folder / backup_manifest.SETTINGS)
            rows = backups.counts(moment.conn, with_pages=pages)
            applied, last_page = schema.applied(moment.conn), backups.last_page(moment.conn)
        _to_disk(folder)
        files = backup_manifest.sizes(folder)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        backup_manifest.write(
            folder,
            backup_manifest.Manifest(
                format=backup_manifest.FORMAT,
                made_at=made,
                newsmill=VERSION,
                postgres=backups.server_major(conn),
                pg_dump=pg_dump.major,
                pages=pages,
                last_page=last_page,
                migrations=applied,
                rows=rows,
                files=files,
            ),
        )
    held = f"{many(rows.get('articles', 0), 'article')}, {many(rows.get('links', 0), 'link')}, {many(rows.get('feeds', 0), 'feed')}"
    say(f"backed up: {held}, {size(sum(files.values()))}; `newsmill restore {folder}` restores it")


commands: dict[str, Callable[..., Any]] = {"backup": backup}


@contextlib.contextmanager
def served(found: Settings) -> Iterator[Settings]:
    """The settings with a running Postgres. If it is the embedded one and `newsmill up` is not running, Postgres runs for the duration of
    the block."""
    from cli.local import services
    from cli.local.data_folder import is_held
    from pipeline.settings import load_settings

    own = not load_settings().database_url and (found.data_dir / "postgres").exists()
    if not own or is_held(found.data_dir):
        yield found
        return
    with services.embedded(found.data_dir, valkey=False, tuned=found.postgres) as running:
        yield found.model_copy(update={"database_url": running.database_url})


def _make(folder: Path) -> None:
    """Create an empty folder that only its owner may read. Raises CliError."""
    from cli.commands.admin import backup_manifest

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise CliError(f"{folder} cannot be used ({reason(error)}); name another folder.") from None
    if backup_manifest.DUMP in there and backup_manifest.NAME not in there:
        raise CliError(f"{folder} contains an interrupted backup; remove it, or name another folder.")
    if there:
        raise CliError(f"{folder} is not empty; name a new folder, so that no backup is overwritten.")


def _to_disk(folder: Path) -> None:
    """Make sure that all files are on the disk before the manifest says so."""
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
