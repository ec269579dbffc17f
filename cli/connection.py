"""Where a command finds Postgres and Redis: in the settings, or in the data folder of a running `newsmill up`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli.errors import CliError

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings


def settings() -> Settings:
    """The effective settings, with logging set up for a command. Raises SettingsError and UpError."""
    from pipeline.logs import configure

    found = in_force()
    # A command prints its own messages; the log shows only errors, unless a person asks for more.
    level = found.log_level if "NEWSMILL_LOG_LEVEL" in os.environ else "warning"
    configure(found.model_copy(update={"log_level": level}), process="cli")
    return found


def in_force() -> Settings:
    """The settings of the `newsmill up` that runs on the data folder, else those that it would start with. Raises SettingsError and
    UpError."""
    from cli.local import running_settings
    from pipeline.settings import load_settings

    given = load_settings()
    running = running_settings.read(given.data_dir)
    return located(load_settings(running) if running else given)


def located(found: Settings) -> Settings:
    """The settings with the addresses of the embedded services in the data folder, unless they name their own."""
    from cli.local.data_folder import read_kept

    if (found.database_url and found.redis_url) or not (found.data_dir / "services.json").exists():
        return found
    kept = read_kept(found.data_dir)
    own: dict[str, str] = {}
    if not found.database_url and kept.postgres_port:
        own["database_url"] = kept.database_url
    if not found.redis_url and kept.valkey_port:
        own["redis_url"] = kept.redis_url
    return found.model_copy(update=own)


@contextlib.contextmanager
def database(found: Settings) -> Iterator[Connection]:
    """A connection that closes with the block. Raises CliError if Postgres cannot be reached, NewerTables if the tables are too new."""
    import psycopg

    from pipeline.store.db import outage
    from pipeline.store.db.pool import connect
    from pipeline.store.db.schema import check

    if not found.database_url:
        raise CliError(f"There is no Postgres in {found.data_dir}; start one with `newsmill up`, or set NEWSMILL_DATABASE_URL.")
    try:
        conn = connect(found)
    except psycopg.ProgrammingError as error:
        raise CliError("NEWSMILL_DATABASE_URL is not a usable address; see config/newsmill.toml.") from error
    except psycopg.OperationalError as error:
        raise CliError(outage.unreachable(error, found.database_url).sentence) from error
    with conn:
        check(conn)
        yield conn
