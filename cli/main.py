"""The `newsmill` command. Commands import heavy modules themselves, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cli import arguments
from cli.commands import run as running
from cli.commands.access import tokens, users
from cli.commands.admin import backup, doctor, migrate, outputs, prune, rekey, restore, status
from cli.commands.articles import diff, export, list_articles, reextract, show, stories
from cli.commands.feeds import add_feeds, feeds, import_feeds
from cli.commands.hosts import hosts
from cli.commands.links import enqueue, failures, list_links, retry, trace
from cli.commands.search import count, explain, reindex, sample, search, sql_roles, words
from cli.commands.sources import collections, sources
from cli.errors import explain as explain_error
from cli.local import user_settings
from cli.output import complain, harden_streams, say


class Commands(TyperGroup):
    """All commands. Unlike typer's group, it reports errors in one sentence, with the right exit code."""

    def main(self, args: Any = None, *rest: Any, **extra: Any) -> NoReturn:
        given = list(sys.argv[1:] if args is None else args) or ["--help"]
        try:
            result = super().main(given, *rest, **extra | {"standalone_mode": False})
        except Exception as error:
            if "--debug" in given:
                traceback.print_exc()
            sentence, exit_code = explain_error(error)
            complain(sentence)
            sys.exit(exit_code)
        sys.exit(result if isinstance(result, int) else 0)


app = typer.Typer(
    cls=Commands,
    name="newsmill",
    help="A clean, complete and searchable archive of news articles.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


@app.callback()
def _global_options(
    config: Annotated[Path | None, typer.Option(help="TOML file with the settings.", metavar="FILE")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the embedded Postgres and Valkey.", metavar="DIR")] = None,
    loglevel: Annotated[
        str | None, typer.Option(help="debug, info, warning or error.", metavar="LEVEL", callback=arguments.log_level)
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=lambda given: _version(given))
    ] = False,
) -> None:
    # Into the environment, where the settings and the processes that `up` starts look for them.
    given = {"NEWSMILL_CONFIG": config, "NEWSMILL_DATA_DIR": data, "NEWSMILL_LOG_LEVEL": loglevel}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})


def _version(given: bool) -> None:
    if given:
        from workers.version import VERSION

        say(f"newsmill {VERSION}")
        raise typer.Exit


for group, title in (
    (running.commands, "Run it"),
    (user_settings.commands, "Run it"),
    (add_feeds.commands, "Feeds"),
    (import_feeds.commands, "Feeds"),
    (enqueue.commands, "Links"),
    (list_links.commands, "Links"),
    (trace.commands, "Links"),
    (failures.commands, "Links"),
    (retry.commands, "Links"),
    (search.commands, "Search"),
    (count.commands, "Search"),
    (sample.commands, "Search"),
    (words.commands, "Search"),
    (explain.commands, "Search"),
    (list_articles.commands, "Articles"),
    (show.commands, "Articles"),
    (export.commands, "Articles"),
    (stories.commands, "Articles"),
    (diff.commands, "Articles"),
    (status.commands, "The system"),
    (migrate.commands, "The system"),
    (doctor.commands, "The system"),
    (backup.commands, "The system"),
    (restore.commands, "The system"),
    (prune.commands, "The system"),
    (rekey.commands, "The system"),
    (reextract.commands, "The system"),
    (reindex.commands, "The system"),
):
    for name, command in group.items():
        app.command(name, rich_help_panel=title)(command)
app.add_typer(feeds.app, name="feeds", rich_help_panel="Feeds")
app.add_typer(hosts.app, name="hosts", rich_help_panel="Links")
app.add_typer(users.app, name="users", rich_help_panel="The system")
app.add_typer(tokens.app, name="tokens", rich_help_panel="The system")
app.add_typer(sources.app, name="sources", rich_help_panel="Sources")
app.add_typer(collections.app, name="collections", rich_help_panel="Sources")
app.add_typer(sql_roles.app, name="sql-role", rich_help_panel="The system")
app.add_typer(outputs.app, name="outputs", rich_help_panel="The system")


def run() -> None:
    """The entry point of the console script."""
    harden_streams()
    app(prog_name="newsmill")
