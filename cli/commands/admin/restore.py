"""`newsmill restore`: restore a backup into an empty data folder or an empty database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.admin.backup import JOBS
from cli.connection import database
from cli.errors import CliError
from cli.output import many, say

if TYPE_CHECKING:
    from cli.commands.admin.backup_manifest import Manifest
    from pipeline.settings import Settings

# Where the embedded Postgres is built, inside the data folder, until it is complete.
BUILDING = "restore.new"


def restore(folder: Annotated[Path, typer.Argument(help="Folder that `newsmill backup` has created.", metavar="DIR")]) -> None:
    """Restore a backup into the data folder, which must have no Postgres yet, or into the empty database of NEWSMILL_DATABASE_URL. A newer
    newsmill brings the tables up to date."""
    from cli.commands.admin import backup_manifest
    from pipeline.logs import configure
    from pipeline.settings import load_settings
    from pipeline.store.db import schema

    found = load_settings()
    configure(found.model_copy(update={"log_level": "warning"}), process="cli")
    made = backup_manifest.read(folder)
    if newer := schema.not_known(made.migrations):
        raise CliError(
            f"The backup in {folder} was made by newsmill {made.newsmill}, which is newer ({newer[-1]}); restore it with that version or a newer one."
        )
    if found.database_url:
        _into_database(folder, made, found)
    else:
        _into_data_folder(folder, made, found)
    rows = made.rows
    say(
        f"restored: {many(rows.get('articles', 0), 'article')}, {many(rows.get('links', 0), 'link')}, {many(rows.get('feeds', 0), 'feed')}, "
        f"as they were at {made.made_at}; `newsmill up` continues from there"
    )


commands: dict[str, Callable[..., Any]] = {"restore": restore}


def _into_data_folder(folder: Path, made: Manifest, found: Settings) -> None:
    """Build Postgres in a temporary folder and then rename it, so that an interrupted restore leaves no half Postgres behind."""
    from cli.commands.admin import backup_manifest
    from cli.local import services
    from cli.local.data_folder import locked
    from pipeline.settings import own_file

    data_dir = found.data_dir.resolve()
    with locked(data_dir):
        if taken := [name for name in ("postgres", "services.json") if (data_dir / name).exists()]:
            raise CliError(
                f"The data folder {data_dir} is in use ({taken[0]} is there); name an empty one with --data or NEWSMILL_DATA_DIR."
            )
        building = data_dir / BUILDING
        if building.exists():
            services.stop_postgres(building, "kill")
            shutil.rmtree(building)
        say(f"making a Postgres in {data_dir}")
        try:
            with services.embedded(building, valkey=False, tuned=found.postgres) as running:
                _fill(
                    folder,
                    made,
                    found.model_copy(update={"database_url": running.database_url}),
                    [f"--jobs={JOBS}"],
                    building / "pg_restore.log",
                )
            (building / "postgres").rename(data_dir / "postgres")
            (building / "services.json").rename(data_dir / "services.json")
        except CliError:
            _keep_log(building / "pg_restore.log", data_dir)
            raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
        if (folder / backup_manifest.SETTINGS).is_file() and not own_file(data_dir).exists():
            shutil.copy(folder / backup_manifest.SETTINGS, own_file(data_dir))


def _into_database(folder: Path, made: Manifest, found: Settings) -> None:
    """Restore everything in one transaction."""
    from pipeline.store.maintenance import backups

    with database(found) as conn:
        if not backups.is_empty(conn):
            raise CliError("The database of NEWSMILL_DATABASE_URL is not empty; create a new one with createdb and use that.")
        if backups.server_major(conn) < made.postgres:
            raise CliError(
                f"The backup comes from Postgres {made.postgres}, but this is Postgres {backups.server_major(conn)}; restore it into the same version or a newer one."
            )
    found.data_dir.mkdir(parents=True, exist_ok=True)
    _fill(folder, made, found, ["--single-transaction"], found.data_dir / "pg_restore.log")


def _fill(folder: Path, made: Manifest, found: Settings, how: list[str], log: Path) -> None:
    """Load the dump and the pages still needed, compare the counts, and bring the tables up to date."""
    from cli.commands.admin import backup_manifest
    from cli.commands.admin.postgres_tools import run, tool
    from pipeline.store.maintenance import backups, migrate
    from pipeline.store.outputs import deliveries

    pg_restore = tool("pg_restore", made.pg_dump)
    say("reading the tables")
    options = ["--format=directory", "--no-owner", "--no-privileges", "--exit-on-error", *how]
    run(pg_restore, [*options, str(folder / backup_manifest.DUMP)], found.database_url, log)
    with database(found) as conn:
        conn.execute("SET statement_timeout = 0")
        if not made.pages:
            with (folder / backup_manifest.NEEDED_PAGES).open("rb") as given:
                backups.read_needed_pages(conn, given, made.last_page)
        rows = backups.counts(conn, with_pages=made.pages)
        if wrong := [name for name, count in made.rows.items() if rows.get(name) != count]:
            raise CliError(f"The backup in {folder} is damaged: {wrong[0]} does not have as many rows as before; use another copy.")
        conn.execute("ANALYZE")
        deliveries.forget_states(conn)
    applied = migrate.migrate(found.database_url)
    if applied:
        say(f"brought the tables up to date: {', '.join(applied)}")


def _keep_log(log: Path, data_dir: Path) -> None:
    if log.exists():
        shutil.move(log, data_dir / log.name)
